import { parse } from "csv-parse";
import { EXIT } from "../command/exit-code.ts";
import { CliFailure } from "../command/failure.ts";
import { columnTarget, eventOfRow } from "./csv-columns.ts";
import { type FileRecord, MAX_RECORD_BYTES } from "./record.ts";

/** How a CSV file is read. */
export interface CsvOptions {
  /** Column to field, for columns whose name is none. */
  readonly map: ReadonlyMap<string, string>;
  /** Fields that every event gets where its row has none. */
  readonly set: ReadonlyMap<string, string>;
  /** Found out by the header when absent. */
  readonly delimiter?: string;
  /** Makes what turns a row into a record, where columns are not fields of Cairn's events. */
  readonly rows?: (header: readonly string[]) => ToRecord;
}

/** Turns a row into a record. `line` is where it begins. */
type ToRecord = (row: readonly string[], line: number) => FileRecord;

/**
 * Reads the rows of a CSV file (RFC 4180) with a header as events. A row of another length is refused by itself; a quote
 * out of place ends the file, because nobody can tell where the next row begins.
 */
export async function* readCsv(
  chunks: AsyncIterable<Uint8Array>,
  options: CsvOptions,
): AsyncGenerator<FileRecord, void, undefined> {
  let parser: CsvParser | undefined;
  let toRecord: ToRecord | undefined;
  let header: readonly string[] = [];
  /** Lines of the rows so far. Counted here: the parser counts a quoted CRLF as two. */
  let rowLines = 0;
  let emptyLines = 0;

  function* records(rows: readonly ParsedRow[]): Generator<FileRecord, void, undefined> {
    for (const { cells, emptyLinesBefore } of rows) {
      emptyLines = emptyLinesBefore;
      const line = 1 + rowLines + emptyLines;
      rowLines += 1 + newlinesIn(cells);
      if (toRecord === undefined) {
        header = cells;
        toRecord = recordMaker(cells, options);
      } else if (cells.length === header.length) yield toRecord(cells, line);
      else {
        const message = `the row has ${cells.length} fields, the header has ${header.length}`;
        yield { kind: "refused", line, code: "csv_invalid", message };
      }
    }
  }

  for await (const piece of piecesOf(chunks)) {
    if (piece.kind === "text") parser ??= createParser(options.delimiter ?? detectDelimiter(piece.text));
    const { rows, error } = piece.kind === "text" ? await parsed(parser, piece.text) : { rows: [], error: piece.error };
    yield* records(rows);
    if (error === undefined) continue;
    yield endOf(error, 1 + rowLines + emptyLines);
    return;
  }
  const { rows, error } = await parsed(parser, undefined);
  yield* records(rows);
  if (error !== undefined) yield endOf(error, 1 + rowLines + emptyLines);
}

/** A row, and how many empty lines came before it in all. */
interface ParsedRow {
  readonly cells: readonly string[];
  readonly emptyLinesBefore: number;
}

interface CsvParser {
  readonly stream: ReturnType<typeof parse>;
  /** Rows parsed and not taken yet: a stream would throw them away when a later row is broken. */
  readonly rows: ParsedRow[];
}

function createParser(delimiter: string): CsvParser {
  const rows: ParsedRow[] = [];
  const stream = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    delimiter,
    max_record_size: MAX_RECORD_BYTES,
    on_record(cells: string[], { empty_lines }) {
      rows.push({ cells, emptyLinesBefore: empty_lines });
      return null;
    },
  });
  stream.on("error", () => {}); // `parsed` gets it as well
  stream.resume();
  return { stream, rows };
}

/** Parses some more text, or what is left when there is none. */
async function parsed(
  parser: CsvParser | undefined,
  text: string | undefined,
): Promise<{ readonly rows: readonly ParsedRow[]; readonly error: unknown }> {
  if (parser === undefined) return { rows: [], error: undefined };
  const { stream, rows } = parser;
  const error = await new Promise<unknown>((resolve) => {
    if (text !== undefined) stream.write(text, (fault) => resolve(fault ?? undefined));
    else {
      stream.once("error", resolve).once("close", () => resolve(undefined));
      stream.end();
    }
  });
  return { rows: rows.splice(0), error };
}

function endOf(error: unknown, line: number): FileRecord {
  const fault = FAULTS[String((error as NodeJS.ErrnoException).code)];
  if (fault === undefined) throw error;
  const message = `${fault.message}; the rest of the file was not read`;
  return { kind: "refused", line, code: fault.code, message, isEnd: true };
}

/** What ends the reading of a file, by the code of the error. */
const FAULTS: Readonly<Record<string, { readonly code: string; readonly message: string }>> = {
  CSV_INVALID_CLOSING_QUOTE: { code: "csv_invalid", message: "there is text behind a closing quote" },
  INVALID_OPENING_QUOTE: { code: "csv_invalid", message: "there is a quote in a field that does not begin with one" },
  CSV_QUOTE_NOT_CLOSED: { code: "csv_invalid", message: "a quote is not closed" },
  CSV_MAX_RECORD_SIZE: { code: "event_too_large", message: "the row is too long, or a quote is not closed" },
  ERR_ENCODING_INVALID_ENCODED_DATA: { code: "utf8_invalid", message: "the file is not UTF-8" },
};

function recordMaker(header: readonly string[], { map, set, rows }: CsvOptions): ToRecord {
  const names = header.map((name) => name.trim());
  const unknown = [...map.keys()].find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const message = `--map names the column ${JSON.stringify(unknown)}, which the file has not`;
    throw new CliFailure(message, { exitCode: EXIT.usage });
  }
  if (rows !== undefined) return rows(names);
  const ofHeader = names.map((name) => columnTarget(map.get(name) ?? name));
  const paths = ofHeader.map(({ path }) => JSON.stringify(path));
  const twice = names.find((_, i) => paths.indexOf(paths[i] ?? "") !== i);
  if (twice !== undefined) throw new CliFailure(`two columns go where ${JSON.stringify(twice)} goes`);
  const columns = [...ofHeader, ...[...set.keys()].map(columnTarget)];
  const constants = [...set.values()];
  return (row, line) => {
    const made = eventOfRow(columns, [...row, ...constants]);
    if ("event" in made) return { kind: "event", line, event: made.event };
    const name = names[made.misplaced] ?? "";
    const message = `the column ${JSON.stringify(name)} belongs inside of another one, which holds text`;
    return { kind: "refused", line, code: "csv_invalid", message };
  };
}

type Piece =
  | { readonly kind: "text"; readonly text: string }
  /** The bytes are not UTF-8 from here on. */
  | { readonly kind: "fault"; readonly error: unknown };

/** Decodes UTF-8, refusing what is none instead of replacing it; the first piece holds at least the first line. */
async function* piecesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Piece, void, undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let start: string | undefined = "";
  for await (const chunk of chunks) {
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch (error) {
      if (start !== undefined && start !== "") yield { kind: "text", text: start };
      yield { kind: "fault", error };
      return;
    }
    if (start === undefined) yield { kind: "text", text };
    else {
      start += text;
      if (!start.includes("\n") && start.length < MAX_RECORD_BYTES) continue;
      yield { kind: "text", text: start };
      start = undefined;
    }
  }
  if (start !== undefined && start !== "") yield { kind: "text", text: start };
  try {
    decoder.decode();
  } catch (error) {
    yield { kind: "fault", error };
  }
}

const DELIMITERS = [",", ";", "\t", "|"] as const;

/** Picks what stands most often outside of quotes in the header. */
function detectDelimiter(start: string): string {
  const header = (start.split("\n", 1)[0] ?? "").replaceAll(/"[^"]*"/g, "");
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ",";
}

function newlinesIn(row: readonly string[]): number {
  return row.reduce((sum, cell) => sum + cell.split("\n").length - 1, 0);
}
