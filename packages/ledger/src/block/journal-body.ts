import type { CanonicalWriter } from "@cairn/event";
import { SALT_LENGTH } from "@cairn/merkle";
import { LedgerError } from "../error.ts";
import type { BlockBuilder } from "./block.ts";
import type { ValueSource } from "./value-source.ts";

/** The unit of one person in one event of a batch. */
export interface JournalPart {
  /** Position of the event in the batch. */
  readonly event: number;
  /** Subject reference, the month's, or `joint`. */
  readonly ref: string;
  /** Value of the unit: RFC 8785 text. */
  readonly value: string;
}

/** Content of a journal row before compression and sealing: docs/formats/journal.md. */
export interface JournalBody {
  /** Text of the block of core units. */
  readonly core: string;
  readonly parts: readonly JournalPart[];
  /** 16 bytes a part, in their order. */
  readonly partSalts: Uint8Array;
}

/** What a journal body is written from. */
export interface JournalContent {
  readonly block: BlockBuilder;
  /** Parts in order; `unit` is the number of the value in `source`. */
  readonly parts: readonly { readonly event: number; readonly ref: string; readonly unit: number }[];
  readonly source: ValueSource;
  readonly partSalts: Uint8Array;
}

/** Writes `u32be length ‖ core ‖ u32be length ‖ parts, a line each ‖ salts of the parts`. */
export function writeJournalBody({ block, parts, source, partSalts }: JournalContent, target: CanonicalWriter): void {
  const coreAt = openSection(target);
  block.encode(target);
  closeSection(target, coreAt);
  const partsAt = openSection(target);
  for (const { event, ref, unit } of parts) {
    target.text(`${event} ${ref} `);
    source.copyValue(unit, target);
    target.byte(0x0a);
  }
  closeSection(target, partsAt);
  target.reserve(partSalts.length);
  target.bytes.set(partSalts, target.length);
  target.length += partSalts.length;
}

function openSection(target: CanonicalWriter): number {
  target.reserve(4);
  target.length += 4;
  return target.length;
}

function closeSection(target: CanonicalWriter, from: number): void {
  new DataView(target.bytes.buffer, target.bytes.byteOffset).setUint32(from - 4, target.length - from);
}

/** Reads what {@link writeJournalBody} wrote. The bytes were authenticated when they were unsealed. */
export function decodeJournalBody(bytes: Buffer): JournalBody {
  const coreBytes = bytes.readUInt32BE(0);
  const partsBytes = bytes.readUInt32BE(4 + coreBytes);
  const core = bytes.toString("utf8", 4, 4 + coreBytes);
  const partsText = bytes.toString("utf8", 8 + coreBytes, 8 + coreBytes + partsBytes);
  const parts = partsText.split("\n").slice(0, -1).map(parsePart);
  const partSalts = bytes.subarray(8 + coreBytes + partsBytes);
  if (partSalts.length !== parts.length * SALT_LENGTH)
    throw new LedgerError("corrupt", "a journal body has not a salt for each part");
  return { core, parts, partSalts };
}

function parsePart(line: string): JournalPart {
  const afterEvent = line.indexOf(" ");
  const afterRef = line.indexOf(" ", afterEvent + 1);
  return {
    event: Number(line.slice(0, afterEvent)),
    ref: line.slice(afterEvent + 1, afterRef),
    value: line.slice(afterRef + 1),
  };
}
