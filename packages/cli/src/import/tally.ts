import type { RefusedRecord } from "./record.ts";

/** What became of the records of an import. Only the functions of this folder change it. */
export interface Tally {
  created: number;
  duplicate: number;
  refused: number;
  /** Settled by an earlier run. */
  skipped: number;
}

/** Makes an empty tally. */
export function emptyTally(): Tally {
  return { created: 0, duplicate: 0, refused: 0, skipped: 0 };
}

/** Where a refusal is told. */
export type RefusalSink = (file: string, refusal: RefusedRecord, record: unknown) => Promise<void>;

/** Writes a refusal on one line: file, line, code, sentence. */
export function describeRefusal(file: string, refusal: RefusedRecord): string {
  const { line, column, code, message, pointer } = refusal;
  const at = pointer === undefined || pointer === "" ? "" : ` (at ${pointer})`;
  return `${file}:${line}${column === undefined ? "" : `:${column}`}: ${code}: ${message}${at}`;
}
