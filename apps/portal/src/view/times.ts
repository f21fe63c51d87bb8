import type { Zone } from "./view.ts";

/** A moment as it is read: never in the order of one country, always with the offset at hand. */
export interface ShownTime {
  /** `2026-10-04` */
  readonly date: string;
  /** `15:04:05.089` */
  readonly time: string;
  /** `UTC`, `UTC+2`, `UTC−3:30` */
  readonly offset: string;
}

/** Writes a moment (RFC 3339) by the reader's clock or in UTC. */
export function showTime(moment: string, zone: Zone): ShownTime {
  const at = new Date(moment);
  // Years outside 0 to 9999 and the like never pass the server's door; a text that is no time is shown as it stands.
  if (Number.isNaN(at.getTime())) return { date: moment, time: "", offset: "" };
  const offsetMinutes = zone === "utc" ? 0 : -at.getTimezoneOffset();
  const shifted = new Date(at.getTime() + offsetMinutes * 60_000).toISOString();
  return { date: shifted.slice(0, 10), time: shifted.slice(11, 23), offset: showOffset(offsetMinutes) };
}

/** Writes a moment in one piece, offset included. */
export function showMoment(moment: string, zone: Zone): string {
  const { date, time, offset } = showTime(moment, zone);
  return `${date} ${time} ${offset}`.trim();
}

function showOffset(minutes: number): string {
  if (minutes === 0) return "UTC";
  const whole = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.round(Math.abs(minutes) % 60);
  return `UTC${minutes < 0 ? "−" : "+"}${whole}${rest === 0 ? "" : `:${String(rest).padStart(2, "0")}`}`;
}

/** Name of the reader's time zone: `Europe/Berlin`. */
export function localZoneName(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
