import { createHash } from "node:crypto";
import { setImmediate as afterOthers } from "node:timers/promises";
import { createCsvRowReader, type ReadItem, SourceError } from "@cairn/sources";
import { decodeRecord } from "./decode.ts";
import type { FileEntry } from "./file-entry.ts";
import type { FileReading } from "./file-reading.ts";
import { MAX_RECORD_BYTES, RECORDS_OF_A_FILE } from "./limits.ts";
import { addRecords, type FileRecords, identityAt, type RecordPlace, refusedAt } from "./map-records.ts";
import { type Piece, splitRecords, zerosBefore } from "./split-records.ts";

/** Some bytes of a file of lines, from where it was left. */
export interface Stretch {
  readonly name: string;
  readonly entry: FileEntry;
  readonly bytes: Uint8Array;
  /** Whether they reach to the end of the file. */
  readonly isEnd: boolean;
  /** Whether the file has stood still: then a last line that is complete by itself needs no end. */
  readonly isStill: boolean;
  /** Of CSV, once the header was read: its bytes. */
  readonly header: Uint8Array | undefined;
  /** When its lines were written, as far as known, Unix milliseconds. */
  readonly receivedMs: number;
}

/** How far a file of lines was read. */
export interface Followed {
  /** Without fingerprints. */
  readonly entry: FileEntry;
  /** What is behind the last end of a line and waits. */
  readonly waits: "nothing" | "line";
}

/** How records of lines are read. */
export interface LineParts {
  readonly reading: FileReading;
  readonly original: "keep" | "leave";
  /** At most so many records. */
  readonly maxRecords?: number;
}

/** Records read before others get their turn: some milliseconds. */
const CHUNK = 200;

/** Reads the records of lines that are complete. */
export async function followLines(records: FileRecords, stretch: Stretch, parts: LineParts): Promise<Followed> {
  const { name, bytes, isEnd, isStill, receivedMs } = stretch;
  const { reading, original, maxRecords = RECORDS_OF_A_FILE } = parts;
  const { mapping, shape } = reading;
  let { entry } = stretch;
  let from = 0;
  if (entry.isSkipping === true) {
    const rest = restOfSkipped(entry, bytes);
    if (rest === undefined) return { entry: { ...entry, offset: entry.offset + bytes.length }, waits: "nothing" };
    from = rest.from;
    entry = rest.entry;
  }
  const start = entry.offset - from;
  let readRow = stretch.header === undefined ? undefined : rowReader(stretch.header);

  function take({ bytes: line, end, lines }: Piece): void {
    const place: RecordPlace = { file: name, line: entry.lines + 1 };
    const chain = chained(entry.chain, line);
    const next = { ...entry, offset: start + end, lines: entry.lines + lines, chain };
    const text = decodeRecord(line);
    if (typeof text !== "string") records.refused.push(refusedAt(place, text));
    else if (text.trim() !== "") {
      if (shape === "csv" && readRow === undefined) {
        readRow = rowReader(line);
        entry = { ...next, headerEnd: start + end };
        return;
      }
      const items = readRow === undefined ? reading.read(text, receivedMs) : readRow(text);
      const { key } = entry;
      addRecords(records, items, { mapping, original, place, identify: (at) => identityAt(chain, { ...at, key }) });
    }
    entry = next;
  }

  let taken = 0;
  const form = shape === "csv" ? "quoted" : "lines";
  for (const piece of splitRecords(bytes.subarray(from), form)) {
    if (piece.bytes.length > MAX_RECORD_BYTES) break;
    take({ ...piece, end: from + piece.end });
    if (++taken >= maxRecords) return { entry, waits: "nothing" };
    if (taken % CHUNK === 0) await afterOthers();
  }
  const rest = bytes.subarray(entry.offset - start);
  const zeros = zerosBefore(rest);
  if (zeros === rest.length) return { entry: { ...entry, offset: entry.offset + zeros }, waits: "nothing" };
  if (rest.length - zeros > MAX_RECORD_BYTES) {
    entry = { ...entry, offset: entry.offset + zeros };
    return { entry: tooLong(records, { name, entry, rest: rest.subarray(zeros), form }), waits: "nothing" };
  }
  if (!isEnd) return { entry, waits: "nothing" };
  if (isStill && shape === "json" && isJson(rest)) {
    take({ bytes: rest.subarray(zeros), end: bytes.length, lines: 0 });
    return { entry, waits: "nothing" };
  }
  return { entry, waits: "line" };
}

/** The digest of a record and of all before it. */
function chained(chain: string, record: Uint8Array): string {
  return createHash("sha256").update(chain).update("\n").update(record).digest("base64url");
}

function rowReader(header: Uint8Array): (text: string) => readonly ReadItem[] {
  const text = decodeRecord(header);
  if (typeof text !== "string") return (row) => [{ kind: "refused", error: text.error, text: row }];
  try {
    return createCsvRowReader(text);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return (row) => [{ kind: "refused", error, text: row }];
  }
}

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(Buffer.from(bytes).toString());
    return true;
  } catch {
    return false;
  }
}

/** Notes a record that is too long; its rest is passed over up to the end of a line. */
function tooLong(
  records: FileRecords,
  { name, entry, rest, form }: { name: string; entry: FileEntry; rest: Uint8Array; form: "lines" | "quoted" },
): FileEntry {
  const text = Buffer.from(rest.subarray(0, MAX_RECORD_BYTES)).toString();
  const place = { file: name, line: entry.lines + 1 };
  // A quote that nobody closed takes everything behind it for one row: only its first line is given up.
  const line = form === "quoted" ? splitRecords(rest, "lines").next().value : undefined;
  const message = line === undefined ? `a record has more than ${MAX_RECORD_BYTES} bytes` : "a quote is not closed";
  const error = new SourceError(line === undefined ? "too_large" : "csv_invalid", message);
  records.refused.push(refusedAt(place, { error, text: line === undefined ? text : text.slice(0, line.bytes.length) }));
  const given = line?.bytes ?? rest.subarray(0, MAX_RECORD_BYTES);
  const chain = chained(entry.chain, given);
  if (line !== undefined) return { ...entry, offset: entry.offset + line.end, lines: entry.lines + 1, chain };
  return { ...entry, offset: entry.offset + MAX_RECORD_BYTES, chain, isSkipping: true };
}

/** Passes over the rest of a record that was too long; undefined when its end is not among these bytes. */
function restOfSkipped(
  entry: FileEntry,
  bytes: Uint8Array,
): { readonly from: number; readonly entry: FileEntry } | undefined {
  const end = bytes.indexOf(0x0a);
  if (end === -1) return undefined;
  const { isSkipping: _over, ...rest } = entry;
  return { from: end + 1, entry: { ...rest, offset: entry.offset + end + 1, lines: entry.lines + 1 } };
}
