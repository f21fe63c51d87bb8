import { bytesEqual } from "../bytes/compare.ts";
import { HASH_LENGTH } from "../sha256/sha256.ts";
import { nodeHash } from "./hashing.ts";
import { PROVEN, type ProofVerdict, refuted } from "./verdict.ts";
import type { TreeHead } from "./verify-inclusion.ts";

/**
 * Verifies that the old tree is a prefix of the new one: RFC 9162 §2.1.4.2. All of it is untrusted.
 *
 * An empty old tree is refused: it is a prefix of every tree, so a proof of that proves nothing.
 */
export function verifyConsistency(old: TreeHead, head: TreeHead, hashes: readonly Uint8Array[]): ProofVerdict {
  if (old.size <= 0n || old.size > head.size) {
    return refuted("size_out_of_range", `size ${old.size} is not from 1 to ${head.size}`);
  }
  if (old.size === head.size) {
    if (hashes.length > 0) return refuted("proof_wrong_length", "equal sizes need no proof");
    return bytesEqual(old.root, head.root) ? PROVEN : refuted("root_mismatch", "equal sizes, but different roots");
  }
  if ([old.root, head.root, ...hashes].some((hash) => hash.length !== HASH_LENGTH)) {
    return refuted("malformed_hash", `a hash has ${HASH_LENGTH} bytes`);
  }
  return fold(old, head, hashes);
}

/** Rebuilds both roots along the path from the old tree's last leaf. */
function fold(old: TreeHead, head: TreeHead, hashes: readonly Uint8Array[]): ProofVerdict {
  const tooShort = refuted("proof_wrong_length", "the proof is too short");
  let node = old.size - 1n;
  let last = head.size - 1n;
  while ((node & 1n) === 1n) {
    node >>= 1n;
    last >>= 1n;
  }
  // When the old tree is a perfect subtree of the new one, its root is where the path begins, and is not in the proof.
  const path = node === 0n ? [old.root, ...hashes] : hashes;
  const [first, ...rest] = path;
  if (first === undefined || hashes.length === 0) return tooShort;
  let oldRoot = first;
  let newRoot = first;
  for (const hash of rest) {
    if (last === 0n) return refuted("proof_wrong_length", "the proof is too long");
    if ((node & 1n) === 1n || node === last) {
      oldRoot = nodeHash(hash, oldRoot);
      newRoot = nodeHash(hash, newRoot);
      while ((node & 1n) === 0n && node !== 0n) {
        node >>= 1n;
        last >>= 1n;
      }
    } else {
      newRoot = nodeHash(newRoot, hash);
    }
    node >>= 1n;
    last >>= 1n;
  }
  if (last !== 0n) return tooShort;
  if (!bytesEqual(oldRoot, old.root)) return refuted("root_mismatch", "the proof does not lead to the old root");
  if (!bytesEqual(newRoot, head.root)) return refuted("root_mismatch", "the proof does not lead to the new root");
  return PROVEN;
}
