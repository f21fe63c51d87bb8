import { SALT_LENGTH } from "@cairn/merkle";
import { LedgerError } from "../error.ts";

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

/** Writes `u32be length ‖ core ‖ u32be length ‖ parts, a line each ‖ salts of the parts`. */
export function encodeJournalBody(body: JournalBody): Buffer {
  let partsText = "";
  for (const { event, ref, value } of body.parts) partsText += `${event} ${ref} ${value}\n`;
  const coreBytes = Buffer.byteLength(body.core);
  const partsBytes = Buffer.byteLength(partsText);
  const out = Buffer.allocUnsafe(8 + coreBytes + partsBytes + body.partSalts.length);
  out.writeUInt32BE(coreBytes, 0);
  out.write(body.core, 4);
  out.writeUInt32BE(partsBytes, 4 + coreBytes);
  out.write(partsText, 8 + coreBytes);
  out.set(body.partSalts, 8 + coreBytes + partsBytes);
  return out;
}

/** Reads what {@link encodeJournalBody} wrote. The bytes were authenticated when they were unsealed. */
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
