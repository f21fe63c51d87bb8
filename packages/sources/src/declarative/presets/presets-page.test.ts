import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Definition } from "../definition.ts";
import { DEFINITION_PRESETS } from "./presets.ts";

const PAGE = readFileSync(new URL("../../../../../docs/sources/presets.md", import.meta.url), "utf8");
/** Sections by their headings. */
const SECTIONS = new Map(
  PAGE.split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf("\n")), section]),
);

/** What a preset fills. */
function fieldsOf({ fields, occurred_at, targets, changes, pairs }: Definition): string[] {
  return [
    ...Object.keys(fields),
    ...(occurred_at === undefined ? [] : ["occurred_at"]),
    ...(targets === undefined ? [] : ["targets"]),
    ...((changes ?? pairs) === undefined ? [] : ["changes"]),
  ];
}

/** The last names of the pointers that a preset reads. */
function namesOf(definition: Definition): string[] {
  const { tables: _tables, ...rules } = definition;
  const texts = [...JSON.stringify(rules).matchAll(/[{"](\/[^"{}]+)[}"]/g)].map(([, pointer]) => pointer ?? "");
  return texts.map((pointer) => pointer.slice(pointer.lastIndexOf("/") + 1));
}

describe("the page of presets", () => {
  test("has a section for each", () => {
    expect([...SECTIONS.keys()]).toEqual(DEFINITION_PRESETS.map(({ name }) => name));
  });

  test.each(DEFINITION_PRESETS.map((definition) => [definition.name, definition] as const))(
    "%s: every field that it fills has its row, and every name that it reads is told",
    (name, definition) => {
      const section = SECTIONS.get(name) ?? "";
      expect(fieldsOf(definition).filter((field) => !section.includes(`\`${field}\``))).toEqual([]);
      // What a request line and the number of an event are made of has no name outside.
      const made = new Set(["method", "target", "event_index", "parameters", "events"]);
      expect(namesOf(definition).filter((each) => !made.has(each) && !section.includes(each))).toEqual([]);
    },
  );
});
