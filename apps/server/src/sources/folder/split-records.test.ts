import fc from "fast-check";
import { expect, test } from "vitest";
import { splitRecords } from "./split-records.ts";

const split = (text: string, form: "lines" | "quoted") =>
  [...splitRecords(Buffer.from(text), form)].map(({ bytes, end, lines }) => [
    Buffer.from(bytes).toString(),
    end,
    lines,
  ]);

test("lines end with a line feed, with or without a return before it; the rest waits", () => {
  expect(split("a\r\n\nb\nc", "lines")).toEqual([
    ["a", 3, 1],
    ["", 4, 1],
    ["b", 6, 1],
  ]);
});

test("a row goes on while a quote is open", () => {
  expect(split('a,"b\n""c"\r\nd,"e', "quoted")).toEqual([['a,"b\n""c"', 11, 2]]);
});

test("zeros before a record are passed over", () => {
  expect(split("\0\0\0a\n\0b", "lines")).toEqual([["a", 5, 1]]);
});

test("any rows come out as they went in, however they are cut", () => {
  const cell = fc.string().map((text) => `"${text.replaceAll("\0", "").replaceAll('"', '""')}"`);
  const row = fc.array(cell, { minLength: 1, maxLength: 3 }).map((cells) => cells.join(","));
  fc.assert(
    fc.property(fc.array(row), fc.nat(), (rows, at) => {
      const text = rows.map((each) => `${each}\n`).join("");
      expect(split(text, "quoted").map(([bytes]) => bytes)).toEqual(rows);
      const bytes = Buffer.from(text);
      const first = [...splitRecords(bytes.subarray(0, at % (bytes.length + 1)), "quoted")];
      const rest = [...splitRecords(bytes.subarray(first.at(-1)?.end ?? 0), "quoted")];
      expect([...first, ...rest].map((piece) => Buffer.from(piece.bytes).toString())).toEqual(rows);
    }),
  );
});
