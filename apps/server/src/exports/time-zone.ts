import { CairnError } from "@cairn/event";

/** Wall-clock time of a zone. */
export interface ZoneClock {
  /** `2026-03-04` */
  date(timeMs: number): string;
  /** `05:06:07` */
  time(timeMs: number): string;
}

/** Offsets of zones change at quarters of an hour, nearly always; a quarter without a change needs one look at the zone. */
const QUARTER_MS = 15 * 60_000;
/** Quarters remembered: eleven years of them, some megabytes. */
const MAX_QUARTERS = 400_000;

/**
 * Makes the clock of an IANA time zone.
 * @throws CairnError parameter_invalid for a zone nobody knows
 */
export function zoneClock(timeZone: string): ZoneClock {
  const offset = offsets(timeZone);
  const local = (timeMs: number) => new Date(timeMs + offset(timeMs)).toISOString();
  return { date: (timeMs) => local(timeMs).slice(0, 10), time: (timeMs) => local(timeMs).slice(11, 19) };
}

/** What to add to a time to see the zone's wall clock in UTC. */
function offsets(timeZone: string): (timeMs: number) => number {
  const exact = exactOffset(timeZone);
  const known = new Map<number, number>();
  return (timeMs) => {
    const quarter = Math.floor(timeMs / QUARTER_MS);
    let offsetMs = known.get(quarter);
    if (offsetMs === undefined) {
      const start = exact(quarter * QUARTER_MS);
      // A change inside a quarter (Liberia, 1972): every time is looked up.
      offsetMs = start === exact((quarter + 1) * QUARTER_MS - 1_000) ? start : Number.NaN;
      if (known.size >= MAX_QUARTERS) known.clear();
      known.set(quarter, offsetMs);
    }
    return Number.isNaN(offsetMs) ? exact(timeMs) : offsetMs;
  };
}

function exactOffset(timeZone: string): (timeMs: number) => number {
  const format = formatOf(timeZone);
  return (timeMs) => {
    const at: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(timeMs)) at[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = at;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(timeMs / 1_000) * 1_000;
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      calendar: "gregory",
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
  } catch (cause) {
    throw new CairnError("parameter_invalid", `tz: there is no time zone ${JSON.stringify(timeZone.slice(0, 100))}`, {
      cause,
    });
  }
}
