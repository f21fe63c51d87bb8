import { copyBytes } from "../bytes/compare.ts";
import { MerkleError } from "../error.ts";
import { sharedKernel } from "../sha256/create-kernel.ts";
import type { HashKernel } from "../sha256/kernel.ts";
import { HASH_LENGTH } from "../sha256/sha256.ts";
import { emptyRoot, nodeHash } from "./hashing.ts";

/**
 * Computes the root of a tree from all its leaf hashes, 32 bytes each, one after the other. Throws `out_of_range` for a
 * length that is not a multiple of 32.
 */
export function rootFromLeafHashes(leafHashes: Uint8Array, kernel: HashKernel = sharedKernel()): Uint8Array {
  if (leafHashes.length % HASH_LENGTH !== 0) {
    throw new MerkleError("out_of_range", `${leafHashes.length} bytes are not a list of hashes`);
  }
  return foldRight(leafHashes, { right: undefined, kernel }) ?? emptyRoot();
}

/**
 * Folds equal subtrees, and what stands to their right, into one hash; undefined when there is nothing.
 *
 * The unpaired last hash of each level becomes the left sibling of what has gathered to its right: RFC 6962 §2.1 splits
 * at powers of two.
 */
export function foldRight(
  hashes: Uint8Array,
  context: { readonly right: Uint8Array | undefined; readonly kernel: HashKernel },
): Uint8Array | undefined {
  let { right } = context;
  let level = hashes;
  while (level.length > 0) {
    const pairedLength = level.length - (level.length % (2 * HASH_LENGTH));
    if (pairedLength < level.length) {
      const last = copyBytes(level, pairedLength);
      right = right === undefined ? last : nodeHash(last, right);
    }
    level = context.kernel.nodeLevel(level.subarray(0, pairedLength));
  }
  return right;
}
