import type { SavedContent, SavedRange, SavedView } from "../api/view-answers.ts";
import {
  ALL_TIME,
  boundsOf,
  formatRange,
  isSameRange,
  type LastSpan,
  parseRange,
  type TimeRange,
} from "../view/range.ts";
import { formatSort, NEWEST_FIRST, PLAIN_VIEW, type Sort, type View } from "../view/view.ts";
import { isZone } from "../view/zones.ts";

/** Spans by what saved views call them. */
const SPANS = { "24h": "24h", "7d": "7d", "30d": "30d", "12m": "12M" } as const satisfies Readonly<
  Record<string, LastSpan>
>;
/** What saved views call the spans. */
const NAMES: Readonly<Record<LastSpan, SavedRange>> = { "24h": "24h", "7d": "7d", "30d": "30d", "12M": "12m" };

/** What a saved view shows, as the address has it. */
export function viewOf(saved: SavedView): View {
  const { zone } = saved;
  return {
    ...PLAIN_VIEW,
    query: saved.q,
    range: rangeOf(saved.range),
    zone: zone !== null && isZone(zone) ? zone : undefined,
    sort: sortOf(saved),
    columns: saved.columns ?? undefined,
    saved: saved.id,
  };
}

function rangeOf(range: SavedRange | null): TimeRange {
  if (range === null || range === "all") return ALL_TIME;
  if (typeof range === "string") return { kind: "last", span: SPANS[range] };
  return parseRange(new URLSearchParams({ ...range }));
}

function sortOf({ sort, order }: Pick<SavedContent, "sort" | "order">): Sort {
  return sort === null ? NEWEST_FIRST : { field: sort, order: order ?? "desc" };
}

/** How a stretch of time is kept: as so long before now, whenever that is, or as it is at this moment. */
export type RangeKind = "as_shown" | "fixed";

/** What of the screen a saved view keeps, and under which name. */
export interface Keeping {
  readonly name: string;
  /** IANA name; null leaves the zone to whoever reads. */
  readonly zone: string | null;
  readonly range: RangeKind;
  readonly nowMs: number;
}

/** What is on the screen, as a saved view keeps it. */
export function contentOf(view: View, { name, zone, range, nowMs }: Keeping): SavedContent {
  return {
    name,
    q: view.query,
    range: savedRange(range === "fixed" ? fixedRange(view.range, nowMs) : view.range),
    columns: view.columns ?? null,
    sort: view.sort.field,
    order: view.sort.order,
    zone,
  };
}

function savedRange(range: TimeRange): SavedRange {
  switch (range.kind) {
    case "all":
      return "all";
    case "last":
      return NAMES[range.span];
    case "between":
      return Object.fromEntries(formatRange(range));
  }
}

/** A stretch of time that is the same whenever it is looked at. */
export function fixedRange(range: TimeRange, nowMs: number): TimeRange {
  if (range.kind !== "last") return range;
  return { kind: "between", fromMs: boundsOf(range, nowMs).fromMs, toMs: nowMs };
}

/** Of a saved view what it shows, without whose it is. */
export function contentOfSaved({ name, q, range, columns, sort, order, zone }: SavedView): SavedContent {
  return { name, q, range, columns, sort, order, zone };
}

/** Tells whether the screen shows something else than a saved view does; `zone` is the IANA name on the screen. */
export function isChanged(view: View, saved: SavedView, { zone }: { readonly zone: string }): boolean {
  const before = viewOf(saved);
  return (
    view.query !== before.query ||
    !isSameRange(view.range, before.range) ||
    formatSort(view.sort) !== formatSort(before.sort) ||
    view.columns?.join() !== before.columns?.join() ||
    // A view without a zone leaves that to whoever reads it.
    (before.zone !== undefined && before.zone !== zone)
  );
}
