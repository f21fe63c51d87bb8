import { CairnError } from "@cairn/event";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Principal } from "../access/principal.ts";
import type { ServerContext } from "../context.ts";
import { isViewerToken } from "./identify-viewer.ts";
import { identify, requireIdentity } from "./principal.ts";
import { demandSameOrigin } from "./same-origin.ts";

/** Routes below `/v1/` that need no credential of the instance: the ways to get one, the way out, and what has a token of its own. */
const OPEN_ROUTES: ReadonlySet<string> = new Set([
  "/v1/session",
  "/v1/session/end",
  "/v1/session/methods",
  "/v1/session/passkey",
  "/v1/session/passkey/options",
  "/v1/session/oidc",
  "/v1/session/oidc/callback",
  "/v1/invitations/inspect",
  "/v1/invitations/accept",
  "/v1/sources/:id/events",
]);

/** Answers are data: nothing in them runs, and no page frames them. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/** Two years, as browsers' lists ask. */
const STRICT_TRANSPORT = "max-age=63072000";
/** How long a browser may remember what a foreign page is allowed. */
const PREFLIGHT_SECONDS = "600";

/** Looks at every request before its body is read, and puts what protects on every answer. */
export function guardRequests(app: FastifyInstance, context: ServerContext): void {
  app.addHook("onSend", async (request, reply) => {
    reply
      .header("x-content-type-options", "nosniff")
      .header("referrer-policy", "no-referrer")
      .header("x-frame-options", "DENY")
      .header("permissions-policy", "camera=(), microphone=(), geolocation=()");
    if (!reply.hasHeader("content-security-policy")) reply.header("content-security-policy", API_POLICY);
    if (request.protocol === "https") reply.header("strict-transport-security", STRICT_TRANSPORT);
    if (!reply.hasHeader("cache-control") && request.url.startsWith("/v1/")) reply.header("cache-control", "no-store");
  });
  // Before a body is read or anything of the request is looked at: what a stranger sends is worth neither.
  app.addHook("onRequest", async (request, reply) => {
    const route = request.routeOptions.url;
    if (route?.startsWith("/v1/") !== true || request.method === "OPTIONS") return;
    if (OPEN_ROUTES.has(route)) {
      if (isUnsafe(request)) demandSameOrigin(request);
      return;
    }
    const principal = requireReadableIdentity(context, request, reply);
    // A cookie comes along by itself, whoever made the browser ask.
    if (principal.sessionId !== undefined && isUnsafe(request)) demandSameOrigin(request);
    const origin = allowedOrigin(context, request);
    if (origin !== undefined) letRead(reply, origin);
  });
  app.options("/v1/*", { schema: { hide: true } }, (request, reply) => {
    const origin = knownOrigin(context, request);
    if (origin === undefined) throw new CairnError("origin_forbidden", "pages of this origin may not ask");
    return letRead(reply, origin)
      .header("access-control-allow-methods", "GET, POST")
      .header("access-control-allow-headers", "authorization, content-type")
      .header("access-control-max-age", PREFLIGHT_SECONDS)
      .code(204)
      .send();
  });
}

/** Lets a page of another origin see the answer. */
function letRead(reply: FastifyReply, origin: string): FastifyReply {
  return reply.header("access-control-allow-origin", origin).header("vary", "origin");
}

/** The origin of a foreign page, when some project lets it in. Whose, only a credential tells. */
function knownOrigin({ side }: ServerContext, { headers }: FastifyRequest): string | undefined {
  const { origin } = headers;
  const isKnown = side.registry
    .projects()
    .some(({ settings }) => origin !== undefined && settings.allowedOrigins?.includes(origin) === true);
  return isKnown ? origin : undefined;
}

/**
 * Tells who sends a request. Nobody knows any more whose viewer token it was that has ended, but the page that shows the
 * log has to see that it has, to get another one.
 * @throws CairnError unauthenticated, tenant_suspended, address_forbidden
 */
function requireReadableIdentity(context: ServerContext, request: FastifyRequest, reply: FastifyReply): Principal {
  try {
    return requireIdentity(context, request);
  } catch (error) {
    const origin = isViewerToken(request.headers.authorization) ? knownOrigin(context, request) : undefined;
    if (origin !== undefined) letRead(reply, origin);
    throw error;
  }
}

function isUnsafe({ method }: FastifyRequest): boolean {
  return method !== "GET" && method !== "HEAD";
}

/**
 * The origin of a foreign page that shows a tenant's log with a viewer token, when the project lets it.
 * @throws CairnError origin_forbidden for a viewer token on any other page
 */
function allowedOrigin(context: ServerContext, request: FastifyRequest): string | undefined {
  const { origin } = request.headers;
  const principal = identify(context, request);
  if (origin === undefined || principal?.kind !== "viewer") return undefined;
  const { allowedOrigins = [] } = context.side.registry.projectSettings(principal.projectNo);
  if (allowedOrigins.includes(origin)) return origin;
  if (URL.canParse(origin) && new URL(origin).host === request.host) return undefined;
  throw new CairnError("origin_forbidden", "pages of this origin may not ask");
}
