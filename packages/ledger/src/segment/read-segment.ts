import { CORE_SUBJECT } from "../crypto/keyring.ts";
import { unseal } from "../crypto/seal.ts";
import { unpack } from "../crypto/zstd.ts";
import { LedgerError } from "../error.ts";
import type { BlobReader, BlobSource } from "../storage/blobs.ts";
import {
  BUNDLE_SLOT_BYTES,
  parseTrailer,
  SEGMENT_HEADER_BYTES,
  type SegmentContents,
  segmentContext,
} from "./format.ts";

/** An open segment. */
export interface Segment {
  readonly name: string;
  readonly contents: SegmentContents;
  readonly file: BlobReader;
  /** Slots of `count` entries from the `index`-th on, 44 bytes each: a slice of entry bundles. */
  entrySlots(index: number, count: number): Buffer;
  close(): void;
}

export type SubjectKeySource = (ref: string) => Uint8Array | undefined;

/** Opens a segment. */
export function openSegment(blobs: BlobSource, name: string): Segment {
  const file = blobs.open(name);
  const { at, length } = parseTrailer(name, file);
  const contents = JSON.parse(unpack(file.read(at, length)).toString("utf8")) as SegmentContents;
  return {
    name,
    contents,
    file,
    entrySlots: (index, count) =>
      file.read(SEGMENT_HEADER_BYTES + index * BUNDLE_SLOT_BYTES, count * BUNDLE_SLOT_BYTES),
    close: () => file.close(),
  };
}

/** A chunk, opened: the bytes of its block, and of each event the numbers of its parts' subjects. */
export interface OpenChunk {
  readonly block: Buffer;
  readonly partsOf: readonly (readonly number[])[];
}

/** Unseals a chunk of a segment. @throws LedgerError key_missing, corrupt */
export function openChunk(
  { name, file, contents }: Pick<Segment, "name" | "file" | "contents">,
  number: number,
  coreKey: Uint8Array | undefined,
): OpenChunk {
  if (coreKey === undefined) throw new LedgerError("key_missing", `${name}: the tenant's core key is gone`);
  const [at, length, count] = contents.chunks[number]!;
  const aad = segmentContext(contents, { group: "core", subject: `${CORE_SUBJECT}/${number}`, count });
  const plaintext = unpack(unseal(coreKey, file.read(at, length), aad));
  const blockEnd = 4 + plaintext.readUInt32BE(0);
  return {
    block: plaintext.subarray(4, blockEnd),
    partsOf: JSON.parse(plaintext.toString("utf8", blockEnd)) as number[][],
  };
}
