import { canonicalTime, formatTime, type Json, parseTime } from "@cairn/event";
import type { TimePattern } from "./time-pattern.ts";
import type { Zone } from "./zoned-time.ts";

/** How a source writes times. */
export type TimeForm =
  /** RFC 3339. Without an offset it is a local time of `zone`, or UTC. */
  | { readonly kind: "rfc3339"; readonly zone?: Zone }
  /** A number, or a number as text, since 1970. */
  | { readonly kind: "epoch"; readonly unit: EpochUnit }
  | { readonly kind: "pattern"; readonly pattern: TimePattern; readonly zone?: Zone };

export type EpochUnit = "s" | "ms" | "us" | "ns";

export type TimeReading =
  | {
      readonly kind: "time";
      /** RFC 3339, UTC, milliseconds. */
      readonly time: string;
      readonly uncertainMs?: number;
      /** Whether the time says all that the text said. */
      readonly isExact: boolean;
    }
  | { readonly kind: "unreadable" };

const UNREADABLE: TimeReading = { kind: "unreadable" };
const WITH_OFFSET = /(?:[Zz]|[+-]\d\d:?\d\d)$/;
/** Three digits below the second at the most survive. */
const BELOW_MS = /[.,]\d{3}\d*[1-9]/;
const HAS_FOUR = /[.,]\d{4,}/;
/** Latest time in milliseconds that the model takes: 2262. */
const MAX_MS = Date.UTC(2262, 0, 1);

/** Reads a time; what cannot be read is said, not thrown: the event is kept without it. */
export function readTime(value: Json, form: TimeForm): TimeReading {
  switch (form.kind) {
    case "rfc3339":
      return typeof value === "string" ? readRfc3339(value.trim(), form.zone) : UNREADABLE;
    case "epoch":
      return readEpoch(value, form.unit);
    case "pattern":
      return typeof value === "string" ? readPattern(value, form.pattern, form.zone) : UNREADABLE;
  }
}

/** Reads a time by the first form that can. */
export function readFirst(value: Json, forms: readonly TimeForm[]): TimeReading {
  for (const form of forms) {
    const reading = readTime(value, form);
    if (reading.kind === "time") return reading;
  }
  return UNREADABLE;
}

/** What every such time begins with: finding out by an error that another form was meant costs a hundred times as much. */
const BEGINS = /^\d{4}-\d\d-\d\d[Tt ]/;

/** RFC 3339 in UTC, down to milliseconds at most: what is there already is only checked. */
const PLAIN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(?:\.\d{3})?Z$/;

function readRfc3339(text: string, zone: Zone | undefined): TimeReading {
  if (!BEGINS.test(text)) return UNREADABLE;
  if (PLAIN.test(text)) return readPlain(text);
  const hasOffset = WITH_OFFSET.test(text.slice(10));
  const isExact = !(HAS_FOUR.test(text) && BELOW_MS.test(text));
  try {
    if (hasOffset) return { kind: "time", time: formatTime(parseTime(withSeconds(text), "")), isExact };
    const localMs = parseTime(`${withSeconds(text)}Z`, "");
    if (zone === undefined) return { kind: "time", time: formatTime(localMs), isExact };
    return placed(localMs, zone);
  } catch {
    return UNREADABLE;
  }
}

function readPlain(text: string): TimeReading {
  try {
    const time = canonicalTime(text.includes(".") ? text : text.replace("Z", ".000Z"), "");
    return { kind: "time", time, isExact: true };
  } catch {
    return UNREADABLE;
  }
}

/** RFC 3339 as nearly everybody writes it. */
const USUAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** `2026-03-04T05:06Z` and `2026-03-04T05:06:07.1234567890Z` are not RFC 3339, but are written. */
function withSeconds(text: string): string {
  if (USUAL.test(text)) return text;
  return text
    .replace(/^(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d)(?=$|[Zz+-])/, "$1:00")
    .replace(/([.,]\d{9})\d+/, "$1")
    .replace(/ UTC$/, "Z")
    .replace(/ (?=[Zz+-])/, (space, at: number) => (at > 10 ? "" : space));
}

/** Decimal places from a unit down to nanoseconds. */
const BELOW_UNIT: Readonly<Record<EpochUnit, number>> = { s: 9, ms: 6, us: 3, ns: 0 };

function readEpoch(value: Json, unit: EpochUnit): TimeReading {
  const digits = typeof value === "number" ? decimal(value) : typeof value === "string" ? value.trim() : "";
  const match = /^(\d{1,20})(?:\.(\d{1,9}))?$/.exec(digits);
  if (match === null) return UNREADABLE;
  const [, whole = "", fraction = ""] = match;
  // No double holds nanoseconds: they are parted as text.
  const nanoseconds = whole + `${fraction}000000000`.slice(0, BELOW_UNIT[unit]);
  const timeMs = Number(nanoseconds.slice(0, -6));
  if (timeMs >= MAX_MS) return UNREADABLE;
  return { kind: "time", time: formatTime(timeMs), isExact: /^0*$/.test(nanoseconds.slice(-6)) };
}

/** Writes a number without an exponent. */
function decimal(value: number): string {
  return Number.isFinite(value) && Math.abs(value) < 1e20 && !/e/.test(String(value)) ? String(value) : "";
}

function readPattern(text: string, pattern: TimePattern, zone: Zone | undefined): TimeReading {
  const read = pattern(text);
  if (read === undefined) return UNREADABLE;
  if (read.offsetMs !== undefined) return checked(read.localMs - read.offsetMs);
  return zone === undefined ? checked(read.localMs) : placed(read.localMs, zone);
}

function placed(localMs: number, zone: Zone): TimeReading {
  const { timeMs, uncertainMs } = zone.place(localMs);
  const reading = checked(timeMs);
  return reading.kind === "unreadable" || uncertainMs === undefined ? reading : { ...reading, uncertainMs };
}

/** What was written in another form stays beside the time. */
function checked(timeMs: number): TimeReading {
  if (!(timeMs >= 0 && timeMs < MAX_MS)) return UNREADABLE;
  return { kind: "time", time: formatTime(timeMs), isExact: false };
}
