import { LANGUAGE } from "../texts/format.ts";
import { offsetAt, type Zone, zoneName } from "./zones.ts";

/** A moment as it is read: never in the order of one country, always with the offset at hand. */
export interface ShownTime {
  /** `2026-10-04` */
  readonly date: string;
  /** `15:04:05.089` */
  readonly time: string;
  /** `UTC`, `UTC+2`, `UTC−3:30` */
  readonly offset: string;
}

/** Writes a moment (RFC 3339, or Unix milliseconds) by a zone's clock. */
export function showTime(moment: string | number, zone: Zone): ShownTime {
  const ms = new Date(moment).getTime();
  // Years outside 0 to 9999 and the like never pass the server's door; a text that is no time is shown as it stands.
  if (Number.isNaN(ms)) return { date: String(moment), time: "", offset: "" };
  const offsetMs = offsetAt(zone, ms);
  const shifted = new Date(ms + offsetMs).toISOString();
  return { date: shifted.slice(0, 10), time: shifted.slice(11, 23), offset: showOffset(offsetMs / 60_000) };
}

/** Writes a moment in one piece, offset included. */
export function showMoment(moment: string | number, zone: Zone): string {
  const { date, time, offset } = showTime(moment, zone);
  return `${date} ${time} ${offset}`.trim();
}

/** Writes a moment to the minute, without the offset: where the zone is said elsewhere. */
export function showMinute(moment: string | number, zone: Zone): string {
  const { date, time } = showTime(moment, zone);
  return `${date} ${time.slice(0, 5)}`;
}

/** How finely a label names a moment. */
export type Grain = "year" | "month" | "day" | "hour" | "minute";

const GRAINS: Readonly<Record<Grain, Intl.DateTimeFormatOptions>> = {
  year: { year: "numeric" },
  month: { month: "short", year: "numeric" },
  day: { day: "numeric", month: "short", year: "numeric" },
  hour: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  minute: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};
const labels = new Map<string, Intl.DateTimeFormat>();

/** Writes a moment for an axis or a heading, as people say it: `4 Oct 2026`. */
export function showLabel(ms: number, zone: Zone, grain: Grain): string {
  const key = `${zone} ${grain}`;
  let format = labels.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(LANGUAGE === "en" ? "en-GB" : LANGUAGE, {
      ...GRAINS[grain],
      timeZone: zoneName(zone),
    });
    labels.set(key, format);
  }
  return format.format(ms);
}

/** Writes the offset of a zone at a moment: `UTC+2`. */
export function offsetLabel(zone: Zone, ms: number): string {
  return showOffset(offsetAt(zone, ms) / 60_000);
}

function showOffset(minutes: number): string {
  if (minutes === 0) return "UTC";
  const whole = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.round(Math.abs(minutes) % 60);
  return `UTC${minutes < 0 ? "−" : "+"}${whole}${rest === 0 ? "" : `:${String(rest).padStart(2, "0")}`}`;
}
