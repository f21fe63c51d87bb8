import { LedgerError } from "../error.ts";
import type { BlobInfo, BlobReader, BlobSource, Blobs } from "../storage/blobs.ts";
import { RECORD_BYTES, read48, write48 } from "./records.ts";

/**
 * A run: identities sorted by fingerprint, in one immutable file (docs/formats/dedupe.md).
 * `magic[8] ‖ u32be version ‖ u32be count ‖ bloom ‖ records`
 */
const MAGIC = Buffer.from("CAIRNIDS");
const VERSION = 1;
const HEADER_BYTES = 16;
/** A block of the filter is one cache line; 10 bits an identity give about 2 % false alarms, each one short read. */
const BLOCK_BYTES = 64;
const BITS_PER_IDENTITY = 10;
const PROBES = 6;
/** Records between two entries of the in-memory index: one read of 6 KiB finds a fingerprint. */
const INDEX_STEP = 512;

export interface Run {
  readonly name: string;
  readonly count: number;
  find(fingerprint: number, found: number[]): void;
  close(): void;
}

/** Writes sorted records as a run. */
export function writeRun(
  blobs: Blobs,
  name: string,
  sorted: { readonly count: number; readonly batches: Iterable<Uint8Array> },
): BlobInfo {
  const bloom = new Uint8Array(bloomBytes(sorted.count));
  const records: Uint8Array[] = [];
  for (const batch of sorted.batches) {
    for (let at = 0; at < batch.length; at += RECORD_BYTES) mark(bloom, read48(batch, at));
    records.push(batch);
  }
  const header = Buffer.alloc(HEADER_BYTES);
  header.set(MAGIC);
  header.writeUInt32BE(VERSION, 8);
  header.writeUInt32BE(sorted.count, 12);
  const writer = blobs.create(name);
  try {
    writer.write(header);
    writer.write(bloom);
    for (const batch of records) writer.write(batch);
    return writer.finish();
  } catch (error) {
    writer.abandon();
    throw error;
  }
}

/** Opens a run: its filter and a sparse index stay in memory, its records on disk. */
export function openRun(blobs: Blobs, name: string): Run {
  const reader = blobs.open(name);
  const count = checkHeader(reader, name);
  const bloom = reader.read(HEADER_BYTES, bloomBytes(count));
  const recordsAt = HEADER_BYTES + bloom.length;
  const index = readIndex(reader, recordsAt, count);
  return {
    name,
    count,
    find(fingerprint, found) {
      if (!isMarked(bloom, fingerprint)) return;
      const from = Math.max(0, lowerBound(index, fingerprint) - 1) * INDEX_STEP;
      for (let at = from; at < count; at += INDEX_STEP) {
        const length = Math.min(INDEX_STEP, count - at);
        const records = reader.read(recordsAt + at * RECORD_BYTES, length * RECORD_BYTES);
        for (let i = 0; i < length; i++) {
          const current = read48(records, i * RECORD_BYTES);
          if (current === fingerprint) found.push(read48(records, i * RECORD_BYTES + 6));
          else if (current > fingerprint) return;
        }
      }
    },
    close: () => reader.close(),
  };
}

/** Reads a run's records in order, for merging and for fsck, which has the file `open` already. */
export function* readRun(blobs: BlobSource, name: string, open?: BlobReader): Generator<Uint8Array> {
  const reader = open ?? blobs.open(name);
  try {
    const count = checkHeader(reader, name);
    const recordsAt = HEADER_BYTES + bloomBytes(count);
    const step = 64 * INDEX_STEP;
    for (let at = 0; at < count; at += step) {
      yield reader.read(recordsAt + at * RECORD_BYTES, Math.min(step, count - at) * RECORD_BYTES);
    }
  } finally {
    if (open === undefined) reader.close();
  }
}

/** The filter that a run has, and the one that its records make. */
export function bloomOf(
  reader: BlobReader,
  name: string,
  records: Iterable<Uint8Array>,
): { readonly stored: Buffer; readonly computed: Buffer } {
  const stored = reader.read(HEADER_BYTES, bloomBytes(checkHeader(reader, name)));
  const computed = Buffer.alloc(stored.length);
  for (const batch of records)
    for (let at = 0; at < batch.length; at += RECORD_BYTES) mark(computed, read48(batch, at));
  return { stored, computed };
}

/** Sorts records by fingerprint: least significant digit radix sort, three passes over 16 bits. */
export function sortRecords(records: Uint8Array): Uint8Array {
  let from = records;
  for (let digit = 4; digit >= 0; digit -= 2) {
    const starts = new Uint32Array(65_537);
    for (let at = 0; at < from.length; at += RECORD_BYTES)
      starts[from[at + digit]! * 256 + from[at + digit + 1]! + 1]!++;
    for (let i = 0; i < 65_536; i++) starts[i + 1]! += starts[i]!;
    const to = new Uint8Array(from.length);
    for (let at = 0; at < from.length; at += RECORD_BYTES) {
      const slot = starts[from[at + digit]! * 256 + from[at + digit + 1]!]!++ * RECORD_BYTES;
      for (let byte = 0; byte < RECORD_BYTES; byte++) to[slot + byte] = from[at + byte]!;
    }
    from = to;
  }
  return from;
}

/** Merges sorted runs into batches of sorted records. */
export function* mergeRecords(inputs: readonly Iterable<Uint8Array>[]): Generator<Uint8Array> {
  const cursors = inputs.map((input) => new RecordCursor(input)).filter((cursor) => cursor.fingerprint !== undefined);
  const out = new Uint8Array(4_096 * RECORD_BYTES);
  let at = 0;
  while (cursors.length > 0) {
    let least = cursors[0]!;
    for (const cursor of cursors) if (cursor.fingerprint! < least.fingerprint!) least = cursor;
    write48(out, at, least.fingerprint!);
    write48(out, at + 6, least.place);
    at += RECORD_BYTES;
    if (!least.advance()) cursors.splice(cursors.indexOf(least), 1);
    if (at === out.length) {
      yield out.slice();
      at = 0;
    }
  }
  if (at > 0) yield out.slice(0, at);
}

class RecordCursor {
  fingerprint: number | undefined;
  place = 0;
  private readonly input: Iterator<Uint8Array>;
  private batch: Uint8Array = new Uint8Array(0);
  private at = 0;

  constructor(input: Iterable<Uint8Array>) {
    this.input = input[Symbol.iterator]();
    this.advance();
  }

  advance(): boolean {
    while (this.at >= this.batch.length) {
      const next = this.input.next();
      this.fingerprint = undefined;
      if (next.done === true) return false;
      this.batch = next.value;
      this.at = 0;
    }
    this.fingerprint = read48(this.batch, this.at);
    this.place = read48(this.batch, this.at + 6);
    this.at += RECORD_BYTES;
    return true;
  }
}

function checkHeader(reader: BlobReader, name: string): number {
  const header = reader.read(0, HEADER_BYTES);
  if (!header.subarray(0, 8).equals(MAGIC)) throw new LedgerError("corrupt", `${name} is not a run of identities`);
  const version = header.readUInt32BE(8);
  if (version !== VERSION)
    throw new LedgerError("format_newer", `${name} has run format ${version}; this program knows ${VERSION}`);
  const count = header.readUInt32BE(12);
  if (reader.bytes !== HEADER_BYTES + bloomBytes(count) + count * RECORD_BYTES)
    throw new LedgerError("corrupt", `${name} has the wrong length`);
  return count;
}

function readIndex(reader: BlobReader, recordsAt: number, count: number): Float64Array {
  const index = new Float64Array(Math.ceil(count / INDEX_STEP));
  const step = 64;
  for (let i = 0; i < index.length; i += step) {
    const first = i * INDEX_STEP;
    const records = reader.read(
      recordsAt + first * RECORD_BYTES,
      Math.min(step * INDEX_STEP, count - first) * RECORD_BYTES,
    );
    for (let j = 0; j < step && i + j < index.length; j++)
      index[i + j] = read48(records, j * INDEX_STEP * RECORD_BYTES);
  }
  return index;
}

/** Index of the first value that is not below `target`. */
function lowerBound(sorted: Float64Array, target: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < target) low = middle + 1;
    else high = middle;
  }
  return low;
}

function bloomBytes(count: number): number {
  return Math.max(1, Math.ceil((count * BITS_PER_IDENTITY) / 8 / BLOCK_BYTES)) * BLOCK_BYTES;
}

function mark(bloom: Uint8Array, fingerprint: number): void {
  const { block, seed } = place(bloom, fingerprint);
  let bits = seed;
  for (let i = 0; i < PROBES; i++) {
    bits = Math.imul(bits, 0x9e3779b1) + 0x7f4a7c15;
    bloom[block + ((bits >>> 26) & 63)]! |= 1 << ((bits >>> 23) & 7);
  }
}

function isMarked(bloom: Uint8Array, fingerprint: number): boolean {
  const { block, seed } = place(bloom, fingerprint);
  let bits = seed;
  for (let i = 0; i < PROBES; i++) {
    bits = Math.imul(bits, 0x9e3779b1) + 0x7f4a7c15;
    if ((bloom[block + ((bits >>> 26) & 63)]! & (1 << ((bits >>> 23) & 7))) === 0) return false;
  }
  return true;
}

function place(bloom: Uint8Array, fingerprint: number): { block: number; seed: number } {
  const blocks = bloom.length / BLOCK_BYTES;
  return { block: (Math.floor(fingerprint / 2 ** 16) % blocks) * BLOCK_BYTES, seed: (fingerprint % 2 ** 32) | 0 };
}
