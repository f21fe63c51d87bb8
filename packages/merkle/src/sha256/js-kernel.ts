import { compareBytes } from "../bytes/compare.ts";
import { ENTRY_LENGTH } from "../commitment/limits.ts";
import { MerkleError } from "../error.ts";
import type { HashKernel } from "./kernel.ts";
import { checkCounts, checkEntries, checkMessages, checkPairs, duplicateCommitment } from "./kernel-arguments.ts";
import { HASH_LENGTH, sha256 } from "./sha256.ts";

/** Creates a kernel in plain JavaScript, for platforms without WebAssembly SIMD. Slower, same answers. */
export function createJsKernel(): HashKernel {
  let memory = new Uint8Array(0);
  let inputLength = 0;

  return {
    implementation: "js",

    input(byteLength) {
      if (!(Number.isInteger(byteLength) && byteLength >= 0 && byteLength <= 1 << 30)) {
        throw new MerkleError("out_of_range", `an input of ${byteLength} bytes`);
      }
      if (memory.length < byteLength) memory = new Uint8Array(byteLength);
      inputLength = byteLength;
      return memory.subarray(0, byteLength);
    },

    hashMessages(offsets, lengths, count) {
      checkMessages(inputLength, { offsets, lengths, count });
      return hashEach(count, (i) => memory.subarray(offsets[i]!, offsets[i]! + lengths[i]!));
    },

    eventRoots(commitments, counts) {
      checkCounts(commitments, counts);
      let at = 0;
      return hashEach(counts.length, (event) => {
        const end = at + counts[event]! * HASH_LENGTH;
        const message = eventRootMessage(commitments.subarray(at, end), event);
        at = end;
        return message;
      });
    },

    leafHashes(entries, count) {
      checkEntries(entries, count);
      const message = new Uint8Array(1 + ENTRY_LENGTH);
      return hashEach(count, (i) => {
        message.set(entries.subarray(i * ENTRY_LENGTH, (i + 1) * ENTRY_LENGTH), 1);
        return message;
      });
    },

    nodeLevel(hashes) {
      checkPairs(hashes);
      const message = new Uint8Array(1 + 2 * HASH_LENGTH).fill(1, 0, 1);
      return hashEach(hashes.length / (2 * HASH_LENGTH), (i) => {
        message.set(hashes.subarray(i * 2 * HASH_LENGTH, (i + 1) * 2 * HASH_LENGTH), 1);
        return message;
      });
    },
  };
}

function hashEach(count: number, message: (i: number) => Uint8Array): Uint8Array {
  const out = new Uint8Array(count * HASH_LENGTH);
  for (let i = 0; i < count; i++) out.set(sha256(message(i)), i * HASH_LENGTH);
  return out;
}

function eventRootMessage(commitments: Uint8Array, event: number): Uint8Array {
  const count = commitments.length / HASH_LENGTH;
  const sorted = Array.from({ length: count }, (_, i) =>
    commitments.subarray(i * HASH_LENGTH, (i + 1) * HASH_LENGTH),
  ).sort(compareBytes);
  const message = new Uint8Array(3 + commitments.length);
  message.set([0x11, count >> 8, count & 0xff]);
  for (const [i, commitment] of sorted.entries()) {
    if (i > 0 && compareBytes(sorted[i - 1]!, commitment) === 0) throw duplicateCommitment(event);
    message.set(commitment, 3 + i * HASH_LENGTH);
  }
  return message;
}
