import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffWords } from "./diff.ts";

describe("before and after", () => {
  test("differ in the words that changed", () => {
    const { before, after } = diffWords("Keep for one year.", "Keep for six years.");
    expect(before.filter(({ isChanged }) => isChanged).map(({ text }) => text)).toEqual(["one", "year"]);
    expect(after.filter(({ isChanged }) => isChanged).map(({ text }) => text)).toEqual(["six", "years"]);
  });

  test("differ wholly where they have no word in common", () => {
    expect(diffWords("365", "2190")).toEqual({
      before: [{ text: "365", isChanged: true }],
      after: [{ text: "2190", isChanged: true }],
    });
  });

  test("are each the whole text, and alike in what has not changed", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", " ", ",", "\n", "ward"), { maxLength: 30 })
      .map((all) => all.join(""));
    fc.assert(
      fc.property(text, text, (one, other) => {
        const { before, after } = diffWords(one, other);
        const join = (parts: typeof before, keep: boolean) =>
          parts.map((part) => (keep && part.isChanged ? "" : part.text)).join("");
        expect([join(before, false), join(after, false)]).toEqual([one, other]);
        expect(join(before, true)).toBe(join(after, true));
      }),
    );
  });
});
