import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chartColumns } from "./columns.ts";

const DAY = 86_400_000;

describe("the columns of the chart", () => {
  test("hold every event that was counted, side by side, and no more of them than fit", () => {
    const days = fc.uniqueArray(fc.nat(400), { minLength: 1 }).map((all) => all.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(days, fc.constantFrom(5, 60, 100, Number.POSITIVE_INFINITY), (all, maxColumns) => {
        const bars = all.map((day) => ({ fromMs: day * DAY, count: day + 1 }));
        const columns = chartColumns(bars, {
          interval: "day",
          fromMs: undefined,
          toMs: undefined,
          zone: "UTC",
          maxColumns,
        });
        expect(columns.length).toBeLessThanOrEqual(maxColumns);
        for (const [i, column] of columns.entries()) if (i > 0) expect(column.fromMs).toBe(columns[i - 1]?.toMs);
        expect(columns.reduce((sum, { count }) => sum + count, 0)).toBe(all.reduce((sum, day) => sum + day + 1, 0));
      }),
    );
  });

  test("begin at midnight of the zone, also where clocks change", () => {
    const fromMs = Date.parse("2026-10-24T10:00:00Z");
    const columns = chartColumns([], {
      interval: "day",
      fromMs,
      toMs: fromMs + 3 * DAY,
      zone: "Europe/Berlin",
      maxColumns: 90,
    });
    expect(columns.map((column) => new Date(column.fromMs).toISOString())).toEqual([
      "2026-10-23T22:00:00.000Z",
      "2026-10-24T22:00:00.000Z",
      "2026-10-25T23:00:00.000Z",
      "2026-10-26T23:00:00.000Z",
    ]);
  });
});
