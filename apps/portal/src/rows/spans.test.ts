import type { RecordedEvent } from "@cairn/event";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Bar,
  estimatedSpans,
  FETCHED_ROWS,
  type Order,
  type Span,
  spanAt,
  spansOf,
  startsOf,
  withHead,
} from "./spans.ts";

const HOUR = 3_600_000;
const ALWAYS = { fromMs: undefined, toMs: undefined };
const arbitraryBars: fc.Arbitrary<readonly Bar[]> = fc
  .uniqueArray(fc.tuple(fc.nat(200), fc.integer({ min: 1, max: 1_000 })), { selector: ([hour]) => hour, minLength: 1 })
  .map((bars) => bars.toSorted(([a], [b]) => a - b).map(([hour, count]) => ({ fromMs: hour * HOUR, count })));
const order = fc.constantFrom<Order>("asc", "desc");

/** In order of time, whatever the order of the list. */
const inTime = (spans: readonly Span[], by: Order) => (by === "desc" ? spans.toReversed() : [...spans]);
const sum = (spans: readonly { readonly count: number }[]) => spans.reduce((all, { count }) => all + count, 0);

function expectWithoutGaps(spans: readonly Span[], by: Order) {
  const rising = inTime(spans, by);
  for (const [i, span] of rising.entries()) if (i > 0) expect(span.fromMs).toBe(rising[i - 1]?.toMs);
}

describe("the spans of a list", () => {
  test("follow one another without gap or overlap, and hold every event that was counted", () => {
    fc.assert(
      fc.property(arbitraryBars, order, (bars, by) => {
        const spans = spansOf(bars, ALWAYS, "hour", by);
        expectWithoutGaps(spans, by);
        expect(sum(spans)).toBe(sum(bars));
        for (const { count, grain } of spans) expect(grain).toBe(count > FETCHED_ROWS ? "hour" : "fine");
      }),
    );
  });

  test("stay within the bounds that were asked for", () => {
    const spans = spansOf([{ fromMs: 0, count: 5 }], { fromMs: 1_000, toMs: HOUR }, "hour", "desc");
    expect(spans).toMatchObject([{ fromMs: 1_000, toMs: HOUR, count: 5 }]);
  });

  test("can be divided without counting: into equal parts, with as many rows together", () => {
    fc.assert(
      fc.property(fc.integer({ min: 301, max: 90_000 }), order, (count, by) => {
        const span: Span = { fromMs: 0, toMs: 60_000, count, grain: "minute", rows: undefined };
        const parts = estimatedSpans(span, by);
        expectWithoutGaps(parts, by);
        expect(sum(parts)).toBe(count);
        expect([inTime(parts, by)[0]?.fromMs, inTime(parts, by).at(-1)?.toMs]).toEqual([0, 60_000]);
      }),
    );
  });

  test("take the first page at their head, and no event of it is there twice or lost", () => {
    fc.assert(
      fc.property(arbitraryBars, order, fc.integer({ min: 1, max: 80 }), (bars, by, limit) => {
        // Several events at each moment, so that a page may end between two of the same.
        const times = bars.flatMap(({ fromMs, count }) =>
          Array.from({ length: count }, (_, i) => fromMs + Math.floor((i * HOUR) / count / 3) * 3),
        );
        const sorted = times.toSorted((a, b) => (by === "desc" ? b - a : a - b));
        const page = sorted
          .slice(0, limit)
          .map((ms, i) => ({ occurred_at: new Date(ms).toISOString(), ledger: 1, sequence: i }) as RecordedEvent);
        fc.pre(page.length < sorted.length);
        const spans = withHead(spansOf(bars, ALWAYS, "hour", by), page, by);
        expectWithoutGaps(spans, by);
        expect(sum(spans)).toBe(times.length);
        for (const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY, rows, count } of spans) {
          const own = times.filter((ms) => ms >= fromMs && ms < toMs);
          expect(own.length).toBe(count);
          if (rows !== undefined)
            expect(rows.map(({ occurred_at }) => Date.parse(occurred_at)).toSorted()).toEqual(own.toSorted());
        }
      }),
    );
  });
});

test("a row is found in the span that holds it", () => {
  const counts = fc.array(fc.nat(5), { minLength: 1 });
  fc.assert(
    fc.property(counts, fc.nat(200), (all, index) => {
      const spans = all.map((count) => ({ ...ALWAYS, count, grain: "fine", rows: undefined }) as const);
      const starts = startsOf(spans);
      fc.pre(index < (starts.at(-1) ?? 0));
      const at = spanAt(starts, index);
      expect(starts[at]).toBeLessThanOrEqual(index);
      expect(starts[at + 1]).toBeGreaterThan(index);
    }),
  );
});
