import { timingSafeEqual } from "node:crypto";
import { CairnError, LIMITS } from "@cairn/event";
import type { Source, Tenant } from "@cairn/ledger";
import type { FastifyInstance, FastifyRequest } from "fastify";
import Type from "typebox";
import { demandLive } from "../../access/standing.ts";
import { tokenDigest } from "../../access/token.ts";
import type { ServerContext } from "../../context.ts";
import { kindOf } from "../../sources/kinds.ts";
import { receiveBody } from "../../sources/receive-body.ts";
import { withDelivery } from "../../sources/source-state.ts";
import { inFlightOf } from "../ingest/in-flight.ts";
import { encodingOf, rawBody } from "../protocols/read-body.ts";
import { type SourceId, SourceParams } from "./schema.ts";

/** What a body of unknown length (chunked) is counted as while it is read. */
const UNKNOWN_LENGTH_BYTES = 1024 * 1024;
/** When to try again at a source that is switched off: nobody switches it on for a second. */
const DISABLED_RETRY_SECONDS = 300;

const CountsSchema = Type.Object({
  received: Type.Integer(),
  created: Type.Integer(),
  duplicate: Type.Integer(),
  conflict: Type.Integer(),
  rejected: Type.Integer(),
  skipped: Type.Integer(),
});

/** Where other systems send events to, with the token of the source. */
export function sourceWebhookRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["sources"], params: SourceParams, security: [{ key: [] }] };
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: LIMITS.batchBytes }, (_request, body, done) =>
    done(null, body),
  );

  app.post<{ Params: SourceId; Body: Buffer }>(
    "/v1/sources/:id/events",
    {
      bodyLimit: LIMITS.batchBytes,
      schema: { ...meta, summary: "Deliver events of a source", response: { 200: CountsSchema } },
      // Before the body is read: a stranger's bytes are not worth a buffer.
      onRequest: async (request, reply) => {
        const { source, hasToken } = senderOf(context, request);
        // Whoever has shown nothing but the form of a signature is told nothing.
        if (hasToken) demandReady(context, source);
        const bytes = Number(request.headers["content-length"] ?? UNKNOWN_LENGTH_BYTES);
        reply.raw.once("close", inFlightOf(context).hold(bytes));
      },
    },
    async (request) => {
      const { source, demandSigned } = senderOf(context, request);
      const body = rawBody(request);
      demandSigned(body);
      demandReady(context, source);
      const sent = { body, encoding: encodingOf(request), headers: headersFor(source, request) };
      const { tally, unreadable } = await receiveBody(context, source, sent);
      context.sources.states.update(source, (state) => withDelivery(state, tally, Date.now()));
      if (unreadable !== undefined) throw unreadable;
      return tally.counts;
    },
  );

  app.get<{ Params: SourceId }>(
    "/v1/sources/:id/events",
    { schema: { ...meta, summary: "Okta's one-time verification of an event hook" } },
    async (request) => {
      const { source, hasToken } = senderOf(context, request);
      if (!hasToken) throw stranger();
      demandOpen(context, source);
      const challenge = request.headers["x-okta-verification-challenge"];
      if (source.kind !== "okta_hook" || typeof challenge !== "string")
        throw new CairnError("not_found", "there is nothing to read here");
      return { verification: challenge };
    },
  );
}

const NOBODY = Buffer.alloc(32);

/** The source a request comes by. */
interface Sender {
  readonly source: Source;
  readonly hasToken: boolean;
  /** Demands that the body is signed, where the signature stands for the token. @throws CairnError unauthenticated */
  readonly demandSigned: (body: Uint8Array) => void;
}

type SourceRequest = FastifyRequest<{ Params: SourceId }>;

/** Senders of the requests under way: a request has two places that ask. */
const senders = new WeakMap<SourceRequest, Sender>();

/**
 * The source whose token a request carries, as `Bearer <token>` or by itself; or that says it signed the body. Which sources
 * there are is told to nobody.
 * @throws CairnError unauthenticated
 */
function senderOf(context: ServerContext, request: SourceRequest): Sender {
  const known = senders.get(request);
  if (known !== undefined) return known;
  const source = context.side.access.sources.find(request.params.id);
  const { signature } = (source === undefined ? undefined : kindOf(source.kind)) ?? {};
  const proof = signature === undefined ? undefined : request.headers[signature.header];
  const isSigned = typeof proof === "string" && signature?.hasForm(proof) === true;
  const token = (request.headers.authorization ?? "").replace(/^Bearer /i, "");
  const hasToken = timingSafeEqual(tokenDigest(token), source?.tokenDigest ?? NOBODY);
  if (!(hasToken || isSigned) || source?.tokenDigest === undefined || tenantOf(context, source) === undefined)
    throw stranger();
  const sender = {
    ...{ source, hasToken },
    demandSigned(body: Uint8Array) {
      if (!hasToken && !(isSigned && signature.isRight(proof, body, source.secrets[signature.secret] ?? "")))
        throw stranger();
    },
  };
  senders.set(request, sender);
  return sender;
}

function tenantOf({ lately }: ServerContext, { tenantNo }: Source): Tenant | undefined {
  const tenant = lately.tenant(tenantNo);
  return tenant?.deletedAtMs === undefined ? tenant : undefined;
}

function stranger(): CairnError {
  return new CairnError("unauthenticated", "the request has no valid token or signature of this source");
}

/** The headers that the kind of a source reads. */
function headersFor({ kind }: Source, { headers }: SourceRequest): Readonly<Record<string, string>> {
  const names = kindOf(kind)?.headers ?? [];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
}

/** @throws CairnError tenant_suspended */
function demandOpen(context: ServerContext, source: Source): void {
  const tenant = tenantOf(context, source);
  if (tenant !== undefined) demandLive(tenant);
}

/** @throws CairnError tenant_suspended, source_disabled, ledger_stopped */
function demandReady(context: ServerContext, source: Source): void {
  demandOpen(context, source);
  const why = context.stopped();
  if (why !== undefined) throw new CairnError("ledger_stopped", why, { retryAfterSeconds: 60 });
  if (!source.isEnabled)
    throw new CairnError("source_disabled", "the source is switched off", {
      retryAfterSeconds: DISABLED_RETRY_SECONDS,
    });
}
