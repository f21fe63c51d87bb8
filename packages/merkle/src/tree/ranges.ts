/** Leaves `start` to `end` (exclusive) of a tree, as far as RFC 6962 hashes them together. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/** A perfect subtree: the `index`-th (0-based) of 2^level leaves. Level 0 is the leaf hashes. */
export interface NodeId {
  readonly level: number;
  readonly index: number;
}

// Numbers here reach 2^53 - 1, so bit operators (32 bits) are of no use.

/** Gives the largest power of two that is less than `n`, for n > 1: where RFC 6962 §2.1 splits a list. */
export function splitPoint(n: number): number {
  const power = 2 ** Math.floor(Math.log2(n));
  // log2 is rounded near large powers of two.
  if (power >= n) return power / 2;
  return power * 2 < n ? power * 2 : power;
}

/** Gives the perfect subtrees that make up a range, left to right; the range begins where RFC 6962 can split. */
export function nodesOfRange(range: LeafRange): readonly NodeId[] {
  const nodes: NodeId[] = [];
  let start = range.start;
  while (start < range.end) {
    const rest = range.end - start;
    const width = rest === 1 ? 1 : splitPoint(rest + 1);
    const level = Math.round(Math.log2(width));
    nodes.push({ level, index: start / width });
    start += width;
  }
  return nodes;
}

/** Gives the ranges whose hashes prove that leaf `leafIndex` is in a tree of `size`, leaf's sibling first: RFC 6962 §2.1.1. */
export function inclusionRanges(leafIndex: number, size: number): readonly LeafRange[] {
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    if (leafIndex < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/** Gives the ranges whose hashes prove that the tree of `oldSize` is a prefix of that of `size`: RFC 6962 §2.1.2. */
export function consistencyRanges(oldSize: number, size: number): readonly LeafRange[] {
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = size;
  while (oldSize !== end) {
    const middle = start + splitPoint(end - start);
    if (oldSize <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  // The verifier knows the old root; it needs this hash only when the old tree is not itself a node of the new one.
  if (start > 0) ranges.push({ start, end });
  return ranges.reverse();
}
