import type { SubjectFact } from "@cairn/ledger";

/** Groups of a person, and from when until when they were all of them. */
export interface GroupTime {
  readonly ref: string;
  readonly groups: readonly string[];
  readonly fromMs: number;
  /** Undefined: still. */
  readonly untilMs: number | undefined;
}

/** When a person was in which groups; `facts` oldest first, as the store gives them. */
export function groupTimes(facts: Iterable<SubjectFact>): GroupTime[] {
  const times: GroupTime[] = [];
  const open = new Map<string, number>();
  for (const { ref, fromMs, statement } of facts) {
    if (statement.kind !== "groups") continue;
    const last = open.get(ref);
    if (last !== undefined) times[last] = { ...times[last]!, untilMs: fromMs };
    open.set(ref, times.length);
    times.push({ ref, groups: statement.groups, fromMs, untilMs: undefined });
  }
  // Said twice for one moment: the later word counts.
  return times.filter(({ fromMs, untilMs }) => fromMs !== untilMs);
}
