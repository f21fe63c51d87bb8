import { bytesEqual } from "../bytes/compare.ts";
import { decodeUtf8 } from "../bytes/utf8.ts";
import { MerkleError } from "../error.ts";
import { type DisclosureBytes, parseDisclosure } from "./disclosure.ts";
import { decodeEntry, type EventEntry } from "./entry.ts";
import { eventRoot } from "./event-root.ts";
import { findPathConflict } from "./json-pointer.ts";
import { commitUnit, decodeUnit, type Unit } from "./unit.ts";

/** Says whether a disclosure shows the event that an entry commits to, and if not, why. */
export type DisclosureVerdict =
  | {
      readonly ok: true;
      readonly entry: EventEntry;
      /** The units shown, in the disclosure's order, bit for bit as committed. */
      readonly units: readonly Unit[];
      /** How many units are not shown. */
      readonly redactedCount: number;
    }
  | { readonly ok: false; readonly code: DisclosureRefusal; readonly message: string };

/** Names why a disclosure was refused. */
export type DisclosureRefusal =
  | "malformed_entry"
  | "malformed_disclosure"
  | "malformed_unit"
  | "unit_count"
  | "duplicate_commitment"
  | "duplicate_path"
  | "nested_path"
  | "root_mismatch"
  | "value_not_json";

/**
 * Verifies that a disclosure (a parsed JSON value, untrusted) shows the event behind `entry`.
 *
 * Everything is hashed before any value is looked at. That the paths shown are distinct and none is an ancestor of
 * another is checked here; nothing can be known about the paths of redacted units.
 */
export function verifyDisclosure(disclosure: unknown, entry: Uint8Array): DisclosureVerdict {
  try {
    const decoded = decodeEntry(entry);
    if (decoded.kind === "checkpoint") return refused("malformed_entry", "a checkpoint entry has no disclosure");
    return verifyParsed(parseDisclosure(disclosure), decoded);
  } catch (error) {
    if (error instanceof MerkleError && isRefusal(error.code)) return refused(error.code, error.message);
    throw error;
  }
}

function verifyParsed(bytes: DisclosureBytes, entry: EventEntry): DisclosureVerdict {
  const shown = bytes.units.map(({ salt, unit }) => commitUnit(salt, unit));
  const root = eventRoot([...shown, ...bytes.redacted]);
  if (!bytesEqual(root, entry.eventRoot)) {
    return refused("root_mismatch", "the units shown are not those that the entry commits to");
  }
  const units = bytes.units.map(({ unit }) => decodeUnit(unit));
  const conflict = findPathConflict(units.map((unit) => unit.path));
  if (conflict !== undefined) return refused(conflict.kind, `${conflict.path} overlaps another unit`);
  const bad = units.find((unit) => !isJson(unit.value));
  if (bad !== undefined) return refused("value_not_json", `the value at ${bad.path} is not JSON`);
  return { ok: true, entry, units, redactedCount: bytes.redacted.length };
}

function isJson(value: Uint8Array): boolean {
  try {
    JSON.parse(decodeUtf8(value));
    return true;
  } catch {
    return false;
  }
}

function isRefusal(code: string): code is DisclosureRefusal {
  return (
    code === "malformed_entry" ||
    code === "malformed_disclosure" ||
    code === "malformed_unit" ||
    code === "unit_count" ||
    code === "duplicate_commitment"
  );
}

function refused(code: DisclosureRefusal, message: string): DisclosureVerdict {
  return { ok: false, code, message };
}
