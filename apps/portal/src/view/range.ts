/** Which stretch of time is looked at. Bounds are Unix milliseconds, the first included, the second not. */
export type TimeRange =
  | { readonly kind: "all" }
  | { readonly kind: "last"; readonly span: LastSpan }
  | { readonly kind: "between"; readonly fromMs: number | undefined; readonly toMs: number | undefined };

export const LAST_SPANS = ["24h", "7d", "30d", "12M"] as const;
export type LastSpan = (typeof LAST_SPANS)[number];

export const ALL_TIME: TimeRange = { kind: "all" };

/** Bounds on `occurred_at`; undefined is open. */
export interface Bounds {
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The bounds of a range at a moment. What comes in later still belongs to "the last 7 days": they have no end. */
export function boundsOf(range: TimeRange, nowMs: number): Bounds {
  switch (range.kind) {
    case "all":
      return { fromMs: undefined, toMs: undefined };
    case "last":
      return { fromMs: startOfLast(range.span, nowMs), toMs: undefined };
    case "between":
      return { fromMs: range.fromMs, toMs: range.toMs };
  }
}

function startOfLast(span: LastSpan, nowMs: number): number {
  switch (span) {
    case "24h":
      return nowMs - DAY_MS;
    case "7d":
      return nowMs - 7 * DAY_MS;
    case "30d":
      return nowMs - 30 * DAY_MS;
    case "12M": {
      const start = new Date(nowMs);
      start.setUTCFullYear(start.getUTCFullYear() - 1);
      return start.getTime();
    }
  }
}

/** Tells whether two ranges are the same choice. */
export function isSameRange(a: TimeRange, b: TimeRange): boolean {
  return JSON.stringify(formatRange(a)) === JSON.stringify(formatRange(b));
}

/** Reads a range from the parameters of a fragment. */
export function parseRange(parameters: URLSearchParams): TimeRange {
  const span = LAST_SPANS.find((each) => each === parameters.get("last"));
  if (span !== undefined) return { kind: "last", span };
  const fromMs = parseMoment(parameters.get("from"));
  const toMs = parseMoment(parameters.get("to"));
  if (fromMs === undefined && toMs === undefined) return ALL_TIME;
  return { kind: "between", fromMs, toMs };
}

/** Writes a range as parameters of a fragment. */
export function formatRange(range: TimeRange): readonly (readonly [name: string, value: string])[] {
  switch (range.kind) {
    case "all":
      return [];
    case "last":
      return [["last", range.span]];
    case "between": {
      const bound = (name: string, ms: number | undefined) =>
        ms === undefined ? [] : [[name, new Date(ms).toISOString()] as const];
      return [...bound("from", range.fromMs), ...bound("to", range.toMs)];
    }
  }
}

function parseMoment(text: string | null): number | undefined {
  const ms = Date.parse(text ?? "");
  return Number.isNaN(ms) ? undefined : ms;
}
