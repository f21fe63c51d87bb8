import { isCount, isObject } from "./plain-json.ts";

/** Acts that a control log announces, and the terms without which an entry of a type says nothing. */
export const CONTROL_TERMS: Readonly<Record<string, readonly string[]>> = {
  genesis: ["format", "origin", "event_log_vkey", "control_log_vkey"],
  "key.rotated": [],
  "retention.policy": [],
  "retention.deleted": [],
  "hold.set": [],
  "hold.released": [],
  "subject.erased": [],
  "restore.performed": [],
  "evidence.exported": [],
};

/** A control entry's word on the event log when it was written. */
export interface EventLogState {
  readonly ledger: number;
  readonly size: number;
  readonly root: Uint8Array;
}

/** Reads the value of `/event_log`; undefined when it is none. */
export function parseEventLogState(value: unknown): EventLogState | undefined {
  if (!isObject(value) || Object.keys(value).length !== 3) return undefined;
  const { ledger, size, root } = value;
  if (!isCount(ledger) || !isCount(size) || typeof root !== "string" || !/^[0-9a-f]{64}$/.test(root)) return undefined;
  return { ledger, size, root: Buffer.from(root, "hex") };
}

/** What an announced deletion covers. */
export interface Deletion {
  /** Sequences, both ends included; undefined when the deletion is not by range. */
  readonly ranges: readonly (readonly [first: number, last: number])[] | undefined;
  /** Unix milliseconds; undefined when the deletion is not by time. */
  readonly receivedBeforeMs: number | undefined;
  /** Events there were when it was announced: later ones it cannot cover. */
  readonly logSize: number;
}

/** Reads what a `retention.deleted` entry covers: `ranges`, `received_before`, or both. Undefined when neither is there. */
export function parseDeletion(terms: Readonly<Record<string, unknown>>, logSize: number): Deletion | undefined {
  const { ranges, received_before } = terms;
  const receivedBeforeMs = typeof received_before === "string" ? Date.parse(received_before) : undefined;
  if (Number.isNaN(receivedBeforeMs)) return undefined;
  if (ranges === undefined) {
    return receivedBeforeMs === undefined ? undefined : { ranges: undefined, receivedBeforeMs, logSize };
  }
  if (!Array.isArray(ranges) || !ranges.every(isRange)) return undefined;
  return { ranges, receivedBeforeMs, logSize };
}

function isRange(range: unknown): range is readonly [number, number] {
  return Array.isArray(range) && range.length === 2 && isCount(range[0]) && isCount(range[1]) && range[0] <= range[1];
}

/** Tells whether a deletion covers an entry. */
export function covers(
  deletion: Deletion,
  entry: { readonly sequence: number; readonly receivedAtMs: number },
): boolean {
  const { ranges, receivedBeforeMs, logSize } = deletion;
  if (entry.sequence >= logSize) return false;
  if (receivedBeforeMs !== undefined && entry.receivedAtMs >= receivedBeforeMs) return false;
  return ranges?.some(([first, last]) => entry.sequence >= first && entry.sequence <= last) ?? true;
}
