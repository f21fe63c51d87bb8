import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FIELDS, type FieldName, fieldDefinition, fieldNames, findField, TIME_BOUNDS } from "./fields.ts";
import { QUERY_LIMITS } from "./limits.ts";

const page = readFileSync(new URL("../../../../docs/query-language.md", import.meta.url), "utf8");
const names = Object.keys(FIELDS) as FieldName[];

describe("fields", () => {
  test("have a name each that means nothing else", () => {
    const all = [...names, ...names.flatMap((name) => fieldDefinition(name).aliases), ...Object.keys(TIME_BOUNDS)];
    expect(all.length).toBe(new Set(all).size);
    expect(new Set(fieldNames())).toEqual(new Set(all));
  });

  test("are found by every name, in any case", () => {
    for (const name of names) {
      for (const written of [name, ...fieldDefinition(name).aliases]) {
        expect(findField(written.toUpperCase().split("."))).toEqual({ name, path: [] });
      }
    }
    expect(findField(["details", "A", "b"])).toEqual({ name: "details", path: ["A", "b"] });
    expect(findField(["changes", "after", "x"])).toEqual({ name: "changes.after", path: ["x"] });
    expect(findField(["action", "x"])).toBeUndefined();
  });

  test("are all described in docs/query-language.md, with every other name", () => {
    for (const name of names) {
      if (name.startsWith("on_behalf_of.")) continue; // one row for the whole family
      for (const written of [name, ...fieldDefinition(name).aliases]) expect(page).toContain(`\`${written}\``);
    }
    for (const bound of Object.keys(TIME_BOUNDS)) expect(page).toContain(`\`${bound}\``);
    for (const limit of [
      "chars",
      "terms",
      "depth",
      "wildcardsPerValue",
      "wildcards",
      "phraseWords",
      "leaves",
    ] as const) {
      expect(page).toContain(QUERY_LIMITS[limit].toLocaleString("en"));
    }
  });
});
