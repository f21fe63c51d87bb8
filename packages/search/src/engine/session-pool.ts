import { exception } from "./clickhouse-exception.ts";
import type { EngineLimits } from "./limits.ts";
import type { SessionSlot } from "./session-slot.ts";

/** Which sessions a statement may use: inserts have one of their own, so that searches cannot hold up the follower. */
export type Lane = "query" | "insert";

/** A session taken from the pool. */
export type Lease = Readonly<{ slot: SessionSlot; release: () => void }>;

/** Hands out sessions, first come first served per lane. */
export type SessionPool = Readonly<{
  /**
   * Waits for a session of the lane.
   *
   * @throws ClickHouseException 202 (HTTP 503) when the queue is full or the wait too long
   * @throws the signal's reason when it fires first
   */
  acquire: (lane: Lane, signal: AbortSignal) => Promise<Lease>;
  /** Counts the sessions in use. */
  busyCount: () => number;
}>;

type Waiter = Readonly<{ admit: (slot: SessionSlot) => void }>;

/** Makes a pool: the last of `slots` serves inserts, the others queries. */
export function createSessionPool(
  slots: readonly SessionSlot[],
  limits: Pick<EngineLimits, "queuedStatements" | "queueTimeoutMs">,
): SessionPool {
  // Each lane owns its two arrays; a slot is in `free` or leased, never both.
  const lanes = {
    query: { free: slots.slice(0, -1), waiting: new Set<Waiter>() },
    insert: { free: slots.slice(-1), waiting: new Set<Waiter>() },
  };
  let busy = 0;

  const leaseOf = (lane: Lane, slot: SessionSlot): Lease => {
    busy += 1;
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      busy -= 1;
      const [next] = lanes[lane].waiting;
      if (next === undefined) lanes[lane].free.push(slot);
      else next.admit(slot);
    };
    return { slot, release };
  };

  const acquire = (lane: Lane, signal: AbortSignal): Promise<Lease> => {
    const { free, waiting } = lanes[lane];
    const slot = signal.aborted ? undefined : free.pop();
    if (slot !== undefined) return Promise.resolve(leaseOf(lane, slot));
    if (signal.aborted) return Promise.reject(abortReason(signal));
    if (waiting.size >= limits.queuedStatements) {
      return Promise.reject(tooMany(`${waiting.size} statements are waiting already`));
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiting.delete(waiter);
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      };
      const waiter: Waiter = {
        admit: (admitted) => {
          leave();
          resolve(leaseOf(lane, admitted));
        },
      };
      const onAbort = () => {
        leave();
        reject(abortReason(signal));
      };
      const timer = setTimeout(() => {
        leave();
        reject(tooMany(`no session became free within ${limits.queueTimeoutMs} ms`));
      }, limits.queueTimeoutMs);
      signal.addEventListener("abort", onAbort);
      waiting.add(waiter);
    });
  };

  return { acquire, busyCount: () => busy };
}

function tooMany(detail: string): Error {
  return exception("TOO_MANY_SIMULTANEOUS_QUERIES", `The embedded engine is busy: ${detail}. Try again`);
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error("aborted");
}
