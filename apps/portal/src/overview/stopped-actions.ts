interface Counted {
  readonly value: string;
  readonly count: number;
}

/** Fewer in a whole stretch of time may well be chance. */
const HABIT = 5;

/**
 * Actions that came in often before and not at all now. Where there are more different actions than were counted, one that
 * is missing may only be rare: then nothing can be said.
 */
export function stoppedActions(
  before: readonly Counted[],
  now: readonly Counted[],
  { counted }: { readonly counted: number },
): readonly Counted[] {
  if (now.length >= counted) return [];
  const present = new Set(now.map(({ value }) => value));
  return before.filter(({ value, count }) => count >= HABIT && !present.has(value));
}
