import { ENTRY_LENGTH, MAX_UNITS } from "../commitment/limits.ts";
import { MerkleError } from "../error.ts";
import { HASH_LENGTH } from "./sha256.ts";

/** Throws `out_of_range` unless all `count` messages lie within the first `inputLength` bytes. */
export function checkMessages(
  inputLength: number,
  messages: { readonly offsets: Uint32Array; readonly lengths: Uint32Array; readonly count: number },
): void {
  const { offsets, lengths, count } = messages;
  if (!(Number.isInteger(count) && count >= 0 && count <= offsets.length && count <= lengths.length)) {
    throw new MerkleError(
      "out_of_range",
      `${count} messages, but ${offsets.length} offsets, ${lengths.length} lengths`,
    );
  }
  for (let i = 0; i < count; i++) {
    if (offsets[i]! + lengths[i]! > inputLength) {
      throw new MerkleError("out_of_range", `message ${i} reaches past the input`, { position: i });
    }
  }
}

/** Throws unless `commitments` holds exactly what `counts` announces, each count from 1 to 1024. */
export function checkCounts(commitments: Uint8Array, counts: Uint16Array | Uint32Array): void {
  let total = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    if (count < 1 || count > MAX_UNITS) {
      throw new MerkleError("unit_count", `event ${i} has ${count} units, not 1 to ${MAX_UNITS}`, { position: i });
    }
    total += count;
  }
  if (commitments.length !== total * HASH_LENGTH) {
    throw new MerkleError("out_of_range", `${commitments.length} bytes of commitments, not ${total * HASH_LENGTH}`);
  }
}

/** Throws `out_of_range` unless `entries` is `count` entries of 42 bytes. */
export function checkEntries(entries: Uint8Array, count: number): void {
  if (!Number.isInteger(count) || entries.length !== count * ENTRY_LENGTH) {
    throw new MerkleError("out_of_range", `${entries.length} bytes are not ${count} entries of ${ENTRY_LENGTH}`);
  }
}

/** Throws `out_of_range` unless `hashes` is a whole number of pairs. */
export function checkPairs(hashes: Uint8Array): void {
  if (hashes.length % (2 * HASH_LENGTH) !== 0) {
    throw new MerkleError("out_of_range", `${hashes.length} bytes are not pairs of hashes`);
  }
}

/** Makes the error for an event that has one commitment twice. */
export function duplicateCommitment(event: number): MerkleError {
  return new MerkleError("duplicate_commitment", `event ${event} has a commitment twice`, { position: event });
}
