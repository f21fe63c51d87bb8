import { SALT_LENGTH } from "@cairn/merkle";
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

const RAW = 0;
const ZSTD = 1;
/** Below this, compression gains less than it costs. */
const COMPRESS_FROM_BYTES = 256;

/** Writes `flag ‖ u32be text length ‖ text ‖ salts`; text: JSON list of events (as differences), then a value a line. */
export function encodeSubjectBlock(units: readonly SubjectUnit[]): Uint8Array {
  let previous = 0;
  const events = units.map(({ event }) => {
    const difference = event - previous;
    previous = event;
    return difference;
  });
  const text = Buffer.from(`${JSON.stringify(events)}\n${units.map(({ value }) => value).join("\n")}`);
  const body = text.length < COMPRESS_FROM_BYTES ? text : packTight(text);
  const head = Buffer.alloc(5);
  head[0] = body === text ? RAW : ZSTD;
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body, ...units.map(({ salt }) => salt)]);
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
