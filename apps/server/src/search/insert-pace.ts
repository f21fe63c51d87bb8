import { MAX_INSERT_ROWS } from "./follower.ts";

/** With few rows an insert follows so soon after the first event that waits. */
const QUIET_MS = 250;
const QUIET_ROWS = 1_000;
/** With more, so soon: at 15,000 events a second everything is found within a second. */
const BUSY_MS = 400;
/** Beyond this rate, events a second, only large inserts keep up; their events are found a little later. */
const FLOOD_RATE = 20_000;
const FLOOD_MS = 2_000;
/** Rates are told from the last so many milliseconds. */
const WINDOW_MS = 2_000;

/** Says when the next insert is due: small and soon while little comes in, larger and later the more it is. */
export class InsertPace {
  private readonly seen: { readonly atMs: number; readonly events: number }[] = [];

  /** Notes how many events have been heard of altogether, at some moment. */
  note(events: number, atMs: number): void {
    this.seen.push({ atMs, events });
    while (this.seen.length > 2 && atMs - this.seen[1]!.atMs >= WINDOW_MS) this.seen.shift();
  }

  /** Tells whether `lag` events, the oldest of which have waited `waitedMs`, make an insert. */
  isDue(lag: number, waitedMs: number): boolean {
    if (lag >= MAX_INSERT_ROWS) return true;
    if (this.rate() > FLOOD_RATE) return waitedMs >= FLOOD_MS;
    return waitedMs >= (lag > QUIET_ROWS ? BUSY_MS : QUIET_MS);
  }

  /** Events a second. */
  rate(): number {
    const [oldest] = this.seen;
    const newest = this.seen.at(-1);
    if (oldest === undefined || newest === undefined) return 0;
    // A burst that has just begun is not a rate yet.
    const spanMs = Math.max(newest.atMs - oldest.atMs, WINDOW_MS / 2);
    return ((newest.events - oldest.events) * 1_000) / spanMs;
  }
}
