import { randomFillSync } from "node:crypto";

/** Randomness is fetched for this many ids at once: a call for each costs more than the id. */
const POOLED_IDS = 256;
const RANDOM_BYTES = 10;
/** Most ids of one millisecond before the clock is run ahead of: 12 bits of counter (RFC 9562 §6.2, method 1). */
const COUNTER_LIMIT = 0x1000;

/**
 * Makes a generator of UUIDv7 (RFC 9562 §5.7) whose ids strictly increase, also within a millisecond and when the clock
 * steps back: 48 bits of time, a 12-bit counter that starts anew at random in its lower half, 62 random bits.
 */
export function createUuidV7(nowMs: () => number = Date.now): () => string {
  const pool = new Uint8Array(POOLED_IDS * RANDOM_BYTES);
  let poolAt = pool.length;
  let lastMs = 0;
  let counter = 0;

  return () => {
    if (poolAt === pool.length) {
      randomFillSync(pool);
      poolAt = 0;
    }
    const random = pool.subarray(poolAt, poolAt + RANDOM_BYTES);
    poolAt += RANDOM_BYTES;
    const now = nowMs();
    if (now > lastMs) {
      lastMs = now;
      counter = (((random[8] ?? 0) << 8) | (random[9] ?? 0)) & 0x7ff;
    } else if (++counter === COUNTER_LIMIT) {
      lastMs++;
      counter = 0;
    }
    const time = lastMs.toString(16).padStart(12, "0");
    const middle = (0x7000 | counter).toString(16);
    const variant = (0x80 | ((random[0] ?? 0) & 0x3f)).toString(16);
    const tail = Buffer.from(random.buffer, random.byteOffset + 1, 7).toString("hex");
    return `${time.slice(0, 8)}-${time.slice(8)}-${middle}-${variant}${tail.slice(0, 2)}-${tail.slice(2)}`;
  };
}
