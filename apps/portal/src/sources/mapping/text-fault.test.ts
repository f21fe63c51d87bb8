import { expect, test } from "vitest";
import { readJson } from "./read-json.ts";
import { lineAt, stretchOfLine, stretchOfPointer } from "./text-fault.ts";

const TEXT = '{\n  "fields": {\n    "action": {"from": "/what", "as": ["x"]}\n  }\n}';

test("a position is on the line that it ends, and a line is where its letters are", () => {
  expect([0, 1, 2, 3, TEXT.length].map((at) => lineAt(TEXT, at))).toEqual([1, 1, 2, 2, 5]);
  const line = (number: number, column?: number) => {
    const { from, to } = stretchOfLine(TEXT, number, column);
    return TEXT.slice(from, to);
  };
  expect([line(1), line(2), line(4, 3), line(5), line(2, 99), line(99)]).toEqual([
    ...["{", '  "fields": {', "}", "}", "", "}"],
  ]);
});

test("a pointer marks a plain value, the name of an object, or what is nearest to it", () => {
  const read = readJson(TEXT);
  if (read.kind === "fault") throw new Error(read.fault.kind);
  const marked = (pointer: string) => {
    const { from, to } = stretchOfPointer(read.places, TEXT, pointer);
    return TEXT.slice(from, to);
  };
  expect(marked("/fields/action/from")).toBe('"/what"');
  expect(marked("/fields/action")).toBe('"action"');
  expect(marked("/fields/action/as")).toBe('"as"');
  expect(marked("/fields/action/table/x")).toBe('"action"');
  expect(marked("/fields/action/as/0")).toBe('"x"');
  expect(marked("/nothing")).toBe("{");
  expect(marked("")).toBe("{");
});
