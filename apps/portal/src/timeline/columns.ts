import type { Interval } from "../api/answers.ts";
import type { Bar } from "../rows/spans.ts";
import { offsetAt } from "../view/zones.ts";

/** A column of the chart: events from `fromMs` up to `toMs`. */
export interface ChartColumn {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const UNIT_MS: Readonly<Record<Interval, number>> = {
  minute: 60_000,
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 30 * DAY_MS,
};

export interface ChartOptions {
  readonly interval: Interval;
  /** Ends of the chart; where they are open, the first and the last bar are. */
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  readonly zone: string;
  readonly maxColumns: number;
}

/** Lays counts out over time, gaps included, in at most so many columns; days begin at midnight of the zone. */
export function chartColumns(bars: readonly Bar[], options: ChartOptions): readonly ChartColumn[] {
  const { interval, fromMs, toMs, maxColumns } = options;
  const first = fromMs ?? bars[0]?.fromMs;
  const last = toMs ?? endOf(bars, interval);
  if (first === undefined || last === undefined || last <= first) return [];
  const edges = edgesOf(first, Math.max(last, endOf(bars, interval) ?? last), options);
  const step = Math.max(1, Math.ceil((edges.length - 1) / maxColumns));
  const columns: ChartColumn[] = [];
  let bar = 0;
  for (let at = 0; at + 1 < edges.length; at += step) {
    const column = { fromMs: edges[at] ?? 0, toMs: edges[Math.min(at + step, edges.length - 1)] ?? 0 };
    let count = 0;
    for (; bar < bars.length && (bars[bar]?.fromMs ?? 0) < column.toMs; bar++) count += bars[bar]?.count ?? 0;
    columns.push({ ...column, count });
  }
  return columns;
}

function endOf(bars: readonly Bar[], interval: Interval): number | undefined {
  const last = bars.at(-1);
  return last === undefined ? undefined : last.fromMs + UNIT_MS[interval];
}

/** Where units begin, from the one that holds the first moment on; days may be an hour longer or shorter. */
function edgesOf(firstMs: number, lastMs: number, { interval, zone }: ChartOptions): readonly number[] {
  const offset = offsetAt(zone, firstMs);
  const clock = new Date(firstMs + offset);
  const unit = UNIT_MS[interval];
  let at = Math.floor((firstMs + offset) / unit) * unit;
  if (interval === "week") at = Math.floor((firstMs + offset - 4 * DAY_MS) / unit) * unit + 4 * DAY_MS;
  if (interval === "month") at = Date.UTC(clock.getUTCFullYear(), clock.getUTCMonth());
  const edges: number[] = [];
  for (;;) {
    const isFine = unit < DAY_MS;
    const edge = isFine ? at - offset : at - offsetAt(zone, at - offset);
    edges.push(edge);
    if (edge >= lastMs || edges.length > MAX_EDGES) return edges;
    const next = new Date(at);
    at = interval === "month" ? Date.UTC(next.getUTCFullYear(), next.getUTCMonth() + 1) : at + unit;
  }
}

/** A range of many years in days, and no more. */
const MAX_EDGES = 40_000;
