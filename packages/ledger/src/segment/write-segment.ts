import { CanonicalWriter, JOINT_REF, partPath } from "@cairn/event";
import { ENTRY_LENGTH, HASH_LENGTH, type HashKernel, SALT_LENGTH } from "@cairn/merkle";
import { BlockBuilder } from "../block/block.ts";
import { CORE_SUBJECT } from "../crypto/keyring.ts";
import { seal } from "../crypto/seal.ts";
import { packTight } from "../crypto/zstd.ts";
import { LedgerError } from "../error.ts";
import { UnitMessages } from "../prepare/unit-messages.ts";
import type { MovingEvent, MovingPart } from "../read/read-journal.ts";
import type { BlobInfo, Blobs, BlobWriter } from "../storage/blobs.ts";
import {
  BUNDLE_SLOT_BYTES,
  CHUNK_EVENTS,
  JOINT_PART,
  SEGMENT_HEADER_BYTES,
  SEGMENT_MAGIC,
  SEGMENT_TRAILER_BYTES,
  SEGMENT_VERSION,
  type SegmentContents,
  segmentContext,
} from "./format.ts";
import { encodeSubjectBlock, SubjectUnits } from "./subject-block.ts";

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

/** What goes into a segment: all entries, and the events a row at a time, so that few of them are in memory at once. */
export interface SegmentSource {
  /** 42 bytes each. */
  readonly entries: Uint8Array;
  readonly rows: Iterable<readonly MovingEvent[]>;
}

/** Moves events into one segment file; it is durable when this returns. */
export function writeSegment(plan: SegmentPlan, source: SegmentSource, tools: SegmentTools): BlobInfo {
  const file = tools.blobs.create(plan.name);
  try {
    const segment = new SegmentWriter(file, plan, tools);
    segment.writeEntries(source.entries);
    for (const row of source.rows) for (const event of row) segment.add(event);
    segment.finish(source.entries.length / ENTRY_LENGTH);
    return file.finish();
  } catch (error) {
    file.abandon();
    throw error;
  }
}

interface JointUnit extends MovingPart {
  readonly event: number;
  readonly subjects: readonly number[];
}

/** Writes one segment, piece by piece; lives for one file. */
class SegmentWriter {
  private readonly file: BlobWriter;
  private readonly plan: SegmentPlan;
  private readonly tools: SegmentTools;
  private readonly coreKey: Uint8Array;
  private readonly subjects: { readonly ref: string; readonly units: SubjectUnits }[] = [];
  private readonly subjectNumbers = new Map<string, number>();
  private readonly joints: JointUnit[] = [];
  private readonly chunks: [number, number, number, number][] = [];
  private readonly commitments: Uint8Array[] = [];
  private commitmentCount = 0;
  private count = 0;
  /** The chunk under way. */
  private readonly chunk: MovingEvent[] = [];
  private readonly messages = new UnitMessages();
  private readonly text = new CanonicalWriter(256 * 1024);

  constructor(file: BlobWriter, plan: SegmentPlan, tools: SegmentTools) {
    this.file = file;
    this.plan = plan;
    this.tools = tools;
    const key = tools.subjectKey(CORE_SUBJECT);
    if (key === undefined) throw new LedgerError("key_missing", "the tenant's core key is gone");
    this.coreKey = key;
  }

  writeEntries(entries: Uint8Array): void {
    const head = Buffer.alloc(SEGMENT_HEADER_BYTES);
    head.set(SEGMENT_MAGIC);
    head.writeUInt32BE(SEGMENT_VERSION, 8);
    this.file.write(head);
    const count = entries.length / ENTRY_LENGTH;
    const slots = Buffer.alloc(count * BUNDLE_SLOT_BYTES);
    for (let i = 0; i < count; i++) {
      slots.writeUInt16BE(ENTRY_LENGTH, i * BUNDLE_SLOT_BYTES);
      slots.set(entries.subarray(i * ENTRY_LENGTH, (i + 1) * ENTRY_LENGTH), i * BUNDLE_SLOT_BYTES + 2);
    }
    this.file.write(slots);
  }

  add(event: MovingEvent): void {
    this.chunk.push(event);
    // The first chunk may be short, so that all others begin at multiples of 256.
    if ((this.plan.first + this.count + this.chunk.length) % CHUNK_EVENTS === 0) this.endChunk();
  }

  finish(entryCount: number): void {
    this.endChunk();
    if (this.count !== entryCount) throw new LedgerError("corrupt", `${this.count} events for ${entryCount} entries`);
    const { file, plan } = this;
    const commitmentsAt = file.position;
    for (const piece of this.commitments) file.write(piece);
    const contents: SegmentContents = {
      v: 1,
      origin: plan.origin,
      ledger: plan.ledger,
      first: plan.first,
      count: this.count,
      class: plan.class,
      chunks: this.chunks,
      commitments: [commitmentsAt, this.commitmentCount],
      joints: this.joints.map((unit) => this.writeJoint(unit)),
      subjects: this.subjects.map((subject) => this.writeSubject(subject)),
    };
    const packed = packTight(Buffer.from(JSON.stringify(contents)));
    const trailer = Buffer.alloc(SEGMENT_TRAILER_BYTES);
    trailer.writeBigUInt64BE(BigInt(file.position), 0);
    trailer.writeUInt32BE(packed.length, 8);
    file.write(packed);
    file.write(trailer);
  }

  /** Seals the chunk under way: `u32be length ‖ block ‖ parts of each event as JSON`. */
  private endChunk(): void {
    const { chunk, text } = this;
    if (chunk.length === 0) return;
    const block = new BlockBuilder();
    const seeds = new Map<Uint8Array, number>();
    for (const event of chunk) {
      let seed = seeds.get(event.seed);
      if (seed === undefined) {
        seed = block.addSeed(event.seed);
        seeds.set(event.seed, seed);
      }
      block.add(event.paths, event, { seed, start: event.saltStart });
    }
    text.clear();
    text.reserve(4);
    text.length = 4;
    block.encode(text);
    new DataView(text.bytes.buffer).setUint32(0, text.length - 4);
    text.text(JSON.stringify(chunk.map((event, i) => this.collectParts(event, this.count + i))));
    const aad = segmentContext(this.plan, {
      group: "core",
      subject: `${CORE_SUBJECT}/${this.chunks.length}`,
      count: chunk.length,
    });
    const sealed = seal(this.coreKey, packTight(text.bytes.subarray(0, text.length)), aad);
    this.chunks.push([this.file.position, sealed.length, chunk.length, this.commitmentCount]);
    this.file.write(sealed);
    this.commitParts();
    this.count += chunk.length;
    chunk.length = 0;
  }

  private collectParts(event: MovingEvent, index: number): number[] {
    return event.parts.map((part) => {
      if (part.refs.length === 1) {
        const number = this.subjectNumber(part.refs[0]!);
        this.subjects[number]!.units.add(index, part.value, part.salt);
        return number;
      }
      this.joints.push({ ...part, event: index, subjects: part.refs.map((ref) => this.subjectNumber(ref)) });
      return JOINT_PART;
    });
  }

  private subjectNumber(ref: string): number {
    let number = this.subjectNumbers.get(ref);
    if (number === undefined) {
      number = this.subjects.push({ ref, units: new SubjectUnits() }) - 1;
      this.subjectNumbers.set(ref, number);
    }
    return number;
  }

  /** Commitments of sealed units stay readable when the unit is not: event roots can be recomputed after an erasure. */
  private commitParts(): void {
    const { messages } = this;
    messages.clear();
    const salts: Uint8Array[] = [];
    for (const event of this.chunk) {
      for (const part of event.parts) {
        messages.addBytes(partPath(part.refs.length === 1 ? part.refs[0]! : JOINT_REF), part.value);
        salts.push(part.salt);
      }
    }
    if (messages.count === 0) return;
    const { kernel } = this.tools;
    messages.write(kernel, Buffer.concat(salts, salts.length * SALT_LENGTH));
    const hashes = kernel.hashMessages(messages.offsets, messages.lengths, messages.count);
    this.commitments.push(hashes.slice(0, messages.count * HASH_LENGTH));
    this.commitmentCount += messages.count;
  }

  /** A joint unit is sealed once under each person's key, one around the other: it opens while all keys live. */
  private writeJoint(unit: JointUnit): [number, readonly number[], number, number] {
    let bytes: Uint8Array = Buffer.concat([unit.salt, unit.value]);
    for (const number of unit.subjects) {
      const { ref } = this.subjects[number]!;
      const key = this.tools.subjectKey(ref);
      if (key === undefined) {
        bytes = new Uint8Array(0);
        break;
      }
      bytes = seal(
        key,
        bytes,
        segmentContext(this.plan, { group: "joint", subject: `${ref}/${unit.event}`, count: 1 }),
      );
    }
    const at = this.file.position;
    this.file.write(bytes);
    return [unit.event, unit.subjects, at, bytes.length];
  }

  private writeSubject({
    ref,
    units,
  }: {
    readonly ref: string;
    readonly units: SubjectUnits;
  }): [string, number, number, number] {
    const at = this.file.position;
    const key = this.tools.subjectKey(ref);
    // A subject erased while its events lay in the journal: nothing of it is carried over, only the commitments.
    if (key === undefined || units.count === 0) return [ref, at, 0, units.count];
    const aad = segmentContext(this.plan, { group: "subject", subject: ref, count: units.count });
    const sealed = seal(key, encodeSubjectBlock(units), aad);
    this.file.write(sealed);
    return [ref, at, sealed.length, units.count];
  }
}
