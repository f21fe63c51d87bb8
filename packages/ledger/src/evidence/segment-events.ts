import { HASH_LENGTH, SALT_LENGTH } from "@cairn/merkle";
import { type Block, coreUnitsOf, decodeBlock } from "../block/block.ts";
import { CORE_SUBJECT } from "../crypto/keyring.ts";
import { unseal } from "../crypto/seal.ts";
import { LedgerError } from "../error.ts";
import type { StoredEvent, StoredPart } from "../read/stored-event.ts";
import { BUNDLE_SLOT_BYTES, JOINT_PART, segmentContext } from "../segment/format.ts";
import { openChunk, type Segment, type SubjectKeySource } from "../segment/read-segment.ts";
import { decodeSubjectBlock, type SubjectUnit } from "../segment/subject-block.ts";

/** Events of a segment, for who reads nearly all of them: the block of each person is opened once. */
export interface SegmentEvents {
  readonly segment: Segment;
  /** Units of people that are kept. */
  readonly keptUnits: number;
  /** Opens the events of a range of the segment; those whose bodies are gone are left out. */
  events(index: number, count: number): StoredEvent[];
  /** Forgets whom keys no longer open: to be called before each step of a long reading. */
  beginStep(): void;
}

/** A person's units by index of the event. */
interface OpenBlock {
  readonly units: ReadonlyMap<number, SubjectUnit>;
  /** Step in which the key was last asked for. */
  step: number;
}

interface Chunk {
  readonly number: number;
  readonly block: Block;
  readonly partsOf: readonly (readonly number[])[];
  /** By event of the chunk: number of its first commitment. */
  readonly firstCommitments: Uint32Array;
  readonly commitments: Buffer;
}

/** Makes a reader of a segment's events, which the caller closes. */
export function createSegmentEvents(segment: Segment, subjectKey: SubjectKeySource): SegmentEvents {
  const { contents, file } = segment;
  const blocks = new Map<number, OpenBlock>();
  const joints = new Map(contents.joints.map((joint) => [joint[0], joint]));
  /** Keys that were asked for in this step. */
  const keys = new Map<string, Uint8Array | undefined>();
  let keptUnits = 0;
  let step = 0;
  let open: Chunk | undefined;

  function keyOf(ref: string): Uint8Array | undefined {
    if (!keys.has(ref)) keys.set(ref, subjectKey(ref));
    return keys.get(ref);
  }

  function drop(subject: number): void {
    keptUnits -= blocks.get(subject)?.units.size ?? 0;
    blocks.delete(subject);
  }

  function unitsOf(subject: number): ReadonlyMap<number, SubjectUnit> | undefined {
    const known = blocks.get(subject);
    if (known?.step === step) return known.units;
    const [ref, at, length, count] = contents.subjects[subject]!;
    const key = length === 0 ? undefined : keyOf(ref);
    if (key === undefined) {
      drop(subject);
      return undefined;
    }
    if (known !== undefined) {
      known.step = step;
      return known.units;
    }
    const aad = segmentContext(contents, { group: "subject", subject: ref, count });
    const units = new Map(
      decodeSubjectBlock(unseal(key, file.read(at, length), aad)).map((unit) => [unit.event, unit]),
    );
    blocks.set(subject, { units, step });
    keptUnits += units.size;
    return units;
  }

  function jointOf(index: number, commitment: Uint8Array): StoredPart {
    const joint = joints.get(index);
    if (joint === undefined) throw new LedgerError("corrupt", `${segment.name}: event ${index} has no joint unit`);
    const [, subjects, at, length] = joint;
    const refs = subjects.map((subject) => contents.subjects[subject]![0]);
    const gone: StoredPart = { refs, value: undefined, salt: undefined, commitment };
    if (length === 0) return gone;
    let bytes: Buffer = file.read(at, length);
    for (const ref of refs.toReversed()) {
      const key = keyOf(ref);
      if (key === undefined) return gone;
      bytes = unseal(key, bytes, segmentContext(contents, { group: "joint", subject: `${ref}/${index}`, count: 1 }));
    }
    return { refs, value: bytes.toString("utf8", SALT_LENGTH), salt: bytes.subarray(0, SALT_LENGTH), commitment };
  }

  function chunkAt(number: number): Chunk {
    if (open?.number === number) return open;
    const { block, partsOf } = openChunk(segment, number, keyOf(CORE_SUBJECT));
    const firstCommitments = new Uint32Array(partsOf.length);
    let parts = 0;
    for (const [i, list] of partsOf.entries()) {
      firstCommitments[i] = parts;
      parts += list.length;
    }
    const at = contents.commitments[0] + contents.chunks[number]![3] * HASH_LENGTH;
    const commitments = file.read(at, parts * HASH_LENGTH);
    open = { number, block: decodeBlock(block.toString("utf8")), partsOf, firstCommitments, commitments };
    return open;
  }

  function eventOf(chunk: Chunk, at: number, { index, entry }: { readonly index: number; readonly entry: Uint8Array }) {
    const parts = chunk.partsOf[at]!.map((subject, i): StoredPart => {
      const from = (chunk.firstCommitments[at]! + i) * HASH_LENGTH;
      const commitment = chunk.commitments.subarray(from, from + HASH_LENGTH);
      if (subject === JOINT_PART) return jointOf(index, commitment);
      const unit = unitsOf(subject)?.get(index);
      return { refs: [contents.subjects[subject]![0]], value: unit?.value, salt: unit?.salt, commitment };
    });
    return {
      ledger: contents.ledger,
      sequence: contents.first + index,
      entry,
      ...coreUnitsOf(chunk.block, at),
      parts,
    };
  }

  return {
    segment,
    get keptUnits() {
      return keptUnits;
    },
    beginStep() {
      step++;
      keys.clear();
    },
    events(index, count) {
      const slots = segment.entrySlots(index, count);
      const events: StoredEvent[] = [];
      let first = 0;
      for (const [number, [, , length]] of contents.chunks.entries()) {
        const from = Math.max(index, first);
        const to = Math.min(index + count, first + length);
        const chunk = from < to ? chunkAt(number) : undefined;
        for (let i = from; chunk !== undefined && i < to; i++) {
          const slot = (i - index) * BUNDLE_SLOT_BYTES;
          const entry = slots.subarray(slot + 2, slot + BUNDLE_SLOT_BYTES);
          events.push(eventOf(chunk, i - first, { index: i, entry }));
        }
        first += length;
      }
      return events;
    },
  };
}
