import { timingSafeEqual } from "node:crypto";
import { CairnError, LIMITS } from "@cairn/event";
import type { Source } from "@cairn/ledger";
import type { FastifyInstance, FastifyRequest } from "fastify";
import Type from "typebox";
import { demandLive } from "../../access/standing.ts";
import { tokenDigest } from "../../access/token.ts";
import type { ServerContext } from "../../context.ts";
import { mapBody } from "../../sources/map-body.ts";
import { receive } from "../../sources/receive.ts";
import { keepRefused } from "../../sources/refused-record.ts";
import { NO_COUNTS, withDelivery } from "../../sources/source-state.ts";
import { inFlightOf } from "../ingest/in-flight.ts";
import { readBody } from "../protocols/read-body.ts";
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
        demandReady(context, sourceOf(context, request));
        const bytes = Number(request.headers["content-length"] ?? UNKNOWN_LENGTH_BYTES);
        reply.raw.once("close", inFlightOf(context).hold(bytes));
      },
    },
    async (request) => {
      const source = sourceOf(context, request);
      demandReady(context, source);
      const body = readBody(request);
      const delivery = await mapBody(context.sources.readingOf(source), body).catch((error: unknown) => {
        throw noteUnreadable(context, { source, body, error });
      });
      const tally = await receive(context, source, delivery);
      context.sources.states.update(source, (state) => withDelivery(state, tally, Date.now()));
      return tally.counts;
    },
  );

  app.get<{ Params: SourceId }>(
    "/v1/sources/:id/events",
    { schema: { ...meta, summary: "Okta's one-time verification of an event hook" } },
    async (request) => {
      const source = sourceOf(context, request);
      const challenge = request.headers["x-okta-verification-challenge"];
      if (source.kind !== "okta_hook" || typeof challenge !== "string")
        throw new CairnError("not_found", "there is nothing to read here");
      return { verification: challenge };
    },
  );
}

const NOBODY = Buffer.alloc(32);

/**
 * The source whose token a request carries, as `Bearer <token>` or by itself. Which sources there are is told to nobody.
 * @throws CairnError unauthenticated
 */
function sourceOf(context: ServerContext, request: FastifyRequest<{ Params: SourceId }>): Source {
  const source = context.side.access.sources.find(request.params.id);
  const token = (request.headers.authorization ?? "").replace(/^Bearer /i, "");
  const isRight = timingSafeEqual(tokenDigest(token), source?.tokenDigest ?? NOBODY);
  const tenant = source === undefined ? undefined : context.lately.tenant(source.tenantNo);
  if (!isRight || source?.tokenDigest === undefined || tenant === undefined || tenant.deletedAtMs !== undefined)
    throw new CairnError("unauthenticated", "the request has no valid token of this source");
  demandLive(tenant);
  return source;
}

/** @throws CairnError source_disabled, ledger_stopped */
function demandReady(context: ServerContext, source: Source): void {
  const why = context.stopped();
  if (why !== undefined) throw new CairnError("ledger_stopped", why, { retryAfterSeconds: 60 });
  if (!source.isEnabled)
    throw new CairnError("source_disabled", "the source is switched off", {
      retryAfterSeconds: DISABLED_RETRY_SECONDS,
    });
}

/** A body of which nothing can be read is kept for the owner, too: the sender's people are seldom those who look here. */
function noteUnreadable(
  context: ServerContext,
  { source, body, error }: { readonly source: Source; readonly body: Uint8Array; readonly error: unknown },
): unknown {
  if (!(error instanceof CairnError)) return error;
  keepRefused(context, source, [{ error, text: Buffer.from(body).toString("utf8") }]);
  const counts = { ...NO_COUNTS, received: 1, rejected: 1 };
  context.sources.states.update(source, (state) => withDelivery(state, { counts, gaps: [] }, Date.now()));
  return error;
}
