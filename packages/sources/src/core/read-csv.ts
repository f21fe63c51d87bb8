import { setMember } from "@cairn/event";
import type { JsonObject } from "./json-values.ts";
import type { ReadItem } from "./read-json.ts";
import { SourceError } from "./source-error.ts";

const DELIMITERS = [",", ";", "\t", "|"] as const;
/** More columns than any log has; bounds what a line of commas can cost. */
const MAX_COLUMNS = 2_000;

/** A row of a CSV text. */
export interface CsvRow {
  readonly cells: readonly string[];
  /** Line on which it begins, from 1. */
  readonly line: number;
  readonly text: string;
}

/**
 * Parses CSV (RFC 4180) with any line end and the delimiter that the first line uses most.
 * @throws SourceError csv_invalid with the line, when a quote is out of place: nobody can tell where the next row begins
 */
export function parseCsv(body: string): CsvRow[] {
  const text = body.startsWith("\ufeff") ? body.slice(1) : body;
  return rowsOf(text, delimiterOf(text));
}

function rowsOf(text: string, delimiter: string): CsvRow[] {
  const rows: CsvRow[] = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const start = at;
    const startLine = line;
    const cells: string[] = [];
    for (;;) {
      const cell = text[at] === '"' ? quotedCell(text, at, line) : plainCell(text, at, delimiter, line);
      cells.push(cell.value);
      if (cells.length > MAX_COLUMNS)
        throw new SourceError("csv_invalid", `more than ${MAX_COLUMNS} columns`, { line });
      line += cell.lines;
      at = cell.end;
      if (text[at] !== delimiter) break;
      at++;
    }
    const end = at;
    if (text[at] === "\r" && text[at + 1] === "\n") at++;
    else if (at < text.length && text[at] !== "\n" && text[at] !== "\r") {
      throw new SourceError("csv_invalid", "there is text behind a closing quote", { line });
    }
    at++;
    line++;
    if (cells.length > 1 || cells[0] !== "") rows.push({ cells, line: startLine, text: text.slice(start, end) });
  }
  return rows;
}

interface Cell {
  readonly value: string;
  readonly end: number;
  /** Line ends inside of it. */
  readonly lines: number;
}

function quotedCell(text: string, open: number, line: number): Cell {
  let value = "";
  for (let from = open + 1; ; ) {
    const quote = text.indexOf('"', from);
    if (quote === -1) throw new SourceError("csv_invalid", "a quote is not closed", { line });
    value += text.slice(from, quote);
    if (text[quote + 1] !== '"') return { value, end: quote + 1, lines: value.split("\n").length - 1 };
    value += '"';
    from = quote + 2;
  }
}

function plainCell(text: string, start: number, delimiter: string, line: number): Cell {
  let end = start;
  for (; end < text.length; end++) {
    const char = text[end];
    if (char === delimiter || char === "\n" || char === "\r") break;
    if (char === '"')
      throw new SourceError("csv_invalid", "there is a quote in a field that does not begin with one", { line });
  }
  return { value: text.slice(start, end), end, lines: 0 };
}

/** Picks what stands most often outside of quotes in the first line. */
function delimiterOf(text: string): string {
  const header = (text.split("\n", 1)[0] ?? "").replaceAll(/"[^"]*"/g, "");
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ",";
}

/** Reads the rows below a header as records: column to text. A row of another length is refused by itself. */
export function readCsvRecords(body: string): ReadItem[] {
  let rows: CsvRow[];
  try {
    rows = parseCsv(body);
  } catch (error) {
    if (error instanceof SourceError) return [{ kind: "refused", error, text: body }];
    throw error;
  }
  const [header, ...rest] = rows;
  if (header === undefined) return [];
  const names = uniqueNames(header.cells);
  return rest.map((row) => recordOf(row, names));
}

/**
 * Makes the reader of rows that come bit by bit, below a header that came before: each call reads whole rows. A text that
 * cannot be read is one refused record.
 * @throws SourceError csv_invalid when the header cannot be read
 */
export function createCsvRowReader(header: string): (text: string) => ReadItem[] {
  const plain = header.replace(/^[\ufeff\r\n]+/, "");
  const delimiter = delimiterOf(plain);
  const names = uniqueNames(rowsOf(plain, delimiter)[0]?.cells ?? []);
  return (text) => {
    try {
      return rowsOf(text, delimiter).map((row) => recordOf(row, names));
    } catch (error) {
      if (error instanceof SourceError) return [{ kind: "refused", error, text }];
      throw error;
    }
  };
}

function recordOf({ cells, line, text }: CsvRow, names: readonly string[]): ReadItem {
  if (cells.length !== names.length) {
    const message = `the row has ${cells.length} fields, the header has ${names.length}`;
    return { kind: "refused", error: new SourceError("csv_invalid", message, { line }), text };
  }
  const record: Record<string, string> = {};
  for (const [i, name] of names.entries()) setMember(record, name, cells[i] ?? "");
  return { kind: "record", record: record as JsonObject, text };
}

/** A column without a name is `column_<n>`, one whose name was used before gets its number as well. */
function uniqueNames(cells: readonly string[]): string[] {
  const used = new Set<string>();
  return cells.map((cell, i) => {
    let name = cell.trim() === "" ? `column_${i + 1}` : cell.trim();
    while (used.has(name)) name += `_${i + 1}`;
    used.add(name);
    return name;
  });
}
