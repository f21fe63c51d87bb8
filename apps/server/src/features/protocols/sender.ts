import { CairnError } from "@cairn/event";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Permission } from "../../access/permissions.ts";
import type { Principal } from "../../access/principal.ts";
import type { ServerContext } from "../../context.ts";
import { identifyKey } from "../../http/identify-key.ts";
import { demandPermission, identify } from "../../http/principal.ts";
import { demandSameOrigin } from "../../http/same-origin.ts";
import { inFlightOf } from "../ingest/in-flight.ts";

/** Finds the key in an `Authorization` header that is not `Bearer …`: how a protocol's own clients write it. */
export type Credentials = (authorization: string) => string | undefined;

/** For protocols whose clients send `Bearer …`, which is always understood. */
export const BEARER_ONLY: Credentials = () => undefined;

/** What a body of unknown length (chunked) is counted as while it is read. */
const UNKNOWN_LENGTH_BYTES = 1024 * 1024;

/**
 * Tells who speaks, by the credentials of the protocol, and demands a permission of them.
 * @throws CairnError unauthenticated, forbidden, tenant_suspended, address_forbidden
 */
export function authenticateSender(
  context: ServerContext,
  request: FastifyRequest,
  { permission, credentials }: { readonly permission: Permission; readonly credentials: Credentials },
): Principal {
  const principal = identify(context, request) ?? byCredentials(context, request, credentials);
  if (principal === undefined) throw new CairnError("unauthenticated", "the request has no valid key");
  // A cookie comes along by itself, whoever made the browser ask.
  if (principal.sessionId !== undefined && request.method !== "GET") demandSameOrigin(request);
  demandPermission(principal, permission);
  return principal;
}

function byCredentials(
  context: ServerContext,
  request: FastifyRequest,
  credentials: Credentials,
): Principal | undefined {
  const { authorization } = request.headers;
  const key = authorization === undefined ? undefined : credentials(authorization);
  return key === undefined ? undefined : identifyKey(context, key, request.ip);
}

/** Makes the hook of a route that records: a stranger's bytes are not worth a buffer, and all buffers are counted. */
export function admitBody(context: ServerContext, credentials: Credentials) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    authenticateSender(context, request, { permission: "events:write", credentials });
    const why = context.stopped();
    if (why !== undefined) throw new CairnError("ledger_stopped", why, { retryAfterSeconds: 60 });
    const bytes = Number(request.headers["content-length"] ?? UNKNOWN_LENGTH_BYTES);
    reply.raw.once("close", inFlightOf(context).hold(bytes));
  };
}
