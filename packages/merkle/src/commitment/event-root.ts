import { bytesEqual, compareBytes, concatBytes } from "../bytes/compare.ts";
import { MerkleError } from "../error.ts";
import { HASH_LENGTH, sha256 } from "../sha256/sha256.ts";
import { MAX_UNITS } from "./limits.ts";

/** First byte of an event root's message. */
export const EVENT_ROOT_PREFIX = 0x11;

/**
 * Computes SHA-256(0x11 || u16be(n) || c_1 || … || c_n) over an event's commitments, ascending as byte strings, so that
 * their order tells nothing about the fields'.
 *
 * Throws `unit_count` outside 1 to 1024, `duplicate_commitment` for equal ones, `out_of_range` for one not of 32 bytes.
 */
export function eventRoot(commitments: readonly Uint8Array[]): Uint8Array {
  const count = commitments.length;
  if (count < 1 || count > MAX_UNITS) {
    throw new MerkleError("unit_count", `an event has ${count} units, not 1 to ${MAX_UNITS}`);
  }
  if (commitments.some((commitment) => commitment.length !== HASH_LENGTH)) {
    throw new MerkleError("out_of_range", `a commitment has ${HASH_LENGTH} bytes`);
  }
  const sorted = commitments.toSorted(compareBytes);
  if (sorted.some((commitment, i) => i > 0 && bytesEqual(commitment, sorted[i - 1]!))) {
    throw new MerkleError("duplicate_commitment", "an event has a commitment twice");
  }
  return sha256(concatBytes(Uint8Array.of(EVENT_ROOT_PREFIX, count >> 8, count & 0xff), ...sorted));
}
