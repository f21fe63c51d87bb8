import { expect, test } from "vitest";
import { editJson } from "./edit-json.ts";

const TEXT = '{\n  "name": "a",\n  "input": {"format": "json"}\n}';

test("a member is set in its place, and everything else stays as it was written", () => {
  expect(editJson(TEXT, "/name", 'b"c')).toBe(TEXT.replace('"a"', '"b\\"c"'));
  expect(editJson(TEXT, "/input", { format: "csv" })).toBe(TEXT.replace('"json"', '"csv"').replace(': "csv', ':"csv'));
  expect(editJson(TEXT, "/input/pattern", "{a}")).toBe(TEXT.replace('{"format"', '{"pattern": "{a}","format"'));
  expect(editJson(TEXT, "/zone", "UTC")).toBe(TEXT.replace('{\n  "name"', '{\n  "zone": "UTC",\n  "name"'));
  expect(editJson("{ }", "/zone", "UTC")).toBe('{ "zone": "UTC" }');
});

test("what cannot be read is not changed", () => {
  expect(editJson("{", "/name", "b")).toBeUndefined();
  expect(editJson(TEXT, "/nothing/at/all", "b")).toBeUndefined();
  expect(editJson("[]", "/name", "b")).toBeUndefined();
});
