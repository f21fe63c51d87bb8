import { JOINT_REF } from "@cairn/event";
import { ENTRY_LENGTH } from "@cairn/merkle";
import { type Lines, openBlockColumns, type ShapeColumns } from "../block/block-columns.ts";
import { sectionsOf } from "../block/journal-body.ts";
import { unseal } from "../crypto/seal.ts";
import { unpackBody } from "../crypto/zstd.ts";
import { committedPositions, journalContext } from "../writer/writer.ts";
import { checkCount, type JournalRow } from "./read-journal.ts";

const LINE_FEED = 0x0a;
const SPACE = 0x20;
const DIGIT_ZERO = 0x30;
/** Where an entry holds its time: after version and kind, 64 bits. */
const ENTRY_TIME_AT = 2;

/** Some consecutive events of a log, column by column: for readers of everything, which put no event together. */
export interface EventColumns {
  readonly tenantNo: number;
  readonly ledger: number;
  /** First sequence behind these events. */
  readonly end: number;
  /** Values of the core units. */
  readonly lines: Lines;
  readonly shapes: readonly ShapeColumns[];
  /** By position: the event's sequence, -1 where a duplicate was left out. */
  readonly sequences: Float64Array;
  /** By position: when it was received, Unix milliseconds. */
  readonly receivedAtMs: Float64Array;
  /** Units of single people that can still be read, in order of position. */
  readonly parts: readonly PartBytes[];
}

/** A person's unit: RFC 8785 text, `bytes` from `start` to `end`. */
export interface PartBytes {
  readonly position: number;
  readonly ref: string;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** Opens a journal row into columns. */
export function openJournalColumns(
  row: JournalRow,
  { origin, key }: { readonly origin: string; readonly key: Uint8Array },
): EventColumns {
  const sealed = unseal(key, row.body, journalContext({ origin, ledger: row.ledger }, row));
  const sections = sectionsOf(unpackBody(sealed));
  const block = openBlockColumns(sections.core);
  const positions = committedPositions(row.skipped, block.count);
  checkCount(row, positions.length, origin);
  const sequences = new Float64Array(block.count).fill(-1);
  const receivedAtMs = new Float64Array(block.count);
  for (let i = 0; i < positions.length; i++) {
    sequences[positions[i]!] = row.first + i;
    receivedAtMs[positions[i]!] = entryTimeMs(row.entries, i * ENTRY_LENGTH);
  }
  return {
    tenantNo: row.tenant_no,
    ledger: row.ledger,
    end: row.first + row.count,
    lines: block.lines,
    shapes: block.shapes,
    sequences,
    receivedAtMs,
    parts: partsIn(sections.parts),
  };
}

/** Reads the time of an entry in its place among others. */
export function entryTimeMs(entries: Uint8Array, at: number): number {
  let time = 0;
  for (let i = at + ENTRY_TIME_AT; i < at + ENTRY_TIME_AT + 8; i++) time = time * 256 + entries[i]!;
  return time;
}

/** The lines `event ref value` of a journal body; what several people lock together is left out. */
function partsIn(bytes: Buffer): PartBytes[] {
  const parts: PartBytes[] = [];
  let at = 0;
  while (at < bytes.length) {
    let position = 0;
    for (; bytes[at] !== SPACE; at++) position = position * 10 + bytes[at]! - DIGIT_ZERO;
    const afterRef = bytes.indexOf(SPACE, at + 1);
    const ref = bytes.toString("latin1", at + 1, afterRef);
    const end = bytes.indexOf(LINE_FEED, afterRef);
    if (ref !== JOINT_REF) parts.push({ position, ref, bytes, start: afterRef + 1, end });
    at = end + 1;
  }
  return parts;
}
