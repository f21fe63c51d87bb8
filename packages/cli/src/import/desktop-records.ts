import {
  createDesktopMapping,
  createEqualsCounter,
  decodeText,
  type JsonObject,
  MAX_BODY_BYTES,
  type ReadItem,
  readCsvRecords,
  readJsonRecords,
  SourceError,
  type SourceMapping,
} from "@cairn/sources";
import { UsageError } from "../command/usage-error.ts";
import { mapRecord, refusalOf } from "./map-record.ts";
import type { Input } from "./open-input.ts";
import type { FileRecord } from "./record.ts";
import { isSqlite, readSqliteRows } from "./sqlite-rows.ts";

/** Where the rows of a desktop application come from. */
export interface DesktopImport {
  /** IANA zone of the workstation's clock. */
  readonly zone: string;
  readonly site: string;
  /** Of a SQLite file; the only one with the column `logEvent` when absent. */
  readonly table: string | undefined;
  readonly source: string | undefined;
}

/**
 * Reads the activity rows of a desktop application: from its SQLite file, or from an export as CSV or JSON of at most 10 MiB.
 * @throws UsageError for a zone that is none, or a database that cannot be read
 */
export async function* readDesktop(
  path: string,
  input: Input,
  options: DesktopImport,
): AsyncGenerator<FileRecord, void, undefined> {
  const mapping = mappingOf(options);
  const countEquals = createEqualsCounter();
  const map = (record: JsonObject, line: number) => mapRecord(mapping, { record, line, countEquals })[0]!;
  let line = 1;
  if (isSqlite(input.start)) {
    for (const row of readSqliteRows(path, { table: options.table, column: "logEvent" })) yield map(row, line++);
    return;
  }
  let items: readonly ReadItem[];
  try {
    items = readExport(decodeText(await whole(input)));
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    yield { ...refusalOf(error, error.place.line ?? line), isEnd: true };
    return;
  }
  for (const item of items) {
    // The header of a CSV file is its first line, and a row may hold several; this is the number of the record.
    if (item.kind === "refused") yield refusalOf(item.error, line++);
    else yield map(item.record, line++);
  }
}

function mappingOf({ zone, site, source }: DesktopImport): SourceMapping {
  try {
    return createDesktopMapping({ zone, site, ...(source === undefined ? {} : { source }) });
  } catch (error) {
    if (error instanceof SourceError) throw new UsageError(`--zone: ${error.message}`);
    throw error;
  }
}

function readExport(text: string): readonly ReadItem[] {
  return /^\s*[[{]/.test(text) ? readJsonRecords(text) : readCsvRecords(text);
}

async function whole({ chunks }: Input): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    bytes += chunk.length;
    // Refused by its size; the rest need not be kept.
    if (bytes > MAX_BODY_BYTES) break;
  }
  return Buffer.concat(parts);
}
