import { MAX_INSERT_ROWS } from "./follower.ts";

/** With few rows an insert follows so soon after the first event that waits. */
const QUIET_MS = 250;
const QUIET_ROWS = 1_000;
/** With more, so soon: at 15,000 events a second everything is found within a second. */
const BUSY_MS = 400;
/** Beyond this rate, events a second, only large inserts keep up; their events are found a little later. */
const FLOOD_RATE = 20_000;
const FLOOD_MS = 2_000;
/** Beyond this one, as when thousands of tenants have a few events each, whoever is to be acknowledged goes first. */
const DELUGE_RATE = 60_000;
const DELUGE_MS = 6_000;
/** What a log that has grown costs, in events of a log that has many. */
const EVENTS_PER_LOG = 10;
/** Rates are told from the last so many milliseconds. */
const WINDOW_MS = 2_000;

/** Says when the next insert is due: small and soon while little comes in, larger and later the more it is. */
export class InsertPace {
  private readonly seen: { readonly atMs: number; readonly events: number }[] = [];

  /** Notes how many events have been heard of altogether, and how often a log has grown, at some moment. */
  note({ events, growths }: { readonly events: number; readonly growths: number }, atMs: number): void {
    this.seen.push({ atMs, events: events + growths * EVENTS_PER_LOG });
    while (this.seen.length > 2 && atMs - this.seen[1]!.atMs >= WINDOW_MS) this.seen.shift();
  }

  /** Tells whether `lag` events, the oldest of which have waited `waitedMs`, make an insert. */
  isDue(lag: number, waitedMs: number): boolean {
    if (lag >= MAX_INSERT_ROWS) return true;
    const rate = this.rate();
    if (rate > FLOOD_RATE) return waitedMs >= (rate > DELUGE_RATE ? DELUGE_MS : FLOOD_MS);
    return waitedMs >= (lag > QUIET_ROWS ? BUSY_MS : QUIET_MS);
  }

  /** Events a second, what each log costs among them. */
  rate(): number {
    const [oldest] = this.seen;
    const newest = this.seen.at(-1);
    if (oldest === undefined || newest === undefined) return 0;
    // A burst that has just begun is not a rate yet, and the silence before it takes nothing from it.
    const spanMs = Math.min(Math.max(newest.atMs - oldest.atMs, WINDOW_MS / 2), WINDOW_MS);
    return ((newest.events - oldest.events) * 1_000) / spanMs;
  }
}
