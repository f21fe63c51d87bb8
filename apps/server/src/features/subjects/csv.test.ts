import fc from "fast-check";
import { expect, test } from "vitest";
import { readCsv } from "./csv.ts";

test("quotes, line ends, empty cells and lines", () => {
  const text = '\uFEFFa,b,c\r\n1,"two, ""2""\nlines",\n\n"",,3\r"x"';
  expect(readCsv(text)).toEqual([{ a: "1", b: 'two, "2"\nlines' }, { c: "3" }, { a: "x" }]);
});

test.each([
  ['a\n"open', 2, 1],
  ['a,b\nx,y"z', 2, 3],
  ['a\n"x"y', 2, 1],
])("%j is refused where it breaks", (text, line, column) => {
  try {
    readCsv(text);
  } catch (error) {
    expect(error).toMatchObject({ code: "body_invalid", place: { line, column } });
    return;
  }
  expect.unreachable();
});

test("what is written comes back", () => {
  const cell = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", " ", "é") });
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
      const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
      const text = ["a,b", ...rows.map((cells) => cells.map(quoted).join(","))].join("\n");
      const expected = rows
        .filter((cells) => cells.some((each) => each !== ""))
        .map(([a, b]) => ({ ...(a === "" ? {} : { a }), ...(b === "" ? {} : { b }) }));
      expect(readCsv(text)).toEqual(expected);
    }),
  );
});
