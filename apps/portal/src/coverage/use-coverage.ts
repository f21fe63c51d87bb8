import { useQuery } from "@tanstack/react-query";
import type { Interval } from "../api/answers.ts";
import { useApi } from "../api/api-context.ts";
import type { Api, Scope } from "../api/client.ts";
import { writeTerm } from "../event/filter-term.ts";
import { chartColumns } from "../timeline/columns.ts";
import type { Bounds } from "../view/range.ts";
import { type Gap, gapsOf } from "./gaps.ts";

/** What a source has sent, and when. */
export interface SourceCoverage {
  readonly source: string;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Since when there are records, and where there are none. */
export interface CoverageAnswer {
  /** The first event of the log; undefined when it is empty. */
  readonly firstMs: number | undefined;
  readonly sources: readonly SourceCoverage[];
  /** Undefined: no whole unit of the range is of a time that is recorded, and nothing can be said of gaps. */
  readonly gaps: readonly Gap[] | undefined;
  /** What a gap is made of. */
  readonly unit: "hour" | "day";
}

const ALWAYS: Scope = { query: "", fromMs: undefined, toMs: undefined };
const MAX_SOURCES = 8;
const MAX_GAPS = 5;
const DAY_MS = 86_400_000;
/** In a shorter range an hour without events is worth telling, in a longer one a day. */
const HOURS_UP_TO_MS = 3 * DAY_MS;

/** Finds out since when each source records, and which stretches of a range have no event at all. */
export function useCoverage(bounds: Bounds, zone: string) {
  const api = useApi();
  // To the minute: a range that ends now is the same range a moment later.
  const key = [bounds.fromMs, bounds.toMs].map((ms) => (ms === undefined ? undefined : Math.floor(ms / 60_000)));
  return useQuery({
    queryKey: ["coverage", ...key, zone],
    queryFn: ({ signal }) => readCoverage(api, { bounds, zone, nowMs: Date.now() }, signal),
    staleTime: 60_000,
  });
}

interface CoverageAsk {
  readonly bounds: Bounds;
  readonly zone: string;
  readonly nowMs: number;
}

async function readCoverage(api: Api, ask: CoverageAsk, signal: AbortSignal): Promise<CoverageAnswer> {
  const firstMs = await edgeOf(api, "", "asc", signal);
  if (firstMs === undefined) return { firstMs, sources: [], gaps: undefined, unit: "day" };
  const [sources, { gaps, unit }] = await Promise.all([
    readSources(api, signal),
    readGaps(api, { ...ask, firstMs }, signal),
  ]);
  return { firstMs, sources, gaps, unit };
}

/** When each source sent its first and its last event. */
export async function readSources(api: Api, signal: AbortSignal): Promise<readonly SourceCoverage[]> {
  const { facets } = await api.facets({ ...ALWAYS, fields: ["source"], limit: MAX_SOURCES }, signal);
  const sources = await Promise.all(
    (facets.source ?? []).map(async ({ value, count }) => {
      const query = writeTerm("source", value);
      const [firstMs, lastMs] = await Promise.all([
        edgeOf(api, query, "asc", signal),
        edgeOf(api, query, "desc", signal),
      ]);
      return firstMs === undefined || lastMs === undefined ? [] : [{ source: value, count, firstMs, lastMs }];
    }),
  );
  return sources.flat();
}

async function edgeOf(api: Api, query: string, order: "asc" | "desc", signal: AbortSignal) {
  const { events } = await api.search({ ...ALWAYS, query, order, limit: 1 }, signal);
  return events[0] === undefined ? undefined : Date.parse(events[0].occurred_at);
}

async function readGaps(api: Api, ask: CoverageAsk & { readonly firstMs: number }, signal: AbortSignal) {
  const fromMs = Math.max(ask.bounds.fromMs ?? ask.firstMs, ask.firstMs);
  const toMs = Math.min(ask.bounds.toMs ?? ask.nowMs, ask.nowMs);
  const unit = toMs - fromMs <= HOURS_UP_TO_MS ? ("hour" as const) : ("day" as const);
  if (toMs <= fromMs) return { gaps: undefined, unit };
  const interval: Interval = unit;
  const { buckets } = await api.histogram({ query: "", fromMs, toMs, interval, zone: ask.zone }, signal);
  const bars = buckets.map(({ from, count }) => ({ fromMs: Date.parse(from), count }));
  const columns = chartColumns(bars, { interval, fromMs, toMs, zone: ask.zone, maxColumns: Number.POSITIVE_INFINITY });
  // The last unit is not over yet.
  const whole = columns.filter((column) => column.toMs <= toMs);
  return { gaps: whole.length === 0 ? undefined : gapsOf(whole, MAX_GAPS), unit };
}
