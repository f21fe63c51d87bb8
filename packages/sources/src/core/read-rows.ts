import { readCsvRecords } from "./read-csv.ts";
import { type ReadItem, readJsonRecords } from "./read-json.ts";

/**
 * Reads rows of a table that were exported: as CSV with a header, or as JSON (a list, or an object on each line), which its
 * first character tells.
 * @throws SourceError json_invalid, csv_invalid, … when nothing of it can be read
 */
export function readRows(body: string): ReadItem[] {
  return /^\ufeff?\s*[[{]/.test(body) ? readJsonRecords(body) : readCsvRecords(body);
}
