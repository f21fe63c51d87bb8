import type { RecordedEvent } from "@cairn/event";
import type { Interval } from "../api/answers.ts";
import type { Bounds } from "../view/range.ts";

/** Events counted from `fromMs` on, up to the next bar. */
export interface Bar {
  readonly fromMs: number;
  readonly count: number;
}

/** What a span is: a stretch that can be divided by asking for finer counts, or one whose events can be fetched. */
export type Grain = Interval | "fine";

/**
 * A stretch of time and how many rows it takes in the list. The spans of a list follow one another without gap or overlap:
 * whatever is fetched into them, no event can be there twice or be left out.
 */
export interface Span extends Bounds {
  /** As the server counted, or as it is estimated, until the rows are there. */
  readonly count: number;
  readonly grain: Grain;
  readonly rows: readonly RecordedEvent[] | undefined;
}

export type Order = "asc" | "desc";

/** Spans of fewer rows are joined: a request for three rows costs as much as one for a hundred. */
const JOINED_ROWS = 150;
/** Spans of more rows are divided before they are fetched. */
export const FETCHED_ROWS = 300;

/** Makes the spans of a list out of counts. `bars` rise in time, and stretches without events are left out of them. */
export function spansOf(bars: readonly Bar[], bounds: Bounds, unit: Interval, order: Order): Span[] {
  const spans: Span[] = [];
  let joined: Span | undefined;
  for (const [i, { fromMs, count }] of bars.entries()) {
    const toMs = bars[i + 1]?.fromMs ?? bounds.toMs;
    // The bar begins with its unit, which may be before the range does.
    const start = bounds.fromMs === undefined ? fromMs : Math.max(fromMs, bounds.fromMs);
    if (joined !== undefined && joined.count + count <= JOINED_ROWS) {
      joined = { ...joined, toMs, count: joined.count + count };
      spans[spans.length - 1] = joined;
      continue;
    }
    const grain = count > FETCHED_ROWS ? unit : "fine";
    const span: Span = { fromMs: start, toMs, count, grain, rows: undefined };
    spans.push(span);
    joined = grain === "fine" ? span : undefined;
  }
  return order === "desc" ? spans.reverse() : spans;
}

/** The unit that divides another; undefined where the server counts no finer. */
export function finerUnit(unit: Grain): Interval | undefined {
  switch (unit) {
    case "month":
    case "week":
      return "day";
    case "day":
      return "hour";
    case "hour":
      return "minute";
    case "minute":
    case "fine":
      return undefined;
  }
}

/** Divides a stretch that the server counts no finer into equal parts; how many rows each has is estimated. */
export function estimatedSpans(span: Span, order: Order): Span[] {
  const { fromMs, toMs, count } = span;
  const rest = { ...span, grain: "fine" as const };
  if (fromMs === undefined || toMs === undefined) return [rest];
  const parts = Math.min(Math.ceil(count / JOINED_ROWS), toMs - fromMs);
  const edge = (part: number) => Math.floor(fromMs + ((toMs - fromMs) * part) / parts);
  const share = (part: number) => Math.floor((count * part) / parts);
  const spans = Array.from({ length: parts }, (_, part) => ({
    fromMs: edge(part),
    toMs: edge(part + 1),
    count: share(part + 1) - share(part),
    grain: "fine" as const,
    rows: undefined,
  }));
  return order === "desc" ? spans.reverse() : spans;
}

/** Puts spans in the place of one; unchanged when that one is no longer there. */
export function replaceSpan(spans: readonly Span[], old: Span, by: readonly Span[]): readonly Span[] {
  const at = spans.indexOf(old);
  return at < 0 ? spans : spans.toSpliced(at, 1, ...by);
}

/**
 * Puts a first page of events, fetched beside the counts, at the head of the spans. The events at the page's last
 * millisecond are left to the spans below: more of them may follow.
 */
export function withHead(spans: readonly Span[], page: readonly RecordedEvent[], order: Order): readonly Span[] {
  const last = page.at(-1);
  const [first] = spans;
  if (last === undefined || first === undefined) return spans;
  const cutMs = Date.parse(last.occurred_at);
  const rows = page.filter(({ occurred_at }) => Date.parse(occurred_at) !== cutMs);
  if (rows.length === 0) return spans;
  const isDescending = order === "desc";
  const head: Span = isDescending
    ? { fromMs: cutMs + 1, toMs: first.toMs, count: rows.length, grain: "fine", rows }
    : { fromMs: first.fromMs, toMs: cutMs, count: rows.length, grain: "fine", rows };
  let left = rows.length;
  const below: Span[] = [];
  for (const span of spans) {
    const isCovered = isDescending
      ? span.fromMs !== undefined && span.fromMs > cutMs
      : span.toMs !== undefined && span.toMs <= cutMs;
    if (isCovered) left -= span.count;
    else if (below.length > 0) below.push(span);
    else {
      const count = Math.max(0, span.count - Math.max(0, left));
      below.push({ ...span, ...(isDescending ? { toMs: cutMs + 1 } : { fromMs: cutMs }), count });
    }
  }
  return [head, ...below.filter(({ count, rows: own }) => count > 0 || own !== undefined)];
}

/** Where each span begins in the list, and after the last of them its length. */
export function startsOf(spans: readonly Span[]): readonly number[] {
  const starts = [0];
  for (const { count } of spans) starts.push((starts.at(-1) ?? 0) + count);
  return starts;
}

/** Position of the span that holds a row. */
export function spanAt(starts: readonly number[], index: number): number {
  let low = 0;
  let high = starts.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The moment at which a row stands, estimated where it is not fetched. */
export function timeInSpan(span: Span, offset: number, { nowMs, order }: { nowMs: number; order: Order }): number {
  const row = span.rows?.[offset];
  if (row !== undefined) return Date.parse(row.occurred_at);
  const fromMs = span.fromMs ?? 0;
  const toMs = span.toMs ?? Math.max(nowMs, fromMs);
  const share = (offset + 0.5) / Math.max(1, span.count);
  return order === "desc" ? toMs - (toMs - fromMs) * share : fromMs + (toMs - fromMs) * share;
}

/** How many rows of a span come before a moment, in the order of the list. */
export function rowsBefore(span: Span, ms: number, { nowMs, order }: { nowMs: number; order: Order }): number {
  if (span.rows !== undefined) {
    const at = span.rows.findIndex(({ occurred_at }) =>
      order === "desc" ? Date.parse(occurred_at) <= ms : Date.parse(occurred_at) >= ms,
    );
    return at < 0 ? span.rows.length : at;
  }
  const fromMs = span.fromMs ?? 0;
  const toMs = span.toMs ?? Math.max(nowMs, fromMs + 1);
  const share = (order === "desc" ? toMs - ms : ms - fromMs) / (toMs - fromMs);
  return Math.round(Math.min(1, Math.max(0, share)) * span.count);
}
