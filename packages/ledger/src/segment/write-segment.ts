import { CanonicalWriter, JOINT_REF, partPath } from "@cairn/event";
import { ENTRY_LENGTH, HASH_LENGTH, type HashKernel, SALT_LENGTH } from "@cairn/merkle";
import { BlockBuilder } from "../block/block.ts";
import { textSource } from "../block/value-source.ts";
import { CORE_SUBJECT } from "../crypto/keyring.ts";
import { seal } from "../crypto/seal.ts";
import { packTight } from "../crypto/zstd.ts";
import { assert, LedgerError } from "../error.ts";
import { UnitMessages } from "../prepare/unit-messages.ts";
import type { StoredEvent } from "../read/stored-event.ts";
import type { BlobInfo, Blobs, BlobWriter } from "../storage/blobs.ts";
import {
  BUNDLE_SLOT_BYTES,
  CHUNK_EVENTS,
  JOINT_PART,
  SEGMENT_HEADER_BYTES,
  SEGMENT_MAGIC,
  SEGMENT_VERSION,
  type SegmentContents,
  segmentContext,
} from "./format.ts";
import { encodeSubjectBlock, type SubjectUnit } from "./subject-block.ts";

export interface SegmentPlan {
  readonly name: string;
  readonly origin: string;
  readonly ledger: number;
  readonly first: number;
  readonly class: string;
}

export interface SegmentTools {
  readonly blobs: Blobs;
  readonly kernel: HashKernel;
  /** The key of a subject, or undefined when it was destroyed. */
  readonly subjectKey: (ref: string) => Uint8Array | undefined;
}

/** Moves events into one segment file; it is durable when this returns. */
export function writeSegment(plan: SegmentPlan, events: readonly StoredEvent[], tools: SegmentTools): BlobInfo {
  const writer = tools.blobs.create(plan.name);
  try {
    writer.write(header());
    writer.write(entrySlots(events));
    const subjects = new SubjectTable();
    const jointUnits: JointUnit[] = [];
    const chunks = writeChunks(writer, { plan, events, tools, subjects, jointUnits });
    const commitments: [number, number] = [writer.position, writePartCommitments(writer, events, tools.kernel)];
    const joints = jointUnits.map((unit) => writeJoint(writer, unit, { plan, tools, subjects }));
    const blocks = subjects.list.map((subject) => writeSubject(writer, subject, { plan, tools }));
    const contents: SegmentContents = {
      v: 1,
      origin: plan.origin,
      ledger: plan.ledger,
      first: plan.first,
      count: events.length,
      class: plan.class,
      chunks,
      commitments,
      joints,
      subjects: blocks,
    };
    const packed = packTight(Buffer.from(JSON.stringify(contents)));
    const trailer = Buffer.alloc(12);
    trailer.writeBigUInt64BE(BigInt(writer.position), 0);
    trailer.writeUInt32BE(packed.length, 8);
    writer.write(packed);
    writer.write(trailer);
    return writer.finish();
  } catch (error) {
    writer.abandon();
    throw error;
  }
}

interface JointUnit {
  readonly event: number;
  readonly subjects: readonly number[];
  readonly value: string;
  readonly salt: Uint8Array;
}

/** The subjects of a segment, numbered as they appear. */
class SubjectTable {
  readonly list: { readonly ref: string; readonly units: SubjectUnit[] }[] = [];
  private readonly numbers = new Map<string, number>();

  number(ref: string): number {
    let number = this.numbers.get(ref);
    if (number === undefined) {
      number = this.list.push({ ref, units: [] }) - 1;
      this.numbers.set(ref, number);
    }
    return number;
  }
}

function header(): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  bytes.set(SEGMENT_MAGIC);
  bytes.writeUInt32BE(SEGMENT_VERSION, 8);
  return bytes;
}

function entrySlots(events: readonly StoredEvent[]): Buffer {
  const slots = Buffer.alloc(events.length * BUNDLE_SLOT_BYTES);
  for (const [i, event] of events.entries()) {
    slots.writeUInt16BE(ENTRY_LENGTH, i * BUNDLE_SLOT_BYTES);
    slots.set(event.entry, i * BUNDLE_SLOT_BYTES + 2);
  }
  return slots;
}

interface ChunkWork {
  readonly plan: SegmentPlan;
  readonly events: readonly StoredEvent[];
  readonly tools: SegmentTools;
  readonly subjects: SubjectTable;
  readonly jointUnits: JointUnit[];
}

function writeChunks(writer: BlobWriter, work: ChunkWork): [number, number, number, number][] {
  const key = work.tools.subjectKey(CORE_SUBJECT);
  if (key === undefined) throw new LedgerError("key_missing", "the tenant's core key is gone");
  const chunks: [number, number, number, number][] = [];
  let commitments = 0;
  for (let start = 0; start < work.events.length; ) {
    // The first chunk may be short, so that all others begin at multiples of 256.
    const end = Math.min(work.events.length, start + CHUNK_EVENTS - ((work.plan.first + start) % CHUNK_EVENTS));
    const { plaintext, parts } = encodeChunk(work, start, end);
    const aad = segmentContext(work.plan, {
      group: "core",
      subject: `${CORE_SUBJECT}/${chunks.length}`,
      count: end - start,
    });
    const sealed = seal(key, packTight(plaintext), aad);
    chunks.push([writer.position, sealed.length, end - start, commitments]);
    writer.write(sealed);
    commitments += parts;
    start = end;
  }
  return chunks;
}

/** A chunk's plaintext: `u32be length ‖ block ‖ parts of each event as JSON`. */
function encodeChunk(work: ChunkWork, start: number, end: number): { plaintext: Buffer; parts: number } {
  const block = new BlockBuilder();
  const seeds = new Map<Uint8Array, number>();
  const partsOf: number[][] = [];
  let parts = 0;
  for (let i = start; i < end; i++) {
    const event = work.events[i]!;
    let seed = seeds.get(event.seed);
    if (seed === undefined) {
      seed = block.addSeed(event.seed);
      seeds.set(event.seed, seed);
    }
    block.add(event.paths, { source: textSource(event.values), first: 0 }, { seed, start: event.saltStart });
    partsOf.push(collectParts(work, event, i));
    parts += event.parts.length;
  }
  const text = new CanonicalWriter(256 * 1024);
  block.encode(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return {
    plaintext: Buffer.concat([length, text.bytes.subarray(0, text.length), Buffer.from(JSON.stringify(partsOf))]),
    parts,
  };
}

function collectParts(work: ChunkWork, event: StoredEvent, index: number): number[] {
  return event.parts.map((part) => {
    assert(part.value !== undefined, "a journal part is always readable");
    if (part.refs.length === 1) {
      const number = work.subjects.number(part.refs[0]!);
      work.subjects.list[number]!.units.push({ event: index, value: part.value, salt: part.salt! });
      return number;
    }
    work.jointUnits.push({
      event: index,
      subjects: part.refs.map((ref) => work.subjects.number(ref)),
      value: part.value,
      salt: part.salt!,
    });
    return JOINT_PART;
  });
}

/** Commitments of sealed units stay readable when the unit is not: event roots can be recomputed after an erasure. */
function writePartCommitments(writer: BlobWriter, events: readonly StoredEvent[], kernel: HashKernel): number {
  const messages = new UnitMessages();
  const salts: Uint8Array[] = [];
  for (const event of events) {
    for (const part of event.parts) {
      messages.addText(partPath(part.refs.length === 1 ? part.refs[0]! : JOINT_REF), part.value!);
      salts.push(part.salt!);
    }
  }
  if (messages.count === 0) return 0;
  messages.write(kernel, Buffer.concat(salts, salts.length * SALT_LENGTH));
  writer.write(
    kernel.hashMessages(messages.offsets, messages.lengths, messages.count).slice(0, messages.count * HASH_LENGTH),
  );
  return messages.count;
}

interface SealWork {
  readonly plan: SegmentPlan;
  readonly tools: SegmentTools;
}

/** A joint unit is sealed once under each person's key, one around the other: it opens while all keys live. */
function writeJoint(
  writer: BlobWriter,
  unit: JointUnit,
  work: SealWork & { readonly subjects: SubjectTable },
): [number, readonly number[], number, number] {
  let bytes: Uint8Array = Buffer.concat([unit.salt, Buffer.from(unit.value)]);
  for (const number of unit.subjects) {
    const { ref } = work.subjects.list[number]!;
    const key = work.tools.subjectKey(ref);
    if (key === undefined) {
      bytes = new Uint8Array(0);
      break;
    }
    bytes = seal(key, bytes, segmentContext(work.plan, { group: "joint", subject: `${ref}/${unit.event}`, count: 1 }));
  }
  const at = writer.position;
  writer.write(bytes);
  return [unit.event, unit.subjects, at, bytes.length];
}

function writeSubject(
  writer: BlobWriter,
  subject: { readonly ref: string; readonly units: readonly SubjectUnit[] },
  { plan, tools }: SealWork,
): [string, number, number, number] {
  const at = writer.position;
  const key = tools.subjectKey(subject.ref);
  // A subject erased while its events lay in the journal: nothing of it is carried over, only the commitments.
  if (key === undefined || subject.units.length === 0) return [subject.ref, at, 0, subject.units.length];
  const aad = segmentContext(plan, { group: "subject", subject: subject.ref, count: subject.units.length });
  const sealed = seal(key, encodeSubjectBlock(subject.units), aad);
  writer.write(sealed);
  return [subject.ref, at, sealed.length, subject.units.length];
}
