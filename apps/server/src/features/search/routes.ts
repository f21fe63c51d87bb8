import { CairnError, quoteValue } from "@cairn/event";
import { facets, type HistogramUnit, histogram } from "@cairn/search";
import type { FastifyInstance, FastifyRequest } from "fastify";
import Type from "typebox";
import type { ServerContext } from "../../context.ts";
import { type Entered, enter as enterAs } from "../../http/principal.ts";
import { nameFacets } from "./facet-people.ts";
import { findEvents, shownAsOf } from "./find-events.ts";
import { countGroups, GROUPS_FIELD, hasSaidGroups } from "./group-facet.ts";
import { recorded, recordView } from "./record-reading.ts";
import {
  type FacetsRequest,
  FacetsSchema,
  type HistogramRequest,
  HistogramSchema,
  type SearchRequest,
  SearchSchema,
} from "./schema.ts";
import { scopeOf } from "./scope.ts";
import { SearchCursors } from "./signed-cursor.ts";
import { translated } from "./translate.ts";

const DEFAULT_FACETS = "action,category,actor,outcome";

/** Search: every call exists as GET for scripts and as POST for whoever keeps names out of access logs. */
export function searchRoutes(app: FastifyInstance, context: ServerContext): void {
  const cursors = new SearchCursors(context.side.secrets.serverSecret);

  const search = async (request: FastifyRequest, ask: SearchRequest) => {
    const entered = enter(context, request);
    return recorded(context, { ...entered, request }, ask, () => findEvents(context, { entered, ask, cursors }));
  };
  const meta = { tags: ["reading"] };
  app.get<{ Querystring: SearchRequest }>(
    "/v1/events",
    { schema: { ...meta, summary: "Search events", querystring: SearchSchema } },
    (request) => search(request, request.query),
  );
  app.post<{ Body: SearchRequest }>(
    "/v1/events/search",
    { schema: { ...meta, summary: "Search events", body: SearchSchema } },
    (request) => search(request, request.body),
  );

  app.get<{ Params: { id: string }; Querystring: { source?: string } }>(
    "/v1/events/:id",
    {
      schema: {
        ...meta,
        summary: "Read one event by its id",
        params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 200 }) }),
        querystring: Type.Object(
          { source: Type.Optional(Type.String({ maxLength: 100 })) },
          { additionalProperties: false },
        ),
      },
    },
    async (request) => {
      const entered = enter(context, request);
      const { source } = request.query;
      const q = `id:${quoteValue(request.params.id)}${source === undefined ? "" : ` source:${quoteValue(source)}`}`;
      const { events } = await translated(() => findEvents(context, { entered, ask: { q, limit: 20 }, cursors }));
      const event = events.find(
        (each) => each.id === request.params.id && (source === undefined || each.source === source),
      );
      if (event === undefined)
        throw new CairnError("not_found", "the log has no such event, or search does not show it yet");
      await recordView(context, { ...entered, request }, event);
      return event;
    },
  );

  const countFacets = async (request: FastifyRequest, ask: FacetsRequest) => {
    const entered = enter(context, request);
    return recorded(context, { ...entered, request }, ask, () => findFacets(context, entered, ask));
  };
  app.get<{ Querystring: FacetsRequest }>(
    "/v1/facets",
    { schema: { ...meta, summary: "Most frequent values", querystring: FacetsSchema } },
    (request) => countFacets(request, request.query),
  );
  app.post<{ Body: FacetsRequest }>(
    "/v1/facets",
    { schema: { ...meta, summary: "Most frequent values", body: FacetsSchema } },
    (request) => countFacets(request, request.body),
  );

  const countBars = async (request: FastifyRequest, ask: HistogramRequest) => {
    const entered = enter(context, request);
    return recorded(context, { ...entered, request }, ask, () => findBars(context, entered, ask));
  };
  app.get<{ Querystring: HistogramRequest }>(
    "/v1/histogram",
    { schema: { ...meta, summary: "Events over time", querystring: HistogramSchema } },
    (request) => countBars(request, request.query),
  );
  app.post<{ Body: HistogramRequest }>(
    "/v1/histogram",
    { schema: { ...meta, summary: "Events over time", body: HistogramSchema } },
    (request) => countBars(request, request.body),
  );
}

function enter(context: ServerContext, request: FastifyRequest): Entered {
  return enterAs(context, request, "events:read");
}

async function findFacets(context: ServerContext, entered: Entered, ask: FacetsRequest) {
  const scope = scopeOf(context, entered, ask, Date.now());
  const fields = (ask.fields ?? DEFAULT_FACETS)
    .split(",")
    .map((field) => field.trim())
    .filter((field) => field !== "");
  const { limit = 10 } = ask;
  const byDirectory = fields.includes(GROUPS_FIELD) && hasSaidGroups(context, scope.tenantNo);
  const others = byDirectory ? fields.filter((field) => field !== GROUPS_FIELD) : fields;
  const [found, groups] = await Promise.all([
    facets(context.search.index(), { ...scope, fields: others, limit }),
    byDirectory ? countGroups(context, scope, { limit }) : undefined,
  ]);
  return {
    facets: {
      ...(await nameFacets(context, entered, found)),
      ...(groups === undefined ? {} : { [GROUPS_FIELD]: groups }),
    },
    as_of: shownAsOf(entered, scope.asOf),
  };
}

/** Bars of about a screen's width at most. */
const AUTO_BARS: readonly (readonly [maxSpanMs: number, unit: HistogramUnit])[] = [
  [3 * 3_600_000, "minute"],
  [8 * 86_400_000, "hour"],
  [400 * 86_400_000, "day"],
  [4 * 366 * 86_400_000, "week"],
];

async function findBars(context: ServerContext, entered: Entered, ask: HistogramRequest) {
  const nowMs = Date.now();
  const scope = scopeOf(context, entered, ask, nowMs);
  const interval =
    ask.interval === undefined || ask.interval === "auto"
      ? autoUnit((scope.toMs ?? nowMs) - (scope.fromMs ?? nowMs - 366 * 86_400_000))
      : ask.interval;
  const bars = await histogram(context.search.index(), {
    ...scope,
    unit: interval,
    ...(ask.tz === undefined ? {} : { timeZone: ask.tz }),
  });
  return {
    interval,
    buckets: bars.map(({ startMs, count }) => ({ from: new Date(startMs).toISOString(), count })),
    as_of: shownAsOf(entered, scope.asOf),
  };
}

function autoUnit(spanMs: number): HistogramUnit {
  for (const [maxSpanMs, unit] of AUTO_BARS) if (spanMs <= maxSpanMs) return unit;
  return "month";
}
