import { createEqualsCounter, retracedExportMapping, workosExportMapping } from "@cairn/sources";
import type { JsonObject } from "../files/json-values.ts";
import { type CsvOptions, readCsv } from "./csv-records.ts";
import { readJson } from "./json-records.ts";
import { mapRecord } from "./map-record.ts";
import { readNdjson } from "./ndjson-records.ts";
import type { Input } from "./open-input.ts";
import type { FileRecord } from "./record.ts";

/**
 * Reads a CSV file that WorkOS exported. `--map` says which of WorkOS's columns a column is, `--set` what stands where a row
 * has nothing.
 */
export function readWorkosCsv(
  { chunks }: Input,
  { map, set, ...options }: CsvOptions,
): AsyncGenerator<FileRecord, void, undefined> {
  const countEquals = createEqualsCounter();
  return readCsv(chunks, {
    ...{ ...options, map, set },
    rows: (header) => {
      const names = header.map((name) => map.get(name) ?? name);
      return (cells, line) => {
        const row: JsonObject = {
          ...Object.fromEntries(set),
          ...Object.fromEntries(names.flatMap((name, i) => (cells[i] === "" ? [] : [[name, cells[i] ?? ""]]))),
        };
        return mapRecord(workosExportMapping, { record: row, line, countEquals })[0]!;
      };
    },
  });
}

/** Reads events of Retraced: one a line, a list of them, or answers of its GraphQL. */
export async function* readRetracedExport({ chunks, start }: Input): AsyncGenerator<FileRecord, void, undefined> {
  const countEquals = createEqualsCounter();
  const isDocument = /^\s*(?:\[|\{[ \t]*\r?\n)/.test(
    Buffer.from(start)
      .toString()
      .replace(/^\ufeff/, ""),
  );
  for await (const record of isDocument ? readJson(chunks) : readNdjson(chunks)) {
    if (record.kind === "refused") yield record;
    else yield* mapRecord(retracedExportMapping, { record: record.event, line: record.line, countEquals });
  }
}
