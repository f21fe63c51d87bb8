import { AUDIT_TRAIL_CAP } from "@cairn/sources";

/** How many records each hour brought, by the hour since 1970, for the last day. */
export type Growth = Readonly<Record<string, number>>;

const HOUR_MS = 3_600_000;
const HOURS = 24;
/** No account needs more, and each look is one of ten calls a minute. */
const SHORTEST_MS = 60_000;
const HALF_CAP = AUDIT_TRAIL_CAP.records / 2;

/** Adds records by when they happened, and forgets what is older than a day. */
export function grown(growth: Growth, timesMs: readonly number[], nowMs: number): Growth {
  const hours = new Map(Object.entries(growth));
  for (const timeMs of timesMs) {
    const hour = String(Math.floor(timeMs / HOUR_MS));
    hours.set(hour, (hours.get(hour) ?? 0) + 1);
  }
  const oldest = Math.floor(nowMs / HOUR_MS) - HOURS;
  return Object.fromEntries([...hours].filter(([hour]) => Number(hour) > oldest));
}

/** Records of the last day. */
export function dayOf(growth: Growth): number {
  return Object.values(growth).reduce((sum, count) => sum + count, 0);
}

/** Time until the next passage: no more than half the cap grows meanwhile, even in hours like the busiest of the day. */
export function intervalFor(growth: Growth, wantedMs: number): number {
  const busiest = Math.max(0, ...Object.values(growth));
  const safeMs = busiest === 0 ? wantedMs : (HALF_CAP / busiest) * HOUR_MS;
  return Math.max(SHORTEST_MS, Math.min(wantedMs, safeMs));
}

/** What the owner of the account has to know when it grows too fast. */
export function growthWarning(growth: Growth): string | undefined {
  const day = dayOf(growth);
  if (day <= HALF_CAP) return undefined;
  return (
    `the account wrote ${day} records within a day, more than half of the ${AUDIT_TRAIL_CAP.records} that the audit trail ` +
    `holds: after ${Math.floor((AUDIT_TRAIL_CAP.records / day) * 24)} hours without a look records may be lost`
  );
}
