/** Groups of calls and how many of each RingCentral takes from a user within a minute. */
export const LIMITS = { Auth: 5, Heavy: 10, Medium: 40, Light: 50 } as const;
export type LimitGroup = keyof typeof LIMITS;

const WINDOW_MS = 60_000;

/** Whether a call is taken, and what the answer's headers say. */
export interface Admission {
  readonly isAdmitted: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** Counts calls as RingCentral does: a sliding minute, then a penalty of a minute that each further call begins anew. */
export function callLimits(nowMs: () => number) {
  const calls = new Map<LimitGroup, number[]>();
  const penalties = new Map<LimitGroup, number>();
  return (group: LimitGroup): Admission => {
    const now = nowMs();
    const limit = LIMITS[group];
    const recent = (calls.get(group) ?? []).filter((atMs) => atMs > now - WINDOW_MS);
    const isPunished = (penalties.get(group) ?? 0) > now;
    const isAdmitted = !isPunished && recent.length < limit;
    if (isAdmitted) recent.push(now);
    else penalties.set(group, now + WINDOW_MS);
    calls.set(group, recent);
    const headers = {
      // The name of the group is not to be relied on; neither is its case.
      "x-rate-limit-group": group.toLowerCase(),
      "x-rate-limit-limit": String(limit),
      "x-rate-limit-remaining": String(isAdmitted ? limit - recent.length : 0),
      "x-rate-limit-window": String(WINDOW_MS / 1_000),
      ...(isAdmitted ? {} : { "retry-after": String(WINDOW_MS / 1_000) }),
    };
    return { isAdmitted, headers };
  };
}
