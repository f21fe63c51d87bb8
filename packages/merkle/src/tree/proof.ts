import { assertIndex, MerkleError } from "../error.ts";
import { emptyRoot, nodeHash } from "./hashing.ts";
import { consistencyRanges, inclusionRanges, type LeafRange, nodesOfRange } from "./ranges.ts";

/**
 * Gives the hash of a perfect subtree: the `index`-th of 2^level leaves, level 0 being leaf hashes. It is asked only for
 * subtrees that lie whole in the tree; it throws `missing_node` when it has not the bytes.
 */
export type NodeSource = (level: number, index: number) => Uint8Array;

/** Computes the root of the tree of `size` from its perfect subtrees. */
export function rootFromNodes(size: number, source: NodeSource): Uint8Array {
  assertIndex("size", size);
  return size === 0 ? emptyRoot() : hashOfRange({ start: 0, end: size }, source);
}

/**
 * Makes the proof that leaf `leafIndex` is in the tree of `size`: RFC 6962 §2.1.1, leaf's sibling first. Throws
 * `out_of_range` unless the tree has that leaf.
 */
export function inclusionProof(leafIndex: number, size: number, source: NodeSource): readonly Uint8Array[] {
  assertIndex("leafIndex", leafIndex);
  assertIndex("size", size);
  if (leafIndex >= size) throw new MerkleError("out_of_range", `a tree of ${size} has no leaf ${leafIndex}`);
  return inclusionRanges(leafIndex, size).map((range) => hashOfRange(range, source));
}

/**
 * Makes the proof that the tree of `oldSize` is a prefix of that of `size`: RFC 6962 §2.1.2; empty for equal sizes.
 * Throws `out_of_range` unless 0 < oldSize <= size: everything is consistent with the empty tree.
 */
export function consistencyProof(oldSize: number, size: number, source: NodeSource): readonly Uint8Array[] {
  assertIndex("oldSize", oldSize);
  assertIndex("size", size);
  if (oldSize === 0 || oldSize > size) {
    throw new MerkleError("out_of_range", `no consistency proof from size ${oldSize} to ${size}`);
  }
  return consistencyRanges(oldSize, size).map((range) => hashOfRange(range, source));
}

function hashOfRange(range: LeafRange, source: NodeSource): Uint8Array {
  return nodesOfRange(range)
    .map((node) => source(node.level, node.index))
    .reduceRight((right, left) => nodeHash(left, right));
}
