import { randomFillSync } from "node:crypto";

/** Bytes asked of the platform at a time: one call costs as much as ten thousand bytes. */
const POOL_BYTES = 16_384;
/** Larger pieces are drawn by themselves. */
const MAX_POOLED_BYTES = 1_024;

const pool = new Uint8Array(POOL_BYTES);
let taken = POOL_BYTES;

/** Gives random bytes of the platform's generator, for any purpose; none is given twice, or kept once it was given. */
export function drawRandom(count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count);
  if (count > MAX_POOLED_BYTES) return randomFillSync(bytes);
  if (taken + count > POOL_BYTES) {
    randomFillSync(pool);
    taken = 0;
  }
  const end = taken + count;
  bytes.set(pool.subarray(taken, end));
  pool.fill(0, taken, end);
  taken = end;
  return bytes;
}
