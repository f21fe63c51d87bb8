import type { Json } from "@cairn/event";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hasMapping, mappingOf, settingsOf, wantsMapping, writeDefinition } from "./mapping-choice.ts";

const PRESET = { name: "ehr", title: "EHR", definition: { version: 1 }, sample: "" };

test("a mapping is written so that it is read back, and no line is long without need", () => {
  const json = fc.jsonValue() as fc.Arbitrary<Json>;
  fc.assert(
    fc.property(json, (value) => {
      expect(JSON.parse(writeDefinition(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  const text = writeDefinition({
    version: 1,
    fields: { action: { from: "/what", as: "action" } },
    ignore: ["/a:b", "/c"],
  });
  expect(text).toBe(
    `{
  "version": 1,
  "fields": {"action": {"from": "/what", "as": "action"}},
  "ignore": ["/a:b", "/c"]
}`,
  );
});

test("the choice of a mapping and the settings of a source say the same", () => {
  const definition = { version: 1, name: "x" };
  for (const settings of [{ preset: "http" }, { definition }]) {
    expect(settingsOf(mappingOf(settings, [PRESET]))).toEqual(settings);
  }
  expect(mappingOf({}, [PRESET])).toEqual({ kind: "preset", name: "ehr" });
  expect(mappingOf({}, [])).toEqual({ kind: "own", text: "" });
  expect(settingsOf({ kind: "own", text: "{" })).toBeUndefined();
});

test("a kind with several formats is told a mapping with the one that wants it", () => {
  const kind = (properties: object) => ({
    ...{ kind: "x", title: "X", arrives: "webhook", secrets: [], fixed: [] },
    settings: { properties: properties as Record<string, object> },
  });
  expect(hasMapping(kind({ zone: {} }))).toBe(false);
  expect(hasMapping(kind({ definition: {} }))).toBe(true);
  expect(wantsMapping(kind({ definition: {} }), undefined)).toBe(true);
  expect(wantsMapping(kind({ definition: {}, format: {} }), "cairn")).toBe(false);
  expect(wantsMapping(kind({ definition: {}, format: {} }), "declarative")).toBe(true);
});
