import { concatBytes, copyBytes } from "../bytes/compare.ts";
import { decodeUtf8, encodeUtf8 } from "../bytes/utf8.ts";
import { MerkleError } from "../error.ts";
import { sha256 } from "../sha256/sha256.ts";
import { isInnerPointer } from "./json-pointer.ts";
import { MAX_PATH_BYTES, SALT_LENGTH } from "./limits.ts";

/** First byte of a commitment's message; RFC 6962 uses 0x00 and 0x01. */
export const COMMITMENT_PREFIX = 0x10;

/** One (path, value) pair of an event: the smallest thing that can be disclosed by itself. */
export interface Unit {
  /** RFC 6901 JSON Pointer, beginning with "/". */
  readonly path: string;
  /** RFC 8785 (JCS) bytes of the JSON value there, as committed. */
  readonly value: Uint8Array;
}

/**
 * Writes a unit: u16be length of the path in UTF-8, the path, the value. Throws `malformed_unit` for a path that is no
 * JSON Pointer or too long, or an empty value.
 */
export function encodeUnit(path: string, value: Uint8Array): Uint8Array {
  if (!isInnerPointer(path))
    throw new MerkleError("malformed_unit", "a unit's path is a JSON Pointer that begins with /");
  if (value.length === 0) throw new MerkleError("malformed_unit", "a unit has a value");
  const pathBytes = encodeUtf8(path);
  if (pathBytes.length > MAX_PATH_BYTES)
    throw new MerkleError("malformed_unit", "a unit's path has at most 65,535 bytes");
  return concatBytes(Uint8Array.of(pathBytes.length >> 8, pathBytes.length & 0xff), pathBytes, value);
}

/** Reads a unit. The value is not parsed: hash first. Throws `malformed_unit`. */
export function decodeUnit(bytes: Uint8Array): Unit {
  if (bytes.length < 2) throw new MerkleError("malformed_unit", "a unit begins with the length of its path");
  const valueStart = 2 + ((bytes[0]! << 8) | bytes[1]!);
  if (valueStart >= bytes.length) throw new MerkleError("malformed_unit", "a unit ends before its value");
  const path = decodePath(bytes.subarray(2, valueStart));
  if (!isInnerPointer(path))
    throw new MerkleError("malformed_unit", "a unit's path is a JSON Pointer that begins with /");
  return { path, value: copyBytes(bytes, valueStart) };
}

function decodePath(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes);
  } catch (cause) {
    throw new MerkleError("malformed_unit", "a unit's path is not UTF-8", { cause });
  }
}

/** Computes a unit's commitment, SHA-256(0x10 || salt || unit). Throws `out_of_range` for a salt not of 16 bytes. */
export function commitUnit(salt: Uint8Array, unit: Uint8Array): Uint8Array {
  if (salt.length !== SALT_LENGTH) throw new MerkleError("out_of_range", `a salt has ${SALT_LENGTH} bytes`);
  return sha256(concatBytes(Uint8Array.of(COMMITMENT_PREFIX), salt, unit));
}
