/** Bytes of an event root. */
const HASH_LENGTH = 32;

/** What is to be known of a log to read the disclosures of its events. */
export interface LogOfLines {
  readonly ledger: number;
  /** Entries of the log. */
  readonly size: number;
  readonly origin: string;
}

/** The lines at the beginning of a block, as far as they have been scanned. */
export interface ScannedLines {
  /** `RECORD_BYTES` a line; `recordAt` reads them. */
  readonly records: Uint8Array;
  readonly count: number;
  /** Where the bytes begin that nobody has looked at. */
  readonly end: number;
  /** Whether each of the block's lines was read, so that its bytes are of no more use. */
  readonly isComplete: boolean;
}

/** What a scan says of a line. */
export interface LineRecord {
  /** Where the line lies in its block, without its newline. */
  start: number;
  end: number;
  /** `left`: not plainly in order, or perhaps not in order at all; nothing else is said of it. */
  state: "left" | "shown" | "redacted";
  sequence: number;
  /** Where the record's event root begins in `records`: 32 bytes, computed from the line alone. */
  rootAt: number;
}

/** Bytes of a line's record, which `assembly/index.ts` lays out. */
export const RECORD_BYTES = 56;

const STATES = ["left", "shown", "redacted"] as const;

/** Gives one record after the other, in an object that is filled anew each time: there are millions of them. */
export function* readRecords({ records, count }: ScannedLines): Generator<Readonly<LineRecord>, void, undefined> {
  const view = new DataView(records.buffer, records.byteOffset, records.length);
  const record: LineRecord = { start: 0, end: 0, state: "left", sequence: 0, rootAt: 0 };
  for (let i = 0; i < count; i++) {
    const at = i * RECORD_BYTES;
    record.start = view.getUint32(at, true);
    record.end = view.getUint32(at + 4, true);
    record.sequence = view.getFloat64(at + 8, true);
    record.state = STATES[view.getUint32(at + 16, true)] ?? "left";
    record.rootAt = at + RECORD_BYTES - HASH_LENGTH;
    yield record;
  }
}

/** Nothing was scanned: every line is left. */
export const NOTHING_SCANNED: ScannedLines = { records: new Uint8Array(0), count: 0, end: 0, isComplete: false };
