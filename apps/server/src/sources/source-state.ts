import type { Json } from "@cairn/event";

/** What became of records, in numbers. */
export interface Counts {
  /** All that came: the sum of the others. */
  readonly received: number;
  readonly created: number;
  readonly duplicate: number;
  /** The same identity with other content; the first stays. */
  readonly conflict: number;
  readonly rejected: number;
  /** Records that are no events. */
  readonly skipped: number;
}

export const NO_COUNTS: Counts = { received: 0, created: 0, duplicate: 0, conflict: 0, rejected: 0, skipped: 0 };

/** A time of which events may be missing. */
export interface SeenGap {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** Why a source does not get on. */
export interface Problem {
  readonly message: string;
  readonly sinceMs: number;
  /** Failures one after the other. */
  readonly attempts: number;
}

/** How far a source has come. Times are Unix milliseconds. */
export interface SourceState {
  /** Where a poller goes on, in the words of its kind. */
  readonly checkpoint?: Json;
  readonly firstReceivedAtMs?: number;
  readonly lastReceivedAtMs?: number;
  /** Of a poller: when the other side last answered well. */
  readonly lastPolledAtMs?: number;
  readonly counts?: Counts;
  readonly gapCount?: number;
  /** The newest gaps, the last one last. */
  readonly gaps?: readonly SeenGap[];
  readonly problem?: Problem;
  /** What the last poll warned of. */
  readonly warnings?: readonly string[];
}

/** Gaps shown; the log has them all. */
const MAX_GAPS = 20;

/** What one delivery adds. */
export interface Tally {
  readonly counts: Counts;
  readonly gaps: readonly SeenGap[];
}

/** Adds a delivery to what is known of a source. */
export function withDelivery(state: SourceState, { counts, gaps }: Tally, nowMs: number): SourceState {
  if (counts.received === 0) return state;
  const before = state.counts ?? NO_COUNTS;
  return {
    ...state,
    firstReceivedAtMs: state.firstReceivedAtMs ?? nowMs,
    lastReceivedAtMs: nowMs,
    counts: {
      received: before.received + counts.received,
      created: before.created + counts.created,
      duplicate: before.duplicate + counts.duplicate,
      conflict: before.conflict + counts.conflict,
      rejected: before.rejected + counts.rejected,
      skipped: before.skipped + counts.skipped,
    },
    ...(gaps.length === 0
      ? {}
      : { gapCount: (state.gapCount ?? 0) + gaps.length, gaps: [...(state.gaps ?? []), ...gaps].slice(-MAX_GAPS) }),
  };
}

/** Notes why a source does not get on, since when and for how many attempts; or that it does. */
export function withProblem(
  { problem, ...state }: SourceState,
  found: Pick<Problem, "message" | "attempts"> | undefined,
): SourceState {
  return found === undefined ? state : { ...state, problem: { ...found, sinceMs: problem?.sinceMs ?? Date.now() } };
}
