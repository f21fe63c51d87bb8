import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";

/** Bytes of all segment files by what they hold. */
export interface SegmentParts {
  readonly events: number;
  readonly entries: number;
  readonly chunks: number;
  readonly commitments: number;
  readonly joints: number;
  readonly subjects: number;
  readonly contents: number;
}

/** The part of a segment's table of contents (docs/formats/segment.md) that tells lengths. */
interface Contents {
  readonly count: number;
  readonly chunks: readonly (readonly [offset: number, length: number, ...rest: number[]])[];
  readonly commitments: readonly [offset: number, count: number];
  readonly joints: readonly (readonly [event: number, subjects: readonly number[], offset: number, length: number])[];
  readonly subjects: readonly (readonly [ref: string, offset: number, length: number, units: number])[];
}

const TRAILER_BYTES = 12;
const SLOT_BYTES = 44;
const COMMITMENT_BYTES = 32;

/** Adds up the segments below a directory. */
export function segmentParts(directory: string): SegmentParts {
  const sum = { events: 0, entries: 0, chunks: 0, commitments: 0, joints: 0, subjects: 0, contents: 0 };
  for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".seg")) continue;
    const file = readFileSync(join(directory, name));
    const trailer = file.length - TRAILER_BYTES;
    const packed = file.subarray(Number(file.readBigUInt64BE(trailer)), trailer);
    const contents = JSON.parse(zstdDecompressSync(packed).toString("utf8")) as Contents;
    sum.events += contents.count;
    sum.entries += contents.count * SLOT_BYTES;
    for (const [, length] of contents.chunks) sum.chunks += length;
    sum.commitments += contents.commitments[1] * COMMITMENT_BYTES;
    for (const [, , , length] of contents.joints) sum.joints += length;
    for (const [, , length] of contents.subjects) sum.subjects += length;
    sum.contents += packed.length;
  }
  return sum;
}
