/** The first wait after a failure; each further one doubles it. */
const FIRST_MS = 5_000;
/** Longest wait that nobody asked for: a source that works again is noticed within so long. */
const LONGEST_MS = 15 * 60_000;
/** Longest wait that another system can ask for: longer is a mistake of it. */
const LONGEST_ASKED_MS = 24 * 3_600_000;
/** Share of an interval by which looks are spread, so that sources of one machine do not all look at once. */
const JITTER = 0.1;

/** How long to wait after a number of failures, one after the other. */
export function delayAfterFailure(failures: number, random: () => number): number {
  const ceilingMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 30));
  // Half of it by chance: sources that failed together do not come back together.
  return ceilingMs * (0.5 + random() / 2);
}

/** How long the other side is left alone when it asks for that. */
export function pauseAsked(retryAfterMs: number | undefined): number {
  return Math.min(retryAfterMs ?? 0, LONGEST_ASKED_MS);
}

/** Spreads an interval a little; nothing stays nothing. */
export function jittered(intervalMs: number, random: () => number): number {
  return intervalMs * (1 + (random() * 2 - 1) * JITTER);
}
