import { openBlockColumns } from "../block/block-columns.ts";
import { CORE_SUBJECT } from "../crypto/keyring.ts";
import { unseal } from "../crypto/seal.ts";
import { type EventColumns, entryTimeMs, type PartBytes } from "../read/event-columns.ts";
import { BUNDLE_SLOT_BYTES, JOINT_PART, segmentContext } from "./format.ts";
import { openChunk, type Segment, type SubjectKeySource } from "./read-segment.ts";
import { openSubjectBlock, type SubjectLines } from "./subject-block.ts";

/** Opened blocks of people kept while a segment is read, in bytes: those of an ordinary full segment. */
const KEPT_BYTES = 32 * 1024 * 1024;

/**
 * Reads a segment from one end to the other: each chunk and each person's block is opened once. Keys are asked for when a
 * block is opened; a scan lives for one step of its reader and must not outlive an erasure.
 */
export class SegmentScan {
  readonly segment: Segment;
  private readonly tenantNo: number;
  private readonly subjectKey: SubjectKeySource;
  private readonly blocks = new Map<number, SubjectLines | undefined>();
  private bytes = 0;

  constructor(segment: Segment, of: { readonly tenantNo: number; readonly subjectKey: SubjectKeySource }) {
    this.segment = segment;
    this.tenantNo = of.tenantNo;
    this.subjectKey = of.subjectKey;
  }

  /** The chunks that hold sequences from `first` to `end`, whole. */
  *chunks(range: { readonly first: number; readonly end: number }): Generator<EventColumns> {
    const { contents } = this.segment;
    let index = 0;
    for (const [number, [, , count]] of contents.chunks.entries()) {
      const first = contents.first + index;
      if (first + count > range.first && first < range.end) yield this.chunk(number, { index, count });
      index += count;
    }
  }

  private chunk(number: number, { index, count }: { readonly index: number; readonly count: number }): EventColumns {
    const { segment } = this;
    const { contents } = segment;
    const { block, partsOf } = openChunk(segment, number, this.subjectKey(CORE_SUBJECT));
    const { lines, shapes } = openBlockColumns(block);
    const slots = segment.entrySlots(index, count);
    const sequences = new Float64Array(count);
    const receivedAtMs = new Float64Array(count);
    const parts: PartBytes[] = [];
    for (let position = 0; position < count; position++) {
      sequences[position] = contents.first + index + position;
      receivedAtMs[position] = entryTimeMs(slots, position * BUNDLE_SLOT_BYTES + 2);
      for (const subject of partsOf[position]!) {
        const part = subject === JOINT_PART ? undefined : this.part(subject, { position, index: index + position });
        if (part !== undefined) parts.push(part);
      }
    }
    const end = contents.first + index + count;
    return { tenantNo: this.tenantNo, ledger: contents.ledger, end, lines, shapes, sequences, receivedAtMs, parts };
  }

  private part(
    subject: number,
    { position, index }: { readonly position: number; readonly index: number },
  ): PartBytes | undefined {
    const block = this.block(subject);
    if (block === undefined) return undefined;
    const line = find(block.events, index);
    if (line === -1) return undefined;
    const { bytes, starts } = block.lines;
    const ref = this.segment.contents.subjects[subject]![0];
    return { position, ref, bytes, start: starts[line]!, end: starts[line + 1]! - 1 };
  }

  private block(subject: number): SubjectLines | undefined {
    if (this.blocks.has(subject)) return this.blocks.get(subject);
    const [ref, at, length, count] = this.segment.contents.subjects[subject]!;
    const key = length === 0 ? undefined : this.subjectKey(ref);
    let block: SubjectLines | undefined;
    if (key !== undefined) {
      const aad = segmentContext(this.segment.contents, { group: "subject", subject: ref, count });
      block = openSubjectBlock(unseal(key, this.segment.file.read(at, length), aad));
      this.bytes += block.lines.bytes.length;
      if (this.bytes > KEPT_BYTES) {
        this.blocks.clear();
        this.bytes = block.lines.bytes.length;
      }
    }
    this.blocks.set(subject, block);
    return block;
  }
}

/** Where a number stands in an ascending list, or -1. */
function find(list: Uint32Array, number: number): number {
  let from = 0;
  let to = list.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (list[middle]! < number) from = middle + 1;
    else to = middle;
  }
  return list[from] === number ? from : -1;
}
