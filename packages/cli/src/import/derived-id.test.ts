import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createIdDeriver } from "./derived-id.ts";

describe("createIdDeriver", () => {
  test("is the digest that its documentation describes", () => {
    const expected = createHash("sha256").update('{"action":"a.b","details":{"ä":1}}\n0').digest("hex");
    expect(createIdDeriver()({ details: { ä: 1 }, action: "a.b" })).toBe(`sha256:${expected}`);
  });

  test("equal records differ by their ordinal, and are the same in every run", () => {
    const records = fc.array(fc.record({ action: fc.constantFrom("a", "b", "c"), details: fc.nat({ max: 3 }) }), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(records, (list) => {
        const derive = createIdDeriver();
        const ids = list.map(derive);
        expect(new Set(ids).size).toBe(ids.length);
        expect(list.map(createIdDeriver())).toEqual(ids);
        // The order of the file does not matter to the set of ids.
        expect(list.toReversed().map(createIdDeriver()).toSorted()).toEqual(ids.toSorted());
      }),
    );
  });

  test("keeps counting when it has to make room", () => {
    const derive = createIdDeriver();
    const ids = Array.from({ length: 20_000 }, (_, i) => derive({ details: i % 9_999 }));
    expect(new Set(ids).size).toBe(20_000);
  });
});
