import { CairnError } from "@cairn/event";

/** Requests under way at one time: past it, waiting is better done by the sender. */
const MAX_REQUESTS = 2_000;

/** Bounds the request bodies held in memory: past it ingest says "later" before it reads. */
export class InFlight {
  private bytes = 0;
  private requests = 0;
  private readonly maxBytes: number;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /**
   * Counts a body until the returned function is called.
   * @throws CairnError overloaded when a body of this length does not fit now
   */
  hold(bytes: number): () => void {
    if (this.requests >= MAX_REQUESTS || this.bytes + bytes > this.maxBytes) {
      throw new CairnError("overloaded", "too many events are under way", { retryAfterSeconds: 1 });
    }
    this.bytes += bytes;
    this.requests++;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.bytes -= bytes;
      this.requests--;
    };
  }
}
