import fc from "fast-check";
import { expect, test } from "vitest";
import { compileNamePattern } from "./name-pattern.ts";

test.each([
  ["*", "anything\nat all", true],
  ["*.log", "a.log", true],
  ["*.log", "a.log.1", false],
  ["app-????.csv", "app-2026.csv", true],
  ["app-????.csv", "app-26.csv", false],
  ["a.b", "axb", false],
  ["[a](b)|^$+{1}", "[a](b)|^$+{1}", true],
  ["a*b*c", "a-b-b-c", true],
  ["*.log", "A.LOG", false],
])("%j fits %j: %s", (pattern, name, fits) => {
  expect(compileNamePattern(pattern)(name)).toBe(fits);
});

test("any name fits itself when nothing in it is a wildcard", () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      const plain = name.replaceAll(/[*?]/g, "");
      expect(compileNamePattern(plain)(plain)).toBe(true);
    }),
  );
});

test("a pattern of nothing but wildcards takes no longer than others", () => {
  const fits = compileNamePattern(`${"*".repeat(199)}x`);
  expect(fits("a".repeat(255))).toBe(false);
});
