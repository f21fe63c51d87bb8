import { CairnError, LIMITS } from "@cairn/event";

/** Keys remembered; idle ones have a full allowance anyway. */
const MAX_KEYS = 10_000;

/** Bounds the commitments per second of each key: a token bucket that holds one second's worth and may go into debt once. */
export class UnitLimiter {
  private readonly buckets = new Map<string, { tokens: number; atMs: number }>();
  private readonly unitsPerSecond: number;

  constructor(unitsPerSecond: number = LIMITS.unitsPerSecondPerKey) {
    this.unitsPerSecond = unitsPerSecond;
  }

  /** @throws CairnError too_many_requests while the key is in debt */
  check(keyId: string, nowMs: number): void {
    const bucket = this.refill(keyId, nowMs);
    if (bucket.tokens >= 0) return;
    const retryAfterSeconds = Math.ceil(-bucket.tokens / this.unitsPerSecond);
    throw new CairnError("too_many_requests", `the key made more than ${this.unitsPerSecond} commitments in a second`, {
      retryAfterSeconds,
    });
  }

  spend(keyId: string, units: number, nowMs: number): void {
    this.refill(keyId, nowMs).tokens -= units;
  }

  private refill(keyId: string, nowMs: number): { tokens: number; atMs: number } {
    let bucket = this.buckets.get(keyId);
    if (bucket === undefined) {
      if (this.buckets.size >= MAX_KEYS) this.buckets.clear();
      bucket = { tokens: this.unitsPerSecond, atMs: nowMs };
      this.buckets.set(keyId, bucket);
      return bucket;
    }
    const earned = (Math.max(0, nowMs - bucket.atMs) / 1_000) * this.unitsPerSecond;
    bucket.tokens = Math.min(this.unitsPerSecond, bucket.tokens + earned);
    bucket.atMs = nowMs;
    return bucket;
  }
}
