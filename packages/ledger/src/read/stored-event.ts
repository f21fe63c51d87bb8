import {
  type CairnEvent,
  decodePart,
  formatTime,
  JOINT_REF,
  joinEvent,
  type Receipt,
  rebuildCore,
  type SplitEvent,
  type SubjectPart,
} from "@cairn/event";
import { bytesToHex, decodeEntry, SALT_LENGTH } from "@cairn/merkle";
import { type CoreUnits, saltsOf } from "../block/block.ts";
import { saltStream } from "../crypto/salts.ts";

/** A sealed unit of an event: of one person, or of several together. */
export interface StoredPart {
  /** Whose keys it needs. */
  readonly refs: readonly string[];
  /** RFC 8785 text; undefined once a key has been destroyed. */
  readonly value: string | undefined;
  readonly salt: Uint8Array | undefined;
  /** 32 bytes, kept for when the rest is gone; may be undefined while the rest is there, from which it can be computed. */
  readonly commitment: Uint8Array | undefined;
}

/** An event as the ledger holds it, opened. Values are RFC 8785 text; `/log` is not among the paths. */
export interface StoredEvent extends CoreUnits {
  readonly ledger: number;
  readonly sequence: number;
  /** 42 bytes. */
  readonly entry: Uint8Array;
  readonly parts: readonly StoredPart[];
}

/** Salts of an event's core: `/log` first, then each unit. */
export function coreSalts(event: StoredEvent): Uint8Array[] {
  const count = saltsOf(event.paths.length);
  const bytes = saltStream(event.seed, event.saltStart, count);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * SALT_LENGTH, (i + 1) * SALT_LENGTH));
}

/** The event taken apart, with the parts that can still be read. */
export function splitOf(event: StoredEvent): SplitEvent {
  const core = rebuildCore(event.paths.map((path, i) => [path, event.values[i]!] as const));
  const parts: SubjectPart[] = [];
  let joint: SubjectPart | undefined;
  for (const { refs, value } of event.parts) {
    if (value === undefined) continue;
    if (refs.length === 1) parts.push(decodePart(refs[0]!, value));
    else joint = decodePart(JOINT_REF, value);
  }
  return joint === undefined ? { core, parts } : { core, parts, joint };
}

/** The event as it was accepted, as far as it can still be read. */
export function eventOf(event: StoredEvent): CairnEvent {
  return joinEvent(splitOf(event));
}

/** The receipt, reproduced from the entry. */
export function receiptOf(event: {
  readonly ledger: number;
  readonly sequence: number;
  readonly entry: Uint8Array;
}): Receipt {
  const entry = decodeEntry(event.entry);
  if (entry.kind === "checkpoint") throw new Error("BUG: an anchor entry in a tenant's log");
  return {
    ledger: event.ledger,
    sequence: event.sequence,
    received_at: formatTime(entry.receivedAt),
    event_root: bytesToHex(entry.eventRoot),
  };
}

/** When the server received an event, Unix milliseconds, from its entry. */
export function receiptTimeMs(entry: Uint8Array): number {
  return decodeEntry(entry).receivedAt;
}
