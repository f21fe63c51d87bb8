import { sealContext } from "../crypto/seal.ts";
import { LedgerError } from "../error.ts";

/**
 * A segment: some consecutive entries of an event log and the bodies of their events, in one immutable file
 * (docs/formats/segment.md):
 * `magic[8] ‖ u32be version ‖ entries ‖ chunks ‖ commitments ‖ joint units ‖ subject blocks ‖ contents ‖ u64be at ‖ u32be length`
 */
export const SEGMENT_MAGIC = Buffer.from("CAIRNSEG");
export const SEGMENT_VERSION = 1;
export const SEGMENT_HEADER_BYTES = 12;
export const SEGMENT_TRAILER_BYTES = 12;

/** Events of a full segment: 256 full entry bundles, one full level-1 tile. */
export const SEGMENT_EVENTS = 65_536;
/** Events sealed together: what reading one event has to open. Chunks begin at multiples of it. */
export const CHUNK_EVENTS = 256;
/** A bundle slot: `u16be length ‖ entry` (C2SP tlog-tiles), so that a full bundle is a slice of the segment. */
export const BUNDLE_SLOT_BYTES = 44;

/** Table of contents of a segment: JSON, compressed. */
export interface SegmentContents {
  readonly v: 1;
  readonly origin: string;
  readonly ledger: number;
  readonly first: number;
  readonly count: number;
  /** Retention class of the bodies. */
  readonly class: string;
  /** [offset, length, events, index of the first commitment] of each chunk. */
  readonly chunks: readonly (readonly [number, number, number, number])[];
  /** Offset and number of the commitments of sealed units, 32 bytes each. */
  readonly commitments: readonly [number, number];
  /** [event, subjects, offset, length] of each joint unit. */
  readonly joints: readonly (readonly [number, readonly number[], number, number])[];
  /** [reference, offset, length, units] of each subject's block. */
  readonly subjects: readonly (readonly [string, number, number, number])[];
}

/** In a chunk's list of parts: the event's joint unit. */
export const JOINT_PART = -1;

/** What a sealed piece of a segment is sealed as. */
export function segmentContext(
  segment: { readonly origin: string; readonly ledger: number; readonly first: number },
  piece: { readonly group: "core" | "subject" | "joint"; readonly subject: string; readonly count: number },
): Uint8Array {
  return sealContext({
    kind: "segment",
    origin: segment.origin,
    ledger: segment.ledger,
    firstSequence: segment.first,
    ...piece,
  });
}

/** Checks the frame of a segment file and gives where its contents lie. */
export function parseTrailer(
  name: string,
  file: { readonly bytes: number; read(offset: number, length: number): Buffer },
): { at: number; length: number } {
  if (file.bytes < SEGMENT_HEADER_BYTES + SEGMENT_TRAILER_BYTES)
    throw new LedgerError("corrupt", `${name} is too short for a segment`);
  const header = file.read(0, SEGMENT_HEADER_BYTES);
  if (!header.subarray(0, 8).equals(SEGMENT_MAGIC)) throw new LedgerError("corrupt", `${name} is not a segment`);
  const version = header.readUInt32BE(8);
  if (version !== SEGMENT_VERSION)
    throw new LedgerError(
      "format_newer",
      `${name} has segment format ${version}; this program knows ${SEGMENT_VERSION}`,
    );
  const trailer = file.read(file.bytes - SEGMENT_TRAILER_BYTES, SEGMENT_TRAILER_BYTES);
  const at = Number(trailer.readBigUInt64BE(0));
  const length = trailer.readUInt32BE(8);
  if (at + length !== file.bytes - SEGMENT_TRAILER_BYTES)
    throw new LedgerError("corrupt", `${name} has a damaged trailer`);
  return { at, length };
}
