import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatCsv } from "./format-csv.ts";

const cell = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom('"', ",", "\r", "\n", "'", "=", "+", "-", "@", "\t", " ", "a", ";", "\ufeff") }),
);
const table = fc
  .integer({ min: 1, max: 6 })
  .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }));

const read = (text: string) => parse(text, { skip_empty_lines: false });

describe("formatCsv", () => {
  test("what RFC 4180 reads back is what was written", () => {
    fc.assert(
      fc.property(table, (rows) => {
        expect(read(formatCsv(rows, { cells: "raw" }))).toEqual(rows);
      }),
      { numRuns: 1_000 },
    );
  });

  test("guarded, only an apostrophe is added, and no cell begins like a formula", () => {
    fc.assert(
      fc.property(table, (rows) => {
        const seen = read(formatCsv(rows, { cells: "guarded" })) as string[][];
        expect(seen.map((row) => row.map((text) => /^[=+\-@\t\r]/.test(text)))).toEqual(
          rows.map((row) => row.map(() => false)),
        );
        expect(seen.map((row, y) => row.map((text, x) => (text === rows[y]?.[x] ? text : text.slice(1))))).toEqual(
          rows,
        );
      }),
      { numRuns: 1_000 },
    );
  });

  test("every sign that starts a formula is guarded", () => {
    const formulas = ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x"];
    for (const formula of formulas) {
      expect(read(formatCsv([["a", formula]], { cells: "guarded" }))).toEqual([["a", `'${formula}`]]);
    }
    expect(formatCsv([["a=1", " =1", "1-1"]], { cells: "guarded" })).toBe("a=1, =1,1-1\r\n");
  });

  test("lines end with CRLF, cells are quoted where they must be", () => {
    const rows = [
      ["a", "b,c", 'd"e'],
      ["", "f\ng", "h\ri"],
    ];
    expect(formatCsv(rows, { cells: "raw" })).toBe('a,"b,c","d""e"\r\n,"f\ng","h\ri"\r\n');
    expect(formatCsv([[""]], { cells: "raw" })).toBe('""\r\n');
    expect(formatCsv([], { cells: "raw" })).toBe("");
  });
});
