import { copyBytes } from "../bytes/compare.ts";
import { MerkleError } from "../error.ts";
import { HASH_LENGTH } from "../sha256/sha256.ts";
import { CHECKPOINT_ENTRY_LENGTH, ENTRY_LENGTH } from "./limits.ts";

/** Version byte of every entry of format v1. */
export const ENTRY_VERSION = 0x01;

/** Kind bytes of format v1: an event, a control act, a tenant's checkpoint in an anchor log. */
export const ENTRY_KIND = { event: 0x01, control: 0x02, checkpoint: 0x03 } as const;

/** What a log keeps of one event or control act: 42 bytes, none of them content. */
export interface EventEntry {
  readonly kind: "event" | "control";
  /** Server receive time, Unix milliseconds; never decreases within a log. */
  readonly receivedAt: number;
  /** 32 bytes. */
  readonly eventRoot: Uint8Array;
}

/** What an anchor log keeps of one tenant's checkpoint: 82 bytes. */
export interface CheckpointEntry {
  readonly kind: "checkpoint";
  /** Time of anchoring, Unix milliseconds. */
  readonly receivedAt: number;
  /** SHA-256 of the origin, 32 bytes: an anchor log names no tenant. */
  readonly originHash: Uint8Array;
  readonly size: bigint;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/** An entry of a log, of any kind. */
export type Entry = EventEntry | CheckpointEntry;

/** Writes an entry: 42 bytes for an event or control act, 82 for a checkpoint. Throws `out_of_range`. */
export function encodeEntry(entry: Entry): Uint8Array {
  const target = new Uint8Array(entry.kind === "checkpoint" ? CHECKPOINT_ENTRY_LENGTH : ENTRY_LENGTH);
  writeEntry(entry, { target, offset: 0 });
  return target;
}

/** Writes an entry at `offset` of `target`, which must have room for it. Throws `out_of_range`. */
export function writeEntry(entry: Entry, place: { readonly target: Uint8Array; readonly offset: number }): void {
  const { target, offset } = place;
  const length = entry.kind === "checkpoint" ? CHECKPOINT_ENTRY_LENGTH : ENTRY_LENGTH;
  if (!(offset >= 0 && offset + length <= target.length)) {
    throw new MerkleError("out_of_range", `no room for an entry of ${length} bytes`);
  }
  if (!Number.isSafeInteger(entry.receivedAt) || entry.receivedAt < 0) {
    throw new MerkleError("out_of_range", "receivedAt is a whole number of milliseconds");
  }
  target[offset] = ENTRY_VERSION;
  target[offset + 1] = ENTRY_KIND[entry.kind];
  const time = new DataView(target.buffer, target.byteOffset + offset + 2, 8);
  time.setUint32(0, Math.floor(entry.receivedAt / 2 ** 32));
  time.setUint32(4, entry.receivedAt % 2 ** 32);
  if (entry.kind === "checkpoint") writeCheckpoint(entry, target.subarray(offset + 10, offset + length));
  else target.set(hash("eventRoot", entry.eventRoot), offset + 10);
}

function writeCheckpoint(entry: CheckpointEntry, target: Uint8Array): void {
  if (entry.size < 0n || entry.size >= 1n << 64n) throw new MerkleError("out_of_range", "a size has 64 bits");
  target.set(hash("originHash", entry.originHash));
  new DataView(target.buffer, target.byteOffset + HASH_LENGTH, 8).setBigUint64(0, entry.size);
  target.set(hash("root", entry.root), HASH_LENGTH + 8);
}

function hash(name: string, bytes: Uint8Array): Uint8Array {
  if (bytes.length !== HASH_LENGTH) throw new MerkleError("out_of_range", `${name} has ${HASH_LENGTH} bytes`);
  return bytes;
}

/**
 * Reads an entry of format v1. Throws `malformed_entry` for another version, kind or length, or a time past 2^53 - 1
 * milliseconds, which no clock gives.
 */
export function decodeEntry(bytes: Uint8Array): Entry {
  if (bytes[0] !== ENTRY_VERSION) throw new MerkleError("malformed_entry", "the entry is not of version 1");
  const kind = kindOf(bytes[1]);
  const length = kind === "checkpoint" ? CHECKPOINT_ENTRY_LENGTH : ENTRY_LENGTH;
  if (bytes.length !== length) {
    throw new MerkleError("malformed_entry", `a ${kind} entry has ${length} bytes, not ${bytes.length}`);
  }
  const numbers = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const receivedAt = numbers.getUint32(2) * 2 ** 32 + numbers.getUint32(6);
  if (!Number.isSafeInteger(receivedAt)) throw new MerkleError("malformed_entry", "the entry's time is out of range");
  if (kind !== "checkpoint") return { kind, receivedAt, eventRoot: copyBytes(bytes, 10) };
  return {
    kind,
    receivedAt,
    originHash: copyBytes(bytes, 10, 42),
    size: numbers.getBigUint64(42),
    root: copyBytes(bytes, 50),
  };
}

function kindOf(byte: number | undefined): Entry["kind"] {
  switch (byte) {
    case ENTRY_KIND.event:
      return "event";
    case ENTRY_KIND.control:
      return "control";
    case ENTRY_KIND.checkpoint:
      return "checkpoint";
    default:
      throw new MerkleError("malformed_entry", "the entry's kind is unknown");
  }
}
