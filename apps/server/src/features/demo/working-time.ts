import { DAY_MS, HOUR_MS } from "./demo-event.ts";
import type { Random } from "./random.ts";

/** How much is done at each hour of a day. */
const BY_HOUR = [1, 1, 1, 1, 1, 2, 5, 14, 30, 42, 44, 40, 28, 34, 42, 40, 34, 22, 12, 8, 6, 4, 3, 2];
const HOURS = BY_HOUR.map((weight, hour) => ({ weight, hour }));
/** Of what would happen on a Saturday or Sunday, so much does. */
const WEEKEND_SHARE = 0.2;
const YEAR_DAYS = 365;

/** A moment of the year before `endMs`: mostly at day, seldom at weekends. */
export function workingTime(random: Random, endMs: number): number {
  for (;;) {
    const dayMs = Math.floor(endMs / DAY_MS) * DAY_MS - random.below(YEAR_DAYS) * DAY_MS;
    const weekday = new Date(dayMs).getUTCDay();
    const isWeekend = weekday === 0 || weekday === 6;
    const atMs = dayMs + random.weighted(HOURS).hour * HOUR_MS + random.below(HOUR_MS);
    if (atMs < endMs && (!isWeekend || random.chance(WEEKEND_SHARE))) return atMs;
  }
}

/** A moment so many days before the end, at a time of day (UTC). */
export function at(endMs: number, { daysBefore, hour, minute = 0 }: DayTime): number {
  return Math.floor(endMs / DAY_MS) * DAY_MS - daysBefore * DAY_MS + hour * HOUR_MS + minute * 60_000;
}

interface DayTime {
  readonly daysBefore: number;
  readonly hour: number;
  readonly minute?: number;
}
