import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatView, parseView, type View } from "./view.ts";

describe("the view in the address", () => {
  test("comes back as it was written", () => {
    const arbitraryView: fc.Arbitrary<View> = fc.record({
      query: fc.string({ unit: "grapheme" }),
      zone: fc.constantFrom("utc", "local", undefined),
      place: fc.option(
        fc.record({
          ledger: fc.integer({ min: 1, max: 999 }),
          sequence: fc.integer({ min: 0, max: 10 ** 12 }),
        }),
        { nil: undefined },
      ),
    });
    fc.assert(
      fc.property(arbitraryView, (view) => {
        expect(parseView(formatView(view))).toEqual(view);
      }),
    );
  });

  test("of the plain list is empty, and readable otherwise", () => {
    expect(formatView({ query: "", zone: undefined, place: undefined })).toBe("#");
    expect(formatView({ query: "ip:10.0.0.0/8", zone: "utc", place: { ledger: 1, sequence: 41 } })).toBe(
      "#q=ip:10.0.0.0/8&tz=utc&event=1/41",
    );
  });

  test("leaves out what it does not understand", () => {
    const nothing = { query: "", zone: undefined, place: undefined };
    for (const fragment of ["", "#", "#tz=moon", "#event=0/1", "#event=1/-1", "#event=1/01", "#event=1", "#x=y&%"]) {
      expect(parseView(fragment)).toEqual(nothing);
    }
  });
});
