import type { CanonicalWriter } from "@cairn/event";
import { SALT_LENGTH } from "@cairn/merkle";
import { LedgerError } from "../error.ts";
import { type BlockBuilder, openBlock, type RawEvent } from "./block.ts";
import type { ValueSource } from "./value-source.ts";

const LINE_FEED = 0x0a;
const SPACE = 0x20;

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
  /** Parts in order; `unit` is the number of the value in `source`, which names whose it is. */
  readonly parts: readonly { readonly event: number; readonly unit: number }[];
  readonly source: ValueSource & { copyName(unit: number, target: CanonicalWriter): void };
  readonly partSalts: Uint8Array;
}

/** Writes `u32be length ‖ core ‖ u32be length ‖ parts, a line each ‖ salts of the parts`. */
export function writeJournalBody({ block, parts, source, partSalts }: JournalContent, target: CanonicalWriter): void {
  const coreAt = openSection(target);
  block.encode(target);
  closeSection(target, coreAt);
  const partsAt = openSection(target);
  for (const { event, unit } of parts) {
    target.text(`${event} `);
    source.copyName(unit, target);
    target.byte(SPACE);
    source.copyValue(unit, target);
    target.byte(LINE_FEED);
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

/** The sections of a body, still bytes. */
export interface Sections {
  readonly core: Buffer;
  readonly parts: Buffer;
  readonly partSalts: Buffer;
}

/** Takes a body apart. */
export function sectionsOf(bytes: Buffer): Sections {
  const coreBytes = bytes.readUInt32BE(0);
  const partsAt = 8 + coreBytes;
  const partsBytes = bytes.readUInt32BE(4 + coreBytes);
  return {
    core: bytes.subarray(4, 4 + coreBytes),
    parts: bytes.subarray(partsAt, partsAt + partsBytes),
    partSalts: bytes.subarray(partsAt + partsBytes),
  };
}

/** Reads what {@link writeJournalBody} wrote. The bytes were authenticated when they were unsealed. */
export function decodeJournalBody(bytes: Buffer): JournalBody {
  const sections = sectionsOf(bytes);
  const parts = sections.parts.toString("utf8").split("\n").slice(0, -1).map(parsePart);
  checkSalts(sections, parts.length);
  return { core: sections.core.toString("utf8"), parts, partSalts: sections.partSalts };
}

/** A part whose value stays bytes. */
export interface RawPart {
  readonly event: number;
  readonly ref: string;
  readonly value: Buffer;
  readonly salt: Buffer;
}

/** Reads a body without making text of its values: for moving them on. */
export function openJournalBody(bytes: Buffer): { readonly events: RawEvent[]; readonly parts: RawPart[] } {
  const sections = sectionsOf(bytes);
  const parts: RawPart[] = [];
  let at = 0;
  while (at < sections.parts.length) {
    const afterEvent = sections.parts.indexOf(SPACE, at);
    const afterRef = sections.parts.indexOf(SPACE, afterEvent + 1);
    const end = sections.parts.indexOf(LINE_FEED, afterRef);
    parts.push({
      event: Number(sections.parts.toString("latin1", at, afterEvent)),
      ref: sections.parts.toString("latin1", afterEvent + 1, afterRef),
      value: sections.parts.subarray(afterRef + 1, end),
      salt: sections.partSalts.subarray(parts.length * SALT_LENGTH, (parts.length + 1) * SALT_LENGTH),
    });
    at = end + 1;
  }
  checkSalts(sections, parts.length);
  return { events: openBlock(sections.core), parts };
}

/** @throws LedgerError corrupt unless there is a salt for each part */
export function checkSalts({ partSalts }: Pick<Sections, "partSalts">, count: number): void {
  if (partSalts.length !== count * SALT_LENGTH)
    throw new LedgerError("corrupt", "a journal body has not a salt for each part");
}

/** Reads a line of the parts. */
export function parsePart(line: string): JournalPart {
  const afterEvent = line.indexOf(" ");
  const afterRef = line.indexOf(" ", afterEvent + 1);
  return {
    event: Number(line.slice(0, afterEvent)),
    ref: line.slice(afterEvent + 1, afterRef),
    value: line.slice(afterRef + 1),
  };
}
