import { CairnError } from "@cairn/event";
import type { ServerContext } from "../../context.ts";

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

const all = new WeakMap<ServerContext, InFlight>();

/** The one count of a server: whatever way bodies come in, they share its memory. */
export function inFlightOf(context: ServerContext): InFlight {
  let inFlight = all.get(context);
  if (inFlight === undefined) {
    inFlight = new InFlight(context.config.maxBodyBytesInFlight);
    all.set(context, inFlight);
  }
  return inFlight;
}
