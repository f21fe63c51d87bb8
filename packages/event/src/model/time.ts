import { CairnError } from "./errors.ts";
import { OCCURRED_AT_MAX_MS, OCCURRED_AT_MIN_MS } from "./limits.ts";

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:([Zz])|([+-])(\d\d):?(\d\d))$/;

/**
 * Parses an RFC 3339 time to Unix milliseconds; digits below the millisecond are cut off.
 * Accepts a leap second (as the last millisecond of its minute) and offsets written without a colon.
 * @throws CairnError time_invalid or time_out_of_range
 */
export function parseTime(text: string, pointer: string): number {
  const match = RFC3339.exec(text);
  if (match === null)
    throw new CairnError("time_invalid", `${JSON.stringify(text)} is not an RFC 3339 time with offset`, { pointer });
  const [, year, month, day, hour, minute, second, fraction = "", , sign, offsetHour = "0", offsetMinute = "0"] = match;
  const isLeapSecond = second === "60";
  const millisecond = isLeapSecond ? 999 : Number(`${fraction}000`.slice(0, 3));
  const local = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    isLeapSecond ? 59 : Number(second),
    millisecond,
  );
  const date = new Date(local);
  const exists =
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day) &&
    date.getUTCHours() === Number(hour) &&
    date.getUTCMinutes() === Number(minute) &&
    Number(offsetHour) < 24 &&
    Number(offsetMinute) < 60;
  if (!exists)
    throw new CairnError("time_invalid", `${JSON.stringify(text)} names a date or time that does not exist`, {
      pointer,
    });
  const offsetMs = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000 * (sign === "-" ? -1 : 1);
  const timeMs = local - offsetMs;
  if (timeMs < OCCURRED_AT_MIN_MS || timeMs >= OCCURRED_AT_MAX_MS) {
    throw new CairnError("time_out_of_range", `${JSON.stringify(text)} lies outside 1970 to 2262`, { pointer });
  }
  return timeMs;
}

/** The form in which most times arrive already: UTC with three digits. Such text is kept as it is. */
const CANONICAL = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** Normalises a time to UTC with milliseconds: `2026-03-04T05:06:07.089Z`. Throws like {@link parseTime}. */
export function canonicalTime(text: string, pointer: string): string {
  if (CANONICAL.test(text) && text >= "1970" && text < "2262") return text;
  return formatTime(parseTime(text, pointer));
}

/** Writes Unix milliseconds as UTC RFC 3339 with milliseconds. */
export function formatTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
