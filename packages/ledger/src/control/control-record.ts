import { randomBytes } from "node:crypto";
import { canonicalJson, type Json } from "@cairn/event";
import { bytesToHex, commitUnit, encodeUnit, eventRoot, SALT_LENGTH } from "@cairn/merkle";

/**
 * An act that a tenant's control log announces. Everything but `sealed` is a mandatory disclosure: an auditor always
 * gets it. `sealed` holds what may be redacted: recipient, owner, matter, reason.
 */
export interface ControlRecord {
  readonly type: ControlType;
  /** RFC 3339, UTC. */
  readonly time: string;
  /** Size and root of the event log when this was written. */
  readonly eventLog: { readonly ledger: number; readonly size: number; readonly root: Uint8Array };
  /** Ranges, predicates, keys: whatever the type needs. */
  readonly terms: Readonly<Record<string, Json>>;
  readonly sealed?: Readonly<Record<string, Json>>;
}

export const CONTROL_TYPES = [
  "genesis",
  "key.rotated",
  "retention.policy",
  "retention.deleted",
  "hold.set",
  "hold.released",
  "subject.erased",
  "restore.performed",
  "evidence.exported",
] as const;
export type ControlType = (typeof CONTROL_TYPES)[number];

/** A control entry's units, salted and committed to. */
export interface PreparedControl {
  readonly eventRoot: Uint8Array;
  readonly units: readonly ControlUnit[];
}

export interface ControlUnit {
  readonly salt: Uint8Array;
  readonly path: string;
  /** RFC 8785 text. */
  readonly value: string;
}

/** Makes the units of a control record: `/log`, `/type`, `/time`, `/event_log`, one for each term and each sealed field. */
export function prepareControl(record: ControlRecord, { origin }: { readonly origin: string }): PreparedControl {
  const { eventLog } = record;
  const fields: [string, Json][] = [
    ["/log", origin],
    ["/type", record.type],
    ["/time", record.time],
    ["/event_log", { ledger: eventLog.ledger, size: eventLog.size, root: bytesToHex(eventLog.root) }],
    ...Object.entries(record.terms).map(([key, value]): [string, Json] => [`/terms/${key}`, value]),
    ...Object.entries(record.sealed ?? {}).map(([key, value]): [string, Json] => [`/sealed/${key}`, value]),
  ];
  const units = fields.map(
    ([path, value]): ControlUnit => ({ salt: randomBytes(SALT_LENGTH), path, value: canonicalJson(value) }),
  );
  return { eventRoot: controlRoot(units), units };
}

/** Computes the event root of a control entry's units. */
export function controlRoot(units: readonly ControlUnit[]): Uint8Array {
  return eventRoot(units.map(({ salt, path, value }) => commitUnit(salt, encodeUnit(path, Buffer.from(value)))));
}

/** Writes the stored body of a control entry: JSON `[[base64 salt, path, value], …]`. */
export function encodeControlBody({ units }: PreparedControl): Uint8Array {
  return Buffer.from(
    JSON.stringify(units.map(({ salt, path, value }) => [Buffer.from(salt).toString("base64"), path, value])),
  );
}

export function decodeControlBody(bytes: Uint8Array): ControlUnit[] {
  const rows = JSON.parse(Buffer.from(bytes).toString("utf8")) as [string, string, string][];
  return rows.map(([salt, path, value]) => ({ salt: Buffer.from(salt, "base64"), path, value }));
}
