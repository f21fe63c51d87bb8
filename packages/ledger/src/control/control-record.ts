import { randomBytes } from "node:crypto";
import { canonicalJson, type Json } from "@cairn/event";
import { base64Decode, base64Encode, bytesToHex, commitUnit, encodeUnit, eventRoot, SALT_LENGTH } from "@cairn/merkle";
import { LedgerError } from "../error.ts";

/**
 * An act that a tenant's control log announces. Type, time, state of the event log and terms are mandatory disclosures: an
 * auditor always gets them.
 */
export interface ControlRecord {
  readonly type: ControlType;
  /** RFC 3339, UTC. */
  readonly time: string;
  /** Size and root of the event log when this was written. */
  readonly eventLog: { readonly ledger: number; readonly size: number; readonly root: Uint8Array };
  /** Ranges, predicates, keys: whatever the type needs. One unit, so that none of them can be left out unseen. */
  readonly terms: Readonly<Record<string, Json>>;
  /** What may be redacted: recipient, owner, matter, reason. */
  readonly sealed?: Readonly<Record<string, Json>>;
  /**
   * What is committed to and not kept, because the control log is kept for ever and this may name people. Whoever appends the
   * record gets the units, to be shown where they are due.
   */
  readonly withheld?: Readonly<Record<string, Json>>;
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
  readonly kept: readonly ControlUnit[];
  readonly withheld: readonly ControlUnit[];
}

export interface ControlUnit {
  readonly salt: Uint8Array;
  readonly path: string;
  /** RFC 8785 text. */
  readonly value: string;
}

/** What the ledger keeps of a control entry. */
export interface ControlBody {
  readonly units: readonly ControlUnit[];
  /** Commitments of the units that are not kept. */
  readonly withheld: readonly Uint8Array[];
}

/** Makes the units of a control record: `/log`, `/type`, `/time`, `/event_log`, `/terms`, and `/sealed/…` for each other field. */
export function prepareControl(record: ControlRecord, { origin }: { readonly origin: string }): PreparedControl {
  const { eventLog, sealed = {}, withheld = {} } = record;
  const kept = [
    salted("/log", origin),
    salted("/type", record.type),
    salted("/time", record.time),
    salted("/event_log", { ledger: eventLog.ledger, size: eventLog.size, root: bytesToHex(eventLog.root) }),
    salted("/terms", record.terms),
    ...sealedUnits(sealed),
  ];
  const apart = sealedUnits(withheld);
  return { eventRoot: eventRoot([...kept, ...apart].map(commitControlUnit)), kept, withheld: apart };
}

function sealedUnits(fields: Readonly<Record<string, Json>>): ControlUnit[] {
  return Object.entries(fields).map(([name, value]) => salted(`/sealed/${name}`, value));
}

function salted(path: string, value: Json): ControlUnit {
  return { salt: randomBytes(SALT_LENGTH), path, value: canonicalJson(value) };
}

/** Computes the event root of a control entry. */
export function controlRoot({ units, withheld }: ControlBody): Uint8Array {
  return eventRoot([...units.map(commitControlUnit), ...withheld]);
}

/** Computes the commitment of a control entry's unit. */
export function commitControlUnit({ salt, path, value }: ControlUnit): Uint8Array {
  return commitUnit(salt, encodeUnit(path, Buffer.from(value)));
}

/** Writes the stored body of a control entry: JSON `{"v": 1, "units": [[base64 salt, path, value], …], "withheld": [base64, …]}`. */
export function encodeControlBody({ kept, withheld }: PreparedControl): Uint8Array {
  return Buffer.from(
    JSON.stringify({
      v: 1,
      units: kept.map(({ salt, path, value }) => [base64Encode(salt), path, value]),
      withheld: withheld.map((unit) => base64Encode(commitControlUnit(unit))),
    }),
  );
}

/** Reads a stored body. @throws LedgerError format_newer */
export function decodeControlBody(bytes: Uint8Array): ControlBody {
  const body = JSON.parse(Buffer.from(bytes).toString("utf8")) as StoredBody;
  if (body.v !== 1) throw new LedgerError("format_newer", `a control entry is of format ${String(body.v)}`);
  return {
    units: body.units.map(([salt, path, value]) => ({ salt: base64Decode(salt), path, value })),
    withheld: body.withheld.map(base64Decode),
  };
}

interface StoredBody {
  readonly v: unknown;
  readonly units: readonly (readonly [salt: string, path: string, value: string])[];
  readonly withheld: readonly string[];
}
