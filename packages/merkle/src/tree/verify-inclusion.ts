import { bytesEqual } from "../bytes/compare.ts";
import { HASH_LENGTH } from "../sha256/sha256.ts";
import { bitCount, bitLength } from "./bits.ts";
import { nodeHash } from "./hashing.ts";
import { PROVEN, type ProofVerdict, refuted } from "./verdict.ts";

/** A tree as a checkpoint names it. */
export interface TreeHead {
  readonly size: bigint;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/** What somebody claims about one leaf. All of it is untrusted. */
export interface InclusionClaim {
  readonly leafIndex: bigint;
  readonly leafHash: Uint8Array;
  /** Leaf's sibling first. */
  readonly hashes: readonly Uint8Array[];
}

/** Verifies that a leaf is in the tree whose head is given: RFC 9162 §2.1.3.2. */
export function verifyInclusion(claim: InclusionClaim, head: TreeHead): ProofVerdict {
  const { leafIndex, leafHash, hashes } = claim;
  if (leafIndex < 0n || leafIndex >= head.size) {
    return refuted("size_out_of_range", `a tree of ${head.size} has no leaf ${leafIndex}`);
  }
  if (leafHash.length !== HASH_LENGTH || hashes.some((hash) => hash.length !== HASH_LENGTH)) {
    return refuted("malformed_hash", `a hash has ${HASH_LENGTH} bytes`);
  }
  // Below `innerCount` the path has a sibling on either side; above it, on the tree's right edge, only on the left.
  const innerCount = bitLength(leafIndex ^ (head.size - 1n));
  const expectedCount = innerCount + bitCount(leafIndex >> BigInt(innerCount));
  if (hashes.length !== expectedCount) {
    return refuted("proof_wrong_length", `the proof has ${hashes.length} hashes, not ${expectedCount}`);
  }
  const root = hashes.reduce((hash, sibling, height) => {
    const isRightChild = height >= innerCount || ((leafIndex >> BigInt(height)) & 1n) === 1n;
    return isRightChild ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
  }, leafHash);
  return bytesEqual(root, head.root)
    ? PROVEN
    : refuted("root_mismatch", `the path from leaf ${leafIndex} does not lead to the root`);
}
