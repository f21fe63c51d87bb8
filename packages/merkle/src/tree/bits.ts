/** Counts the bits needed to write a non-negative number; 0 for 0. */
export function bitLength(n: bigint): number {
  return n === 0n ? 0 : n.toString(2).length;
}

/** Counts the one bits of a non-negative number. */
export function bitCount(n: bigint): number {
  let count = 0;
  for (let rest = n; rest > 0n; rest &= rest - 1n) count++;
  return count;
}
