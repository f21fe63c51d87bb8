import { CairnError } from "@cairn/event";

/** A cell in quotes, in which two quotes are one (RFC 4180), or one without. */
const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;

/**
 * Reads CSV with a heading line (RFC 4180; any line end, a byte order mark is passed over) into objects by column name;
 * empty lines and empty cells are left out.
 * @throws CairnError body_invalid with line and column
 */
export function readCsv(text: string): Record<string, string>[] {
  const rows = cellsOf(text.replace(/^\uFEFF/, ""));
  const [heading = [], ...lines] = rows;
  return lines
    .filter((cells) => cells.some((cell) => cell !== ""))
    .map((cells, i) => {
      if (cells.length > heading.length)
        throw new CairnError("body_invalid", `row ${i + 2}: there are more cells than columns`);
      return Object.fromEntries(
        heading.flatMap((name, at) => (cells[at] === undefined || cells[at] === "" ? [] : [[name.trim(), cells[at]]])),
      );
    });
}

function cellsOf(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    CELL.lastIndex = at;
    const match = CELL.exec(text);
    if (match === null) throw brokenAt(text, at);
    const [whole, quoted, plain = "", end] = match;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    at += whole.length;
    if (end !== ",") {
      rows.push(row);
      row = [];
    } else if (at === text.length) row.push("");
  }
  if (row.length > 0) rows.push(row);
  return rows;
}

function brokenAt(text: string, offset: number): CairnError {
  const lines = text.slice(0, offset).split(/\r\n|\n|\r/);
  const place = { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
  return new CairnError("body_invalid", "a quote is not closed, or stands within a cell", place);
}
