import { CanonicalWriter } from "@cairn/event";
import { SALT_LENGTH } from "@cairn/merkle";
import { findLines, type Lines } from "../block/block-columns.ts";
import { packTight, unpack } from "../crypto/zstd.ts";
import { LedgerError } from "../error.ts";

/** A person's unit in one event of a segment. */
export interface SubjectUnit {
  /** Index of the event in the segment. */
  readonly event: number;
  /** RFC 8785 text. */
  readonly value: string;
  readonly salt: Uint8Array;
}

const LINE_FEED = 0x0a;
const RAW = 0;
const ZSTD = 1;
/** Below this, compression gains less than it costs. */
const COMPRESS_FROM_BYTES = 256;

/** A person's units on their way into a segment; their bytes are copied, so that the rows they came from can go. */
export class SubjectUnits {
  private readonly events: number[] = [];
  private readonly values = new CanonicalWriter(256);
  private readonly salts = new CanonicalWriter(SALT_LENGTH * 4);
  private lastEvent = 0;

  get count(): number {
    return this.events.length;
  }

  add(event: number, value: Uint8Array, salt: Uint8Array): void {
    this.events.push(event - this.lastEvent);
    this.lastEvent = event;
    this.values.byte(LINE_FEED);
    this.values.raw(value, 0, value.length);
    this.salts.raw(salt, 0, salt.length);
  }

  /** JSON list of events (as differences), then a value a line. */
  text(): Buffer {
    return Buffer.concat([Buffer.from(JSON.stringify(this.events)), this.values.bytes.subarray(0, this.values.length)]);
  }

  allSalts(): Uint8Array {
    return this.salts.bytes.subarray(0, this.salts.length);
  }
}

/** Writes `flag ‖ u32be length ‖ text ‖ salts`; the text is compressed when that pays. */
export function encodeSubjectBlock(units: SubjectUnits): Uint8Array {
  const text = units.text();
  const body = text.length < COMPRESS_FROM_BYTES ? text : packTight(text);
  const head = Buffer.alloc(5);
  head[0] = body === text ? RAW : ZSTD;
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body, units.allSalts()]);
}

/** A subject block, unpacked. */
interface OpenSubjectBlock {
  /** In which events there is a unit. */
  readonly events: Uint32Array;
  /** A line for each unit from `linesFrom` on; the last has no line feed behind it. */
  readonly text: Buffer;
  readonly linesFrom: number;
  /** 16 bytes a unit, in their order. */
  readonly salts: Buffer;
}

function openBlock(bytes: Buffer): OpenSubjectBlock {
  const length = bytes.readUInt32BE(1);
  const body = bytes.subarray(5, 5 + length);
  const text = bytes[0] === ZSTD ? unpack(body) : body;
  const headEnd = text.indexOf(LINE_FEED);
  const differences = JSON.parse(text.toString("latin1", 0, headEnd === -1 ? text.length : headEnd)) as number[];
  const events = new Uint32Array(differences.length);
  let event = 0;
  for (let i = 0; i < events.length; i++) {
    event += differences[i]!;
    events[i] = event;
  }
  const salts = bytes.subarray(5 + length);
  if (salts.length !== events.length * SALT_LENGTH) throw disagrees();
  return { events, text, linesFrom: headEnd + 1, salts };
}

function disagrees(): LedgerError {
  return new LedgerError("corrupt", "a subject block disagrees with itself");
}

/** A person's units of a segment, still bytes: line `i` is the unit in event `events[i]`. */
export interface SubjectLines {
  readonly events: Uint32Array;
  readonly lines: Lines;
}

/** Reads what {@link encodeSubjectBlock} wrote without making text of it. */
export function openSubjectBlock(bytes: Buffer): SubjectLines {
  const { events, text, linesFrom } = openBlock(bytes);
  const { starts } = findLines(text, linesFrom);
  // The last line has no line feed behind it.
  const ends = new Uint32Array(starts.length + 1);
  ends.set(starts);
  ends[starts.length] = text.length + 1;
  if (starts.length !== events.length) throw disagrees();
  return { events, lines: { bytes: text, starts: ends } };
}

/** A person's units of a segment, of which a few are wanted. */
export interface SparseSubjectBlock {
  /** Memory that it holds. */
  readonly byteLength: number;
  /** The unit in one event, if there is one. */
  unitAt(event: number): SubjectUnit | undefined;
}

/** Reads what {@link encodeSubjectBlock} wrote, and makes text of what is asked for. */
export function openSparseSubjectBlock(bytes: Buffer): SparseSubjectBlock {
  const { events, text, linesFrom, salts } = openBlock(bytes);
  return {
    byteLength: text.length + salts.length + events.byteLength,
    unitAt(event) {
      const unit = events.indexOf(event);
      if (unit === -1) return undefined;
      let from = linesFrom;
      for (let line = 0; line < unit; line++) {
        const end = text.indexOf(LINE_FEED, from);
        if (end === -1) throw disagrees();
        from = end + 1;
      }
      const end = text.indexOf(LINE_FEED, from);
      const value = text.toString("utf8", from, end === -1 ? text.length : end);
      return { event, value, salt: salts.subarray(unit * SALT_LENGTH, (unit + 1) * SALT_LENGTH) };
    },
  };
}

/** Reads what {@link encodeSubjectBlock} wrote. */
export function decodeSubjectBlock(bytes: Buffer): SubjectUnit[] {
  const length = bytes.readUInt32BE(1);
  const body = bytes.subarray(5, 5 + length);
  const text = (bytes[0] === ZSTD ? unpack(body) : body).toString("utf8");
  const [head = "[]", ...values] = text.split("\n");
  const differences = JSON.parse(head) as number[];
  const salts = bytes.subarray(5 + length);
  if (differences.length !== values.length || salts.length !== values.length * SALT_LENGTH) {
    throw new LedgerError("corrupt", "a subject block disagrees with itself");
  }
  let event = 0;
  return values.map((value, i) => {
    event += differences[i]!;
    return { event, value, salt: salts.subarray(i * SALT_LENGTH, (i + 1) * SALT_LENGTH) };
  });
}
