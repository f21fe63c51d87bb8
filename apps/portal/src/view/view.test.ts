import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LAST_SPANS, type TimeRange } from "./range.ts";
import { formatView, PAGES, PLAIN_VIEW, parseView, type View } from "./view.ts";

const moment = fc.integer({ min: 0, max: 4_000_000_000_000 });
const range: fc.Arbitrary<TimeRange> = fc.oneof(
  fc.constant({ kind: "all" } as const),
  fc.constantFrom(...LAST_SPANS).map((span) => ({ kind: "last", span }) as const),
  fc.record({ kind: fc.constant("between" as const), fromMs: moment, toMs: fc.option(moment, { nil: undefined }) }),
);
const field = fc.constantFrom("actor", "details.pages", "changes.field");

describe("the view in the address", () => {
  test("comes back as it was written", () => {
    const arbitraryView: fc.Arbitrary<View> = fc.record({
      page: fc.constantFrom(...PAGES),
      query: fc.string({ unit: "grapheme" }),
      range,
      zone: fc.constantFrom("UTC", "local", "Europe/Berlin", undefined),
      sort: fc.record({ field, order: fc.constantFrom("asc", "desc") }),
      columns: fc.option(fc.uniqueArray(field, { minLength: 1 }), { nil: undefined }),
      at: fc.option(moment, { nil: undefined }),
      place: fc.option(
        fc.record({
          ledger: fc.integer({ min: 1, max: 999 }),
          sequence: fc.integer({ min: 0, max: 10 ** 12 }),
        }),
        { nil: undefined },
      ),
      person: fc.constantFrom(undefined, "sub_x7Yp-_2"),
      source: fc.constantFrom(undefined, "src_x7Yp-_2"),
      setUp: fc.constantFrom(undefined, "which", "auth0_poller"),
      saved: fc.constantFrom(undefined, "vew_0123456789abcdefghij"),
    });
    fc.assert(
      fc.property(arbitraryView, (view) => {
        expect(parseView(formatView(view))).toEqual(view);
      }),
    );
  });

  test("of the plain list is empty, and readable otherwise", () => {
    expect(formatView(PLAIN_VIEW)).toBe("#");
    expect(
      formatView({ ...PLAIN_VIEW, query: "ip:10.0.0.0/8", zone: "Europe/Berlin", place: { ledger: 1, sequence: 41 } }),
    ).toBe("#q=ip:10.0.0.0/8&tz=Europe/Berlin&event=1/41");
    expect(formatView({ ...PLAIN_VIEW, sort: { field: "action", order: "desc" }, columns: ["date", "actor"] })).toBe(
      "#sort=-action&cols=date,actor",
    );
  });

  test("leaves out what it does not understand", () => {
    const odd = ["", "#", "#tz=moon", "#event=0/1", "#event=1/-1", "#event=1/01", "#event=1", "#x=y&%"];
    for (const fragment of [
      ...odd,
      "#page=moon",
      "#from=never",
      "#last=9y",
      "#sort=-%20",
      "#cols=,",
      "#at=x",
      "#source=x",
      "#view=x",
    ]) {
      expect(parseView(fragment)).toEqual(PLAIN_VIEW);
    }
    expect(parseView("#tz=utc").zone).toBe("UTC");
  });
});
