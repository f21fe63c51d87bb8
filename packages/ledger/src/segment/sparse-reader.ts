import { HASH_LENGTH, SALT_LENGTH } from "@cairn/merkle";
import { openSparseBlock, type SparseBlock } from "../block/sparse-block.ts";
import { CORE_SUBJECT } from "../crypto/keyring.ts";
import { unseal } from "../crypto/seal.ts";
import { LedgerError } from "../error.ts";
import type { StoredEvent, StoredPart } from "../read/stored-event.ts";
import type { RecentBytes } from "../storage/recent-bytes.ts";
import { BUNDLE_SLOT_BYTES, JOINT_PART, type SegmentContents, segmentContext } from "./format.ts";
import { openChunk, type Segment, type SubjectKeySource } from "./read-segment.ts";
import { openSparseSubjectBlock, type SparseSubjectBlock } from "./subject-block.ts";

/** What was opened of segments: chunks by their number, and blocks of subjects. */
export type OpenedPieces = RecentBytes<SparseChunk | SparseSubjectBlock>;

interface SparseChunk {
  readonly block: SparseBlock;
  readonly partsOf: readonly (readonly number[])[];
  /** By event: where its commitments stand in the file. */
  readonly commitmentsAt: Float64Array;
}

interface ReaderParts {
  /** Asked anew for every piece, so that a destroyed key ends reading at once. */
  readonly subjectKey: SubjectKeySource;
  readonly opened: OpenedPieces;
}

/** Events of a segment, for who reads a few here and there: what is opened is kept in `opened`, and little of it decoded. */
export class SparseReader {
  readonly segment: Segment;
  private readonly subjectKey: SubjectKeySource;
  private readonly opened: OpenedPieces;
  /** By event. */
  private joints: ReadonlyMap<number, SegmentContents["joints"][number]> | undefined;

  constructor(segment: Segment, { subjectKey, opened }: ReaderParts) {
    this.segment = segment;
    this.subjectKey = subjectKey;
    this.opened = opened;
  }

  /** Opens the events of a range of the segment. */
  events(index: number, count: number): StoredEvent[] {
    const { contents } = this.segment;
    const slots = this.segment.entrySlots(index, count);
    const events: StoredEvent[] = [];
    let first = 0;
    for (const [number, [, , length]] of contents.chunks.entries()) {
      const from = Math.max(index, first);
      const to = Math.min(index + count, first + length);
      if (from < to) {
        const chunk = this.chunk(number);
        for (let i = from; i < to; i++) {
          const at = (i - index) * BUNDLE_SLOT_BYTES;
          events.push(
            this.event(chunk, i - first, { index: i, entry: slots.subarray(at + 2, at + BUNDLE_SLOT_BYTES) }),
          );
        }
      }
      first += length;
    }
    return events;
  }

  private chunk(number: number): SparseChunk {
    const id = `${this.segment.name}/${number}`;
    const key = this.subjectKey(CORE_SUBJECT);
    const known = this.opened.get(id) as SparseChunk | undefined;
    if (known !== undefined && key !== undefined) return known;
    const { contents } = this.segment;
    const [, , , firstCommitment] = contents.chunks[number]!;
    const { block: bytes, partsOf } = openChunk(this.segment, number, key);
    const commitmentsAt = new Float64Array(partsOf.length);
    let at = contents.commitments[0] + firstCommitment * HASH_LENGTH;
    for (const [i, parts] of partsOf.entries()) {
      commitmentsAt[i] = at;
      at += parts.length * HASH_LENGTH;
    }
    const block = openSparseBlock(bytes);
    const chunk = { block, partsOf, commitmentsAt };
    this.opened.set(id, chunk, block.byteLength + commitmentsAt.byteLength);
    return chunk;
  }

  private event(
    chunk: SparseChunk,
    at: number,
    { index, entry }: { readonly index: number; readonly entry: Uint8Array },
  ): StoredEvent {
    const { contents, file } = this.segment;
    const parts = chunk.partsOf[at]!;
    return {
      ledger: contents.ledger,
      sequence: contents.first + index,
      entry,
      ...chunk.block.coreUnits(at),
      parts: parts.map((number, i) => {
        const part = number === JOINT_PART ? this.joint(index) : this.part(number, index);
        if (part.value !== undefined) return part;
        return { ...part, commitment: file.read(chunk.commitmentsAt[at]! + i * HASH_LENGTH, HASH_LENGTH) };
      }),
    };
  }

  private part(number: number, index: number): StoredPart {
    const unit = this.subjectBlock(number)?.unitAt(index);
    const [ref] = this.segment.contents.subjects[number]!;
    return { refs: [ref], value: unit?.value, salt: unit?.salt, commitment: undefined };
  }

  private subjectBlock(number: number): SparseSubjectBlock | undefined {
    const { name, contents, file } = this.segment;
    const [ref, at, length, count] = contents.subjects[number]!;
    const id = `${name}/subject/${number}`;
    const key = this.subjectKey(ref);
    if (key === undefined || length === 0) {
      this.opened.delete(id);
      return undefined;
    }
    const known = this.opened.get(id) as SparseSubjectBlock | undefined;
    if (known !== undefined) return known;
    const aad = segmentContext(contents, { group: "subject", subject: ref, count });
    const block = openSparseSubjectBlock(unseal(key, file.read(at, length), aad));
    this.opened.set(id, block, block.byteLength);
    return block;
  }

  private joint(index: number): StoredPart {
    const { name, contents, file } = this.segment;
    this.joints ??= new Map(contents.joints.map((joint) => [joint[0], joint]));
    const joint = this.joints.get(index);
    if (joint === undefined) throw new LedgerError("corrupt", `${name}: event ${index} has no joint unit`);
    const [, subjects, at, length] = joint;
    const refs = subjects.map((number) => contents.subjects[number]![0]);
    const gone: StoredPart = { refs, value: undefined, salt: undefined, commitment: undefined };
    if (length === 0) return gone;
    let bytes: Buffer = file.read(at, length);
    for (const ref of refs.toReversed()) {
      const key = this.subjectKey(ref);
      if (key === undefined) return gone;
      bytes = unseal(key, bytes, segmentContext(contents, { group: "joint", subject: `${ref}/${index}`, count: 1 }));
    }
    const salt = bytes.subarray(0, SALT_LENGTH);
    return { refs, value: bytes.toString("utf8", SALT_LENGTH), salt, commitment: undefined };
  }
}
