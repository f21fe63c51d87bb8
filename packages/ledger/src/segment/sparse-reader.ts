import { HASH_LENGTH, SALT_LENGTH } from "@cairn/merkle";
import { openSparseBlock, type SparseBlock } from "../block/sparse-block.ts";
import { CORE_SUBJECT } from "../crypto/keyring.ts";
import { unseal } from "../crypto/seal.ts";
import { LedgerError } from "../error.ts";
import type { StoredEvent, StoredPart } from "../read/stored-event.ts";
import type { RecentBytes } from "../storage/recent-bytes.ts";
import { BUNDLE_SLOT_BYTES, JOINT_PART, type SegmentContents, segmentContext } from "./format.ts";
import { openChunk, type Segment, type SubjectKeySource } from "./read-segment.ts";
import { openSubjectBlock, type SubjectLines, unitAt } from "./subject-block.ts";

/** What was opened of segments: chunks by their number, and blocks of subjects. */
export type OpenedPieces = RecentBytes<SparseChunk | SubjectLines>;

interface SparseChunk {
  readonly block: SparseBlock;
  readonly partsOf: readonly (readonly number[])[];
  readonly commitments: Buffer;
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
    const { contents, file } = this.segment;
    const [, , , firstCommitment] = contents.chunks[number]!;
    const { block: bytes, partsOf } = openChunk(this.segment, number, key);
    let parts = 0;
    for (const list of partsOf) parts += list.length;
    const block = openSparseBlock(bytes);
    const commitments = file.read(contents.commitments[0] + firstCommitment * HASH_LENGTH, parts * HASH_LENGTH);
    const chunk = { block, partsOf, commitments };
    this.opened.set(id, chunk, block.byteLength + commitments.length);
    return chunk;
  }

  private event(
    chunk: SparseChunk,
    at: number,
    { index, entry }: { readonly index: number; readonly entry: Uint8Array },
  ): StoredEvent {
    const { contents } = this.segment;
    let commitment = 0;
    for (let i = 0; i < at; i++) commitment += chunk.partsOf[i]!.length;
    return {
      ledger: contents.ledger,
      sequence: contents.first + index,
      entry,
      ...chunk.block.coreUnits(at),
      parts: chunk.partsOf[at]!.map((number, i) => {
        const bytes = chunk.commitments.subarray((commitment + i) * HASH_LENGTH, (commitment + i + 1) * HASH_LENGTH);
        return number === JOINT_PART ? this.joint(index, bytes) : this.part(number, index, bytes);
      }),
    };
  }

  private part(number: number, index: number, commitment: Uint8Array): StoredPart {
    const block = this.subjectBlock(number);
    const unit = block === undefined ? undefined : unitAt(block, index);
    const [ref] = this.segment.contents.subjects[number]!;
    return { refs: [ref], value: unit?.value, salt: unit?.salt, commitment };
  }

  private subjectBlock(number: number): SubjectLines | undefined {
    const { name, contents, file } = this.segment;
    const [ref, at, length, count] = contents.subjects[number]!;
    const id = `${name}/subject/${number}`;
    const key = this.subjectKey(ref);
    if (key === undefined || length === 0) {
      this.opened.delete(id);
      return undefined;
    }
    const known = this.opened.get(id) as SubjectLines | undefined;
    if (known !== undefined) return known;
    const aad = segmentContext(contents, { group: "subject", subject: ref, count });
    const block = openSubjectBlock(unseal(key, file.read(at, length), aad));
    this.opened.set(id, block, block.lines.bytes.length + block.salts.length + block.events.byteLength * 2);
    return block;
  }

  private joint(index: number, commitment: Uint8Array): StoredPart {
    const { name, contents, file } = this.segment;
    this.joints ??= new Map(contents.joints.map((joint) => [joint[0], joint]));
    const joint = this.joints.get(index);
    if (joint === undefined) throw new LedgerError("corrupt", `${name}: event ${index} has no joint unit`);
    const [, subjects, at, length] = joint;
    const refs = subjects.map((number) => contents.subjects[number]![0]);
    const gone: StoredPart = { refs, value: undefined, salt: undefined, commitment };
    if (length === 0) return gone;
    let bytes: Buffer = file.read(at, length);
    for (const ref of refs.toReversed()) {
      const key = this.subjectKey(ref);
      if (key === undefined) return gone;
      bytes = unseal(key, bytes, segmentContext(contents, { group: "joint", subject: `${ref}/${index}`, count: 1 }));
    }
    return { refs, value: bytes.toString("utf8", SALT_LENGTH), salt: bytes.subarray(0, SALT_LENGTH), commitment };
  }
}
