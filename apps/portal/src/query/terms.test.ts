import { formatQuery, parseQuery } from "@cairn/event";
import { describe, expect, test } from "vitest";
import { choicesOf, toggleExclusion, toggleValue, withoutField } from "./terms.ts";

describe("a value clicked in a facet", () => {
  test("is asked for, then besides others, then no longer", () => {
    const one = toggleValue("jane", "category", "access");
    expect(one).toBe("jane category:access");
    const two = toggleValue(one, "category", "data export");
    expect(two).toBe('jane category:(access OR "data export")');
    expect(toggleValue(two, "category", "access")).toBe('jane category:"data export"');
    expect(toggleValue(toggleValue(two, "category", "access"), "category", "DATA EXPORT")).toBe("jane");
  });

  test("is left out, and comes again", () => {
    const out = toggleExclusion("jane", "outcome", "success");
    expect(out).toBe("jane -outcome:success");
    expect(choicesOf(out, "outcome")).toEqual([{ value: "success", sign: "exclude" }]);
    expect(toggleExclusion(out, "outcome", "success")).toBe("jane");
  });

  test("changes its side: left out takes the place of asked for, and the other way round", () => {
    expect(toggleExclusion("outcome:denied x", "outcome", "denied")).toBe("x -outcome:denied");
    expect(toggleValue("-outcome:denied x", "outcome", "denied")).toBe("x outcome:denied");
  });

  test("leaves every other condition what it was", () => {
    for (const query of [
      "(a OR b) c",
      "action:((x OR y)) z",
      "-(a b)",
      'a "b c" NOT details.x:1',
      "category:(a OR b*)",
    ]) {
      const back = toggleValue(toggleValue(query, "outcome", "denied"), "outcome", "denied");
      expect(formatQuery(parseQuery(back, { nowMs: 0 }))).toBe(formatQuery(parseQuery(query, { nowMs: 0 })));
    }
  });

  test("does nothing to a query with a mistake", () => {
    expect(toggleValue('"open', "outcome", "denied")).toBe('"open');
    expect(toggleExclusion("outcom:x", "outcome", "denied")).toBe("outcom:x");
  });
});

test("a query is asked without a field, for the counts of its other values", () => {
  expect(withoutField("category:(a OR b) x -category:c", "category")).toBe("x");
  expect(withoutField("category:a*", "category")).toBe("category:a*");
});
