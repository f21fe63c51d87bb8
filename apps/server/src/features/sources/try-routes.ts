import { CairnError, type Json } from "@cairn/event";
import { type PreviewItem, previewDefinition, type SourceError } from "@cairn/sources";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ServerContext } from "../../context.ts";
import { enter } from "../../http/principal.ts";
import { translated } from "../../sources/body-error.ts";
import { kindOf } from "../../sources/kinds.ts";
import { mapBody } from "../../sources/map-body.ts";
import { OutboundError } from "../../sources/outbound.ts";
import type { RefusedRecord } from "../../sources/refused-record.ts";
import { checkSize } from "./check-source.ts";
import { type AtSource, enterSource } from "./find-source.ts";
import {
  type Preview,
  PreviewSchema,
  type RejectsQuery,
  RejectsSchema,
  type SourceId,
  SourceParams,
  type Test,
  TestSchema,
} from "./schema.ts";

/** Longer than a look takes, shorter than browsers and proxies wait. */
const LOOK_TIMEOUT_MS = 25_000;
/** Events and refused records shown of a test. */
const SHOWN = 20;

/** Trying a source, and what came of it. */
export function sourceTrialRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["sources"] };

  app.post<{ Body: Preview }>(
    "/v1/sources/preview",
    { schema: { ...meta, summary: "What a definition makes of a pasted sample", body: PreviewSchema } },
    async (request) => {
      enter(context, request, "sources:write");
      const { definition, sample } = request.body;
      checkSize(definition);
      return { items: translated(() => previewDefinition(definition as Json, sample)).map(presentItem) };
    },
  );

  app.post<{ Params: SourceId; Body: Test }>(
    "/v1/sources/:id/test",
    {
      schema: {
        ...{ ...meta, params: SourceParams, body: TestSchema },
        summary: "Map a sample, or look once at what is polled; nothing is recorded",
      },
    },
    async (request) => {
      const at = enterSource(context, request, "sources:write");
      const { sample } = request.body;
      const kind = kindOf(at.source.kind);
      if (kind?.collector !== undefined && (sample === undefined || kind.arrives === "poller"))
        return look(context, request, at);
      if (sample === undefined) throw new CairnError("parameter_invalid", "sample: a body as it would be sent");
      const {
        events,
        refused = [],
        skipped = 0,
      } = await mapBody(
        translated(() => context.sources.readingOf(at.source)),
        Buffer.from(sample),
      );
      return {
        ...{
          ok: refused.length === 0,
          count: events.length,
          skipped,
          refused: refused.slice(0, SHOWN).map(presentRefused),
        },
        events: events.slice(0, SHOWN),
        message: null,
      };
    },
  );

  app.get<{ Params: SourceId; Querystring: RejectsQuery }>(
    "/v1/sources/:id/rejects",
    {
      schema: {
        ...{ ...meta, params: SourceParams, querystring: RejectsSchema },
        summary: "What came by a source in the last 24 hours and was refused, as it was sent",
      },
    },
    async (request) => {
      const { tenant, source } = enterSource(context, request, "refused:read");
      const { limit = 100, cursor } = request.query;
      const rows = await context.threads.reader.call("refused", {
        ...{ tenantNo: tenant.no, source: source.id, limit },
        before: cursor === undefined ? undefined : Number(cursor),
      });
      return {
        rejects: rows.map((row) => ({
          refused_at: new Date(row.refusedAtMs).toISOString(),
          error: JSON.parse(row.error) as unknown,
          payload: payloadOf(row.event),
        })),
        next: rows.length < limit ? null : String(rows.at(-1)?.no ?? 0),
      };
    },
  );

  app.post<{ Params: SourceId }>(
    "/v1/sources/:id/collect",
    { schema: { ...meta, summary: "Look now at what is polled", params: SourceParams } },
    async (request, reply) => {
      const { source } = enterSource(context, request, "sources:write");
      if (kindOf(source.kind)?.collector === undefined)
        throw new CairnError("state_conflict", "what comes by itself is not asked for");
      if (!source.isEnabled) throw new CairnError("source_disabled", "the source is switched off");
      context.sources.collectNow(source.id);
      return reply.code(202).send({});
    },
  );
}

/** Looks once. Of what is found only the number is told: whoever sets up a source need not be allowed to read it. */
async function look(context: ServerContext, request: FastifyRequest, { source }: AtSource) {
  const signal = AbortSignal.timeout(LOOK_TIMEOUT_MS);
  try {
    const { events, refused = [], skipped = 0 } = await context.sources.tryOut(source, signal);
    return { ok: refused.length === 0, count: events.length, skipped, refused: refused.length, message: null };
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    request.log.debug({ err: error }, "a source could not be tried");
    return { ok: false, count: 0, skipped: 0, refused: 0, message: error.message };
  }
}

function presentItem(item: PreviewItem): Record<string, unknown> {
  return item.kind === "refused" ? { kind: item.kind, ...presentRefused(item) } : { ...item };
}

function presentRefused({ error, text }: RefusedRecord | { readonly error: SourceError; readonly text: string }) {
  return { error: { code: error.code, message: error.message, ...error.place }, text };
}

/** What the adapter kept is text as it was sent; what the door refused is the event it was made into. */
function payloadOf(kept: string): string {
  if (!kept.startsWith('"')) return kept;
  try {
    return JSON.parse(kept) as string;
  } catch {
    return kept;
  }
}
