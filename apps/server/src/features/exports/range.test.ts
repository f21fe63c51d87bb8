import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isKnown, parseRange, rangeCounts } from "./range.ts";

describe("parseRange", () => {
  const cases: [header: string | undefined, expected: unknown][] = [
    [undefined, { kind: "whole" }],
    ["bytes=0-0", { kind: "part", first: 0, last: 0 }],
    ["bytes=0-", { kind: "part", first: 0, last: 99 }],
    ["bytes=99-", { kind: "part", first: 99, last: 99 }],
    ["bytes=10-19", { kind: "part", first: 10, last: 19 }],
    ["bytes=10-1000", { kind: "part", first: 10, last: 99 }],
    ["bytes=-1", { kind: "part", first: 99, last: 99 }],
    ["bytes=-1000", { kind: "part", first: 0, last: 99 }],
    ["BYTES= 1-2 ", { kind: "part", first: 1, last: 2 }],
    ["bytes=100-", { kind: "unsatisfiable" }],
    ["bytes=-0", { kind: "unsatisfiable" }],
    // Not valid, or more than one range: the whole file.
    ["bytes=5-4", { kind: "whole" }],
    ["bytes=-", { kind: "whole" }],
    ["bytes=", { kind: "whole" }],
    ["bytes=a-b", { kind: "whole" }],
    ["bytes=0-1,3-4", { kind: "whole" }],
    ["lines=0-1", { kind: "whole" }],
    ["bytes=99999999999999999999-", { kind: "whole" }],
    ["0-1", { kind: "whole" }],
  ];
  test.each(cases)("%s", (header, expected) => {
    expect(parseRange(header, 100)).toEqual(expected);
  });

  test("an empty file has no part", () => {
    expect(parseRange("bytes=0-", 0)).toEqual({ kind: "unsatisfiable" });
    expect(parseRange("bytes=-5", 0)).toEqual({ kind: "unsatisfiable" });
    expect(parseRange(undefined, 0)).toEqual({ kind: "whole" });
  });

  test("a part always lies within the file, whatever is asked for", () => {
    const header = fc.oneof(
      fc.string(),
      fc.tuple(fc.option(fc.nat()), fc.option(fc.nat())).map(([a, b]) => `bytes=${a ?? ""}-${b ?? ""}`),
    );
    fc.assert(
      fc.property(header, fc.nat({ max: 1_000 }), (text, size) => {
        const range = parseRange(text, size);
        if (range.kind !== "part") return;
        expect(range.first).toBeGreaterThanOrEqual(0);
        expect(range.last).toBeGreaterThanOrEqual(range.first);
        expect(range.last).toBeLessThan(size);
      }),
      { numRuns: 2_000 },
    );
  });
});

test("a range counts only for the file it was begun with", () => {
  expect(rangeCounts(undefined, '"a"')).toBe(true);
  expect(rangeCounts('"a"', '"a"')).toBe(true);
  expect(rangeCounts('"b"', '"a"')).toBe(false);
  expect(rangeCounts('W/"a"', '"a"')).toBe(false);
  expect(rangeCounts("Sun, 22 Nov 2026 07:00:00 GMT", '"a"')).toBe(false);
});

test("a file that is known need not be sent", () => {
  expect(isKnown(undefined, '"a"')).toBe(false);
  expect(isKnown('"b", W/"a"', '"a"')).toBe(true);
  expect(isKnown("*", '"a"')).toBe(true);
  expect(isKnown('"b"', '"a"')).toBe(false);
});
