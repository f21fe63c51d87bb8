import { ENTRY_LENGTH, HASH_LENGTH, SALT_LENGTH } from "@cairn/merkle";
import { type Block, coreUnitsOf, decodeBlock } from "../block/block.ts";
import { CORE_SUBJECT } from "../crypto/keyring.ts";
import { unseal } from "../crypto/seal.ts";
import { unpack } from "../crypto/zstd.ts";
import type { StoredEvent, StoredPart } from "../read/stored-event.ts";
import {
  BUNDLE_SLOT_BYTES,
  CHUNK_EVENTS,
  JOINT_PART,
  parseTrailer,
  SEGMENT_HEADER_BYTES,
  type SegmentContents,
  segmentContext,
} from "../segment/format.ts";
import { decodeSubjectBlock, type SubjectUnit } from "../segment/subject-block.ts";
import type { BlobReader } from "../storage/blobs.ts";
import type { LogState } from "../storage/logs.ts";
import type { OpenedEvent } from "./commitment-check.ts";
import type { FindingCode, FindingPlace, Findings } from "./finding.ts";
import { digestOf } from "./identity-check.ts";

/** A row of the manifest. */
export interface ManifestRow {
  readonly first: number;
  readonly count: number;
  readonly name: string;
  readonly bytes: number;
  readonly sha256: Uint8Array;
}

export interface SegmentContext {
  readonly log: LogState;
  readonly subjectKey: (ref: string) => Uint8Array | undefined;
  readonly findings: Findings;
}

/** A piece of a log: entries that follow one another, and their events as far as they can be opened. */
export interface LogPiece {
  readonly first: number;
  /** 42 bytes each. */
  readonly entries: Uint8Array;
  readonly events: readonly OpenedEvent[];
  /** Where the entries lie. */
  readonly place: FindingPlace;
}

/** Checks a segment's file against its manifest row and the format, and gives its chunks, opened. */
export function* readSegmentPieces(file: BlobReader, row: ManifestRow, context: SegmentContext): Generator<LogPiece> {
  const check = new SegmentCheck(file, row, context);
  const contents = check.frame();
  if (contents !== undefined) yield* check.pieces(contents);
}

interface DecodedChunk {
  readonly block: Block;
  readonly partsOf: readonly (readonly number[])[];
}

/** The check of one file; lives for one walk through it. */
class SegmentCheck {
  /** Event → its unit, per subject that can be read. */
  private readonly subjects = new Map<number, Map<number, SubjectUnit>>();
  private readonly joints = new Map<number, StoredPart>();
  private readonly file: BlobReader;
  private readonly row: ManifestRow;
  private readonly context: SegmentContext;

  constructor(file: BlobReader, row: ManifestRow, context: SegmentContext) {
    this.file = file;
    this.row = row;
    this.context = context;
  }

  /** Checks digest, frame and table of contents. */
  frame(): SegmentContents | undefined {
    const { file, row } = this;
    if (file.bytes !== row.bytes)
      this.add("segment_altered", `the file has ${file.bytes} bytes, and ${row.bytes} were written`);
    else if (!digestOf(file).equals(row.sha256))
      this.add("segment_altered", "the file's SHA-256 is not that of what was written");
    let contents: SegmentContents;
    try {
      const { at, length } = parseTrailer(row.name, file);
      contents = JSON.parse(unpack(file.read(at, length)).toString("utf8")) as SegmentContents;
      checkLayout(contents, at);
    } catch (error) {
      this.add("segment_malformed", `the table of contents cannot be read: ${(error as Error).message}`);
      return undefined;
    }
    const { log } = this.context;
    const agrees =
      contents.v === 1 &&
      contents.origin === log.origin &&
      contents.ledger === log.ledger &&
      contents.first === row.first &&
      contents.count === row.count;
    if (agrees) return contents;
    this.add(
      "segment_misplaced",
      `the file holds ${contents.origin} from ${contents.first}, ${contents.count} entries`,
    );
    return undefined;
  }

  *pieces(contents: SegmentContents): Generator<LogPiece> {
    this.readSubjects(contents);
    this.readJoints(contents);
    let index = 0;
    for (const [number, [, , count]] of contents.chunks.entries()) {
      yield this.piece(contents, { number, index, count });
      index += count;
    }
    // What no event of the segment asked for has no business in it.
    for (const [number, units] of this.subjects) {
      if (units.size === 0) continue;
      const [ref, offset] = contents.subjects[number]!;
      this.add("subject_block_damaged", `the block of ${ref} has ${units.size} units that no event has`, { offset });
    }
  }

  private piece(
    contents: SegmentContents,
    { number, index, count }: { readonly number: number; readonly index: number; readonly count: number },
  ): LogPiece {
    const at = SEGMENT_HEADER_BYTES + index * BUNDLE_SLOT_BYTES;
    const slots = this.file.read(at, count * BUNDLE_SLOT_BYTES);
    const entries = new Uint8Array(count * ENTRY_LENGTH);
    const first = contents.first + index;
    for (let i = 0; i < count; i++) {
      const slot = i * BUNDLE_SLOT_BYTES;
      if (slots.readUInt16BE(slot) !== ENTRY_LENGTH) {
        const where = { offset: at + slot, sequence: first + i };
        this.add("entry_malformed", "the slot does not begin with the length of an entry", where);
      }
      entries.set(slots.subarray(slot + 2, slot + BUNDLE_SLOT_BYTES), i * ENTRY_LENGTH);
    }
    const [offset, , , firstCommitment] = contents.chunks[number]!;
    const place: FindingPlace = { file: this.row.name, offset, origin: this.context.log.origin };
    const chunk = this.openChunk(contents, number);
    const slotPlace = { file: this.row.name, offset: at, origin: this.context.log.origin };
    if (chunk === undefined) return { first, entries, events: [], place: slotPlace };
    const events: OpenedEvent[] = [];
    const parts = chunk.partsOf.reduce((sum, list) => sum + list.length, 0);
    let commitments = this.file.read(contents.commitments[0] + firstCommitment * HASH_LENGTH, parts * HASH_LENGTH);
    for (let i = 0; i < count; i++) {
      const entry = entries.subarray(i * ENTRY_LENGTH, (i + 1) * ENTRY_LENGTH);
      events.push({ event: this.event(contents, { chunk, at: i, index: index + i, entry, commitments }), place });
      commitments = commitments.subarray(chunk.partsOf[i]!.length * HASH_LENGTH);
    }
    return { first, entries, events, place: slotPlace };
  }

  private openChunk(contents: SegmentContents, number: number): DecodedChunk | undefined {
    const [offset, length, count] = contents.chunks[number]!;
    try {
      const key = this.context.subjectKey(CORE_SUBJECT);
      if (key === undefined) throw new Error("the tenant's core key is gone");
      const aad = segmentContext(contents, { group: "core", subject: `${CORE_SUBJECT}/${number}`, count });
      const plaintext = unpack(unseal(key, this.file.read(offset, length), aad));
      const blockBytes = plaintext.readUInt32BE(0);
      const partsOf = JSON.parse(plaintext.toString("utf8", 4 + blockBytes)) as number[][];
      const block = decodeBlock(plaintext.toString("utf8", 4, 4 + blockBytes));
      if (block.events.length !== count || partsOf.length !== count)
        throw new Error("it holds another number of events");
      return { block, partsOf };
    } catch (error) {
      this.add("chunk_damaged", `chunk ${number} cannot be read: ${(error as Error).message}`, { offset });
      return undefined;
    }
  }

  private event(
    contents: SegmentContents,
    from: {
      readonly chunk: DecodedChunk;
      readonly at: number;
      readonly index: number;
      readonly entry: Uint8Array;
      /** From the event's first on. */
      readonly commitments: Uint8Array;
    },
  ): StoredEvent {
    const { chunk, at, index, entry } = from;
    const parts = chunk.partsOf[at]!.map((number, i): StoredPart => {
      const commitment = from.commitments.subarray(i * HASH_LENGTH, (i + 1) * HASH_LENGTH);
      if (number !== JOINT_PART) return this.part(contents, { number, index, commitment });
      return { ...this.joint(index), commitment };
    });
    return {
      ledger: contents.ledger,
      sequence: contents.first + index,
      entry,
      ...coreUnitsOf(chunk.block, at),
      parts,
    };
  }

  private part(
    contents: SegmentContents,
    { number, index, commitment }: { readonly number: number; readonly index: number; readonly commitment: Uint8Array },
  ): StoredPart {
    const [ref, offset] = contents.subjects[number]!;
    const units = this.subjects.get(number);
    const unit = units?.get(index);
    units?.delete(index);
    if (units !== undefined && unit === undefined) {
      const where = { offset, sequence: contents.first + index };
      this.add("subject_block_damaged", `the block of ${ref} has no unit of an event that speaks of them`, where);
    }
    return { refs: [ref], value: unit?.value, salt: unit?.salt, commitment };
  }

  private joint(index: number): StoredPart {
    const part = this.joints.get(index);
    if (part !== undefined) return part;
    this.add("joint_unit_damaged", "an event has no joint unit though it should", { sequence: this.row.first + index });
    return { refs: [], value: undefined, salt: undefined, commitment: undefined };
  }

  private readSubjects(contents: SegmentContents): void {
    for (const [number, [ref, offset, length, count]] of contents.subjects.entries()) {
      try {
        const key = this.context.subjectKey(ref);
        if (key === undefined || (length === 0 && count === 0)) continue; // erased: the commitments stand in
        if (length === 0) throw new Error("it is empty, though its key is there");
        const aad = segmentContext(contents, { group: "subject", subject: ref, count });
        const units = decodeSubjectBlock(unseal(key, this.file.read(offset, length), aad));
        if (units.length !== count) throw new Error(`it holds ${units.length} units, not ${count}`);
        this.subjects.set(number, new Map(units.map((unit) => [unit.event, unit])));
      } catch (error) {
        this.add("subject_block_damaged", `the block of ${ref} cannot be read: ${(error as Error).message}`, {
          offset,
        });
      }
    }
  }

  private readJoints(contents: SegmentContents): void {
    for (const [event, subjects, offset, length] of contents.joints) {
      const refs = subjects.map((number) => contents.subjects[number]![0]);
      let opened: { value: string; salt: Uint8Array } | undefined;
      try {
        opened = this.openJoint(contents, { event, refs, offset, length });
      } catch (error) {
        const where = { offset, sequence: contents.first + event };
        this.add("joint_unit_damaged", `a joint unit cannot be read: ${(error as Error).message}`, where);
      }
      this.joints.set(event, { refs, value: opened?.value, salt: opened?.salt, commitment: undefined });
    }
  }

  private openJoint(
    contents: SegmentContents,
    joint: {
      readonly event: number;
      readonly refs: readonly string[];
      readonly offset: number;
      readonly length: number;
    },
  ): { value: string; salt: Uint8Array } | undefined {
    const keys = new Map(joint.refs.map((ref) => [ref, this.context.subjectKey(ref)]));
    let bytes: Buffer = this.file.read(joint.offset, joint.length);
    for (const ref of joint.refs.toReversed()) {
      const key = keys.get(ref);
      // One erased person is enough; then even what the others' keys open is closed for good.
      if (key === undefined) return undefined;
      const subject = `${ref}/${joint.event}`;
      bytes = unseal(key, bytes, segmentContext(contents, { group: "joint", subject, count: 1 }));
    }
    return { value: bytes.toString("utf8", SALT_LENGTH), salt: bytes.subarray(0, SALT_LENGTH) };
  }

  private add(
    code: FindingCode,
    message: string,
    where: { readonly offset?: number; readonly sequence?: number } = {},
  ): void {
    const place = { file: this.row.name, origin: this.context.log.origin, ...where };
    this.context.findings.add(code, place, message);
  }
}

/** Every byte between header and contents belongs to exactly one piece, in the order of the format. */
function checkLayout(contents: SegmentContents, contentsAt: number): void {
  let at = SEGMENT_HEADER_BYTES + contents.count * BUNDLE_SLOT_BYTES;
  const take = (what: string, offset: number, length: number): void => {
    if (offset !== at) throw new Error(`${what} is said to be at ${offset}, and not at ${at}`);
    at += length;
  };
  let events = 0;
  for (const [number, [offset, length, count]] of contents.chunks.entries()) {
    take(`chunk ${number}`, offset, length);
    events += count;
    const isLast = events === contents.count;
    if (!isLast && (contents.first + events) % CHUNK_EVENTS !== 0)
      throw new Error(`chunk ${number} ends at no multiple of ${CHUNK_EVENTS}`);
  }
  if (events !== contents.count) throw new Error(`its chunks hold ${events} events, not ${contents.count}`);
  take("the list of commitments", contents.commitments[0], contents.commitments[1] * HASH_LENGTH);
  for (const [event, , offset, length] of contents.joints) take(`the joint unit of event ${event}`, offset, length);
  for (const [ref, offset, length] of contents.subjects) take(`the block of ${ref}`, offset, length);
  if (at !== contentsAt) throw new Error(`its pieces end at ${at}, and it has ${contentsAt}`);
}
