/** A time as written covers a stretch: a day, a minute, a millisecond. `endMs` is the first millisecond after it. */
export interface TimeSpan {
  readonly startMs: number;
  readonly endMs: number;
  /** True for times counted from now, which name a moment and no stretch. */
  readonly isMoment: boolean;
}

const ABSOLUTE =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt ](\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?)?(Z|z|[+-]\d\d(?::?\d\d)?)?)?)?$/;
const RELATIVE = /^([+-])(\d{1,6})(ms|s|m|h|d|w|M|y)$/;
const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const DAY_MS = UNIT_MS.d;

/**
 * Reads a time: RFC 3339 with or without its smaller parts (`2026`, `2026-10`, `2026-10-01`, `2026-10-01T08:30Z`), UTC
 * unless an offset is given; `now`, `today`, `yesterday` (UTC days); or a distance from now (`-7d`, `-12M`, `+1h`).
 * Gives undefined for anything else and for dates that do not exist.
 */
export function parseTimeSpan(text: string, nowMs: number): TimeSpan | undefined {
  const today = nowMs - (((nowMs % DAY_MS) + DAY_MS) % DAY_MS);
  if (text === "now") return moment(nowMs);
  if (text === "today") return stretch(today, today + DAY_MS);
  if (text === "yesterday") return stretch(today - DAY_MS, today);
  const relative = RELATIVE.exec(text);
  if (relative !== null) return parseRelative(relative, nowMs);
  const absolute = ABSOLUTE.exec(text);
  return absolute === null ? undefined : parseAbsolute(absolute);
}

const moment = (timeMs: number): TimeSpan => ({ startMs: timeMs, endMs: timeMs + 1, isMoment: true });
const stretch = (startMs: number, endMs: number): TimeSpan => ({ startMs, endMs, isMoment: false });

function parseRelative(match: RegExpExecArray, nowMs: number): TimeSpan | undefined {
  const [, sign, digits, unit = ""] = match;
  const count = Number(digits) * (sign === "-" ? -1 : 1);
  const timeMs =
    unit === "M" || unit === "y"
      ? addMonths(nowMs, unit === "y" ? count * 12 : count)
      : nowMs + count * UNIT_MS[unit as keyof typeof UNIT_MS];
  return Number.isSafeInteger(timeMs) ? moment(timeMs) : undefined;
}

/** Calendar months in UTC; a day that the month does not have becomes its last one. */
function addMonths(timeMs: number, months: number): number {
  const date = new Date(timeMs);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  return date.getTime();
}

function parseAbsolute(match: RegExpExecArray): TimeSpan | undefined {
  const [, year = "", month, day, hour, minute, second, fraction, zone] = match;
  const [y, m, d] = [Number(year), Number(month ?? 1) - 1, Number(day ?? 1)];
  const millisecond = fraction === undefined ? 0 : Number(`${fraction}00`.slice(0, 3));
  const local = Date.UTC(y, m, d, Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0), millisecond);
  const date = new Date(local);
  const exists =
    y >= 1000 &&
    date.getUTCMonth() === m &&
    date.getUTCDate() === d &&
    date.getUTCHours() === Number(hour ?? 0) &&
    date.getUTCMinutes() === Number(minute ?? 0);
  const offsetMs = offsetOf(zone);
  if (!exists || offsetMs === undefined) return undefined;
  const startMs = local - offsetMs;
  if (month === undefined) return stretch(startMs, Date.UTC(y + 1, 0, 1));
  if (day === undefined) return stretch(startMs, Date.UTC(y, m + 1, 1));
  return stretch(startMs, startMs + smallestUnitMs(hour, minute, second, fraction));
}

function smallestUnitMs(...[hour, minute, second, fraction]: readonly (string | undefined)[]): number {
  if (fraction !== undefined) return 1;
  if (second !== undefined) return UNIT_MS.s;
  if (minute !== undefined) return UNIT_MS.m;
  return hour === undefined ? DAY_MS : UNIT_MS.h;
}

function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === "Z" || zone === "z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(":", ""));
  if (hours > 23 || minutes > 59) return undefined;
  return (hours * 60 + minutes) * UNIT_MS.m * (zone.startsWith("-") ? -1 : 1);
}
