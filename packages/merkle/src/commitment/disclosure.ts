import { base64Decode, base64Encode } from "../bytes/base64.ts";
import { MerkleError } from "../error.ts";
import { HASH_LENGTH } from "../sha256/sha256.ts";
import { MAX_UNITS, SALT_LENGTH } from "./limits.ts";

/** The JSON that shows an event, or as much of it as its reader may see. */
export interface Disclosure {
  readonly v: 1;
  /** Pairs of base64 salt and base64 unit. */
  readonly units: readonly (readonly [salt: string, unit: string])[];
  /** Base64 commitments of the units that are not shown. */
  readonly redacted: readonly string[];
}

/** A disclosure whose base64 has been read. */
export interface DisclosureBytes {
  readonly units: readonly { readonly salt: Uint8Array; readonly unit: Uint8Array }[];
  readonly redacted: readonly Uint8Array[];
}

/** Makes the JSON value of a disclosure. */
export function formatDisclosure(bytes: DisclosureBytes): Disclosure {
  return {
    v: 1,
    units: bytes.units.map(({ salt, unit }) => [base64Encode(salt), base64Encode(unit)] as const),
    redacted: bytes.redacted.map(base64Encode),
  };
}

/**
 * Reads a parsed JSON value as a disclosure. Only the shape is checked, `verifyDisclosure` checks the rest. Throws
 * `malformed_disclosure`, or `unit_count` when it has not 1 to 1024 units and commitments together.
 */
export function parseDisclosure(json: unknown): DisclosureBytes {
  if (!isRecord(json) || json.v !== 1) throw malformed("it is not an object with v: 1");
  const { units, redacted } = json;
  if (!Array.isArray(units) || !Array.isArray(redacted)) throw malformed("units and redacted are not both arrays");
  if (Object.keys(json).length !== 3) throw malformed("it has members other than v, units and redacted");
  const count = units.length + redacted.length;
  if (count < 1 || count > MAX_UNITS) {
    throw new MerkleError("unit_count", `an event has ${count} units, not 1 to ${MAX_UNITS}`);
  }
  return {
    units: units.map((pair: unknown, i) => {
      if (!Array.isArray(pair) || pair.length !== 2) throw malformed(`units[${i}] is not a pair`);
      return { salt: sized(pair[0], SALT_LENGTH), unit: bytesOf(pair[1]) };
    }),
    redacted: redacted.map((commitment: unknown) => sized(commitment, HASH_LENGTH)),
  };
}

function isRecord(
  json: unknown,
): json is { readonly v?: unknown; readonly units?: unknown; readonly redacted?: unknown } {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function sized(text: unknown, length: number): Uint8Array {
  const bytes = bytesOf(text);
  if (bytes.length !== length) throw malformed(`a value has ${bytes.length} bytes, not ${length}`);
  return bytes;
}

function bytesOf(text: unknown): Uint8Array {
  if (typeof text !== "string") throw malformed("a value is not a string");
  try {
    return base64Decode(text);
  } catch (cause) {
    throw new MerkleError("malformed_disclosure", "the disclosure is malformed: a value is not base64", { cause });
  }
}

function malformed(why: string): MerkleError {
  return new MerkleError("malformed_disclosure", `the disclosure is malformed: ${why}`);
}
