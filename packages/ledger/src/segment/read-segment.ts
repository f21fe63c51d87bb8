import { HASH_LENGTH, SALT_LENGTH } from "@cairn/merkle";
import { type Block, coreUnitsOf, decodeBlock } from "../block/block.ts";
import { CORE_SUBJECT } from "../crypto/keyring.ts";
import { unseal } from "../crypto/seal.ts";
import { unpack } from "../crypto/zstd.ts";
import { LedgerError } from "../error.ts";
import type { StoredEvent, StoredPart } from "../read/stored-event.ts";
import type { BlobReader, BlobSource } from "../storage/blobs.ts";
import {
  BUNDLE_SLOT_BYTES,
  JOINT_PART,
  parseTrailer,
  SEGMENT_HEADER_BYTES,
  type SegmentContents,
  segmentContext,
} from "./format.ts";
import { decodeSubjectBlock, type SubjectUnit } from "./subject-block.ts";

/** An open segment. */
export interface Segment {
  readonly name: string;
  readonly contents: SegmentContents;
  readonly file: BlobReader;
  /** Slots of `count` entries from the `index`-th on, 44 bytes each: a slice of entry bundles. */
  entrySlots(index: number, count: number): Buffer;
  /** Opens the events of a range of the segment. */
  events(index: number, count: number): StoredEvent[];
  close(): void;
}

export type SubjectKeySource = (ref: string) => Uint8Array | undefined;

/** Decoded subject blocks kept per segment: a page of results often asks for the same people. */
const CACHED_BLOCKS = 256;

/** Opens a segment. `subjectKey` is asked anew for every block, so that a destroyed key ends reading at once. */
export function openSegment(blobs: BlobSource, name: string, subjectKey: SubjectKeySource): Segment {
  const file = blobs.open(name);
  const { at, length } = parseTrailer(name, file);
  const contents = JSON.parse(unpack(file.read(at, length)).toString("utf8")) as SegmentContents;
  const reader = new SegmentReader(name, { file, contents, subjectKey });
  return {
    name,
    contents,
    file,
    entrySlots: (index, count) =>
      file.read(SEGMENT_HEADER_BYTES + index * BUNDLE_SLOT_BYTES, count * BUNDLE_SLOT_BYTES),
    events: (index, count) => reader.events(index, count),
    close: () => file.close(),
  };
}

interface Chunk {
  readonly first: number;
  readonly block: Block;
  readonly partsOf: readonly (readonly number[])[];
  readonly commitments: Buffer;
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

class SegmentReader {
  readonly name: string;
  readonly file: BlobReader;
  readonly contents: SegmentContents;
  private readonly subjectKey: SubjectKeySource;
  private readonly units = new Map<number, ReadonlyMap<number, SubjectUnit>>();
  private chunk: { readonly number: number; readonly chunk: Chunk } | undefined;

  constructor(
    name: string,
    parts: { readonly file: BlobReader; readonly contents: SegmentContents; readonly subjectKey: SubjectKeySource },
  ) {
    this.name = name;
    this.file = parts.file;
    this.contents = parts.contents;
    this.subjectKey = parts.subjectKey;
  }

  events(index: number, count: number): StoredEvent[] {
    const slots = this.file.read(SEGMENT_HEADER_BYTES + index * BUNDLE_SLOT_BYTES, count * BUNDLE_SLOT_BYTES);
    const events: StoredEvent[] = [];
    let first = 0;
    for (const [number, [, , length]] of this.contents.chunks.entries()) {
      const from = Math.max(index, first);
      const to = Math.min(index + count, first + length);
      if (from < to) {
        const chunk = this.openChunk(number, first);
        for (let i = from; i < to; i++)
          events.push(
            this.event(
              chunk,
              i,
              slots.subarray((i - index) * BUNDLE_SLOT_BYTES + 2, (i - index + 1) * BUNDLE_SLOT_BYTES),
            ),
          );
      }
      first += length;
    }
    return events;
  }

  private openChunk(number: number, first: number): Chunk {
    if (this.chunk?.number === number) return this.chunk.chunk;
    const { contents } = this;
    const [, , , firstCommitment] = contents.chunks[number]!;
    const { block, partsOf } = openChunk(this, number, this.subjectKey(CORE_SUBJECT));
    let parts = 0;
    for (const list of partsOf) parts += list.length;
    const chunk: Chunk = {
      first,
      block: decodeBlock(block.toString("utf8")),
      partsOf,
      commitments: this.file.read(contents.commitments[0] + firstCommitment * HASH_LENGTH, parts * HASH_LENGTH),
    };
    this.chunk = { number, chunk };
    return chunk;
  }

  private event(chunk: Chunk, index: number, entry: Uint8Array): StoredEvent {
    const at = index - chunk.first;
    let commitment = 0;
    for (let i = 0; i < at; i++) commitment += chunk.partsOf[i]!.length;
    return {
      ledger: this.contents.ledger,
      sequence: this.contents.first + index,
      entry,
      ...coreUnitsOf(chunk.block, at),
      parts: chunk.partsOf[at]!.map((number, i) => {
        const bytes = chunk.commitments.subarray((commitment + i) * HASH_LENGTH, (commitment + i + 1) * HASH_LENGTH);
        return number === JOINT_PART ? this.joint(index, bytes) : this.part(number, index, bytes);
      }),
    };
  }

  private part(number: number, index: number, commitment: Uint8Array): StoredPart {
    const unit = this.subjectUnits(number)?.get(index);
    return { refs: [this.contents.subjects[number]![0]], value: unit?.value, salt: unit?.salt, commitment };
  }

  private subjectUnits(number: number): ReadonlyMap<number, SubjectUnit> | undefined {
    const [ref, at, length, count] = this.contents.subjects[number]!;
    const key = this.subjectKey(ref);
    if (key === undefined || length === 0) {
      this.units.delete(number);
      return undefined;
    }
    let units = this.units.get(number);
    if (units === undefined) {
      const aad = segmentContext(this.contents, { group: "subject", subject: ref, count });
      const decoded = decodeSubjectBlock(unseal(key, this.file.read(at, length), aad));
      units = new Map(decoded.map((unit) => [unit.event, unit]));
      if (this.units.size >= CACHED_BLOCKS) this.units.clear();
      this.units.set(number, units);
    }
    return units;
  }

  private joint(index: number, commitment: Uint8Array): StoredPart {
    const joint = this.contents.joints.find(([event]) => event === index);
    if (joint === undefined) throw new LedgerError("corrupt", `${this.name}: event ${index} has no joint unit`);
    const [, subjects, at, length] = joint;
    const refs = subjects.map((number) => this.contents.subjects[number]![0]);
    const gone: StoredPart = { refs, value: undefined, salt: undefined, commitment };
    if (length === 0) return gone;
    let bytes: Buffer = this.file.read(at, length);
    for (const ref of refs.toReversed()) {
      const key = this.subjectKey(ref);
      if (key === undefined) return gone;
      bytes = unseal(
        key,
        bytes,
        segmentContext(this.contents, { group: "joint", subject: `${ref}/${index}`, count: 1 }),
      );
    }
    return { refs, value: bytes.toString("utf8", SALT_LENGTH), salt: bytes.subarray(0, SALT_LENGTH), commitment };
  }
}
