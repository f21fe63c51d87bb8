import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SavedView } from "../api/view-answers.ts";
import { LAST_SPANS, type TimeRange } from "../view/range.ts";
import { formatView, PLAIN_VIEW, parseView, type View } from "../view/view.ts";
import { contentOf, isChanged, type Keeping, viewOf } from "./saved-view.ts";

const NOW_MS = Date.parse("2026-11-22T12:00:00.000Z");
const ID = "vew_0123456789abcdefghij";
const keep: Keeping = { name: "Nights", zone: null, range: "as_shown", nowMs: NOW_MS };
const save = (view: View, kept: Partial<Keeping> = {}): SavedView => ({
  ...contentOf(view, { ...keep, ...kept }),
  ...{ id: ID, shared: false, default: false, owner: "mem_1" },
});

const moment = fc.integer({ min: 0, max: 4_000_000_000_000 });
const range: fc.Arbitrary<TimeRange> = fc.oneof(
  fc.constant({ kind: "all" } as const),
  fc.constantFrom(...LAST_SPANS).map((span) => ({ kind: "last", span }) as const),
  fc.record({ kind: fc.constant("between" as const), fromMs: moment, toMs: fc.option(moment, { nil: undefined }) }),
);
const field = fc.constantFrom("actor", "details.pages", "changes.field");
const arbitraryView: fc.Arbitrary<View> = fc
  .record({
    query: fc.string(),
    range,
    sort: fc.record({ field, order: fc.constantFrom("asc" as const, "desc" as const) }),
    columns: fc.option(fc.uniqueArray(field, { minLength: 1 }), { nil: undefined }),
  })
  .map((part) => ({ ...PLAIN_VIEW, ...part }));

describe("a saved view", () => {
  test("shows what was on the screen, and is in the address whole", () => {
    fc.assert(
      fc.property(arbitraryView, (view) => {
        const shown = viewOf(save(view));
        expect(shown).toEqual({ ...view, saved: ID });
        expect(parseView(formatView(shown))).toEqual(shown);
        expect(isChanged(shown, save(view), { zone: "UTC" })).toBe(false);
      }),
    );
  });

  test("keeps a stretch of time as it was at that moment, when that is wanted", () => {
    const view: View = { ...PLAIN_VIEW, range: { kind: "last", span: "7d" } };
    expect(save(view).range).toBe("7d");
    expect(save(view, { range: "fixed" }).range).toEqual({
      from: "2026-11-15T12:00:00.000Z",
      to: "2026-11-22T12:00:00.000Z",
    });
    const open: View = { ...PLAIN_VIEW, range: { kind: "between", fromMs: 0, toMs: undefined } };
    expect(save(open, { range: "fixed" }).range).toEqual({ from: "1970-01-01T00:00:00.000Z" });
  });

  test.each<[string, Partial<View>]>([
    ["query", { query: "action:a.b" }],
    ["time", { range: { kind: "last", span: "24h" } }],
    ["order", { sort: { field: "occurred_at", order: "asc" } }],
    ["columns", { columns: ["actor"] }],
  ])("has changed when the screen has another %s", (_what, part) => {
    const saved = save(PLAIN_VIEW);
    expect(isChanged({ ...viewOf(saved), ...part }, saved, { zone: "UTC" })).toBe(true);
  });

  test("has changed by another clock only when it has one", () => {
    const [without, within] = [save(PLAIN_VIEW), save(PLAIN_VIEW, { zone: "Asia/Tokyo" })];
    expect(isChanged(viewOf(without), without, { zone: "UTC" })).toBe(false);
    expect(isChanged(viewOf(within), within, { zone: "Asia/Tokyo" })).toBe(false);
    expect(isChanged(viewOf(within), within, { zone: "UTC" })).toBe(true);
  });

  test("that a script saved with less, or in another way, is shown, too", () => {
    const least = { ...save(PLAIN_VIEW), range: null, columns: null, sort: null, order: null, zone: "Nowhere/Land" };
    expect(viewOf(least)).toEqual({ ...PLAIN_VIEW, saved: ID });
    expect(viewOf({ ...least, range: { from: "2026-01-01" } }).range).toEqual({
      ...{ kind: "between", fromMs: Date.parse("2026-01-01T00:00:00Z"), toMs: undefined },
    });
    expect(viewOf({ ...least, range: { from: "2026-99-99" } }).range).toEqual({ kind: "all" });
  });
});
