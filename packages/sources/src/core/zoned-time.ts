import { SourceError } from "./source-error.ts";

/** A local time placed on the time line. */
export interface ZonedTime {
  readonly timeMs: number;
  /** How far off it may be: clocks were changed, and the hour came twice or not at all. */
  readonly uncertainMs?: number;
}

/** Gives a time zone's offsets. */
export interface Zone {
  readonly name: string;
  /** Places a local time, given as if it were UTC. Of an hour that came twice it takes the first. */
  readonly place: (localMs: number) => ZonedTime;
}

const DAY_MS = 86_400_000;
const QUARTER_MS = 900_000;

const zones = new Map<string, Zone>();

/**
 * Finds a zone of the IANA data base: `Europe/Zurich`.
 * @throws SourceError zone_unknown
 */
export function zoneOf(name: string): Zone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const zone = createZone(name);
  zones.set(name, zone);
  return zone;
}

function createZone(name: string): Zone {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-GB", { timeZone: name, timeZoneName: "longOffset" });
  } catch {
    throw new SourceError("zone_unknown", `${JSON.stringify(name.slice(0, 100))} is not a time zone`);
  }
  // Offsets change at full quarters of an hour at the most; remembering them makes a log of one day cost one look-up or two.
  const known = new Map<number, number>();

  function offsetAt(timeMs: number): number {
    const quarter = Math.floor(timeMs / QUARTER_MS);
    const remembered = known.get(quarter);
    if (remembered !== undefined) return remembered;
    const offset = offsetOf(format, quarter * QUARTER_MS);
    if (known.size > 10_000) known.clear();
    known.set(quarter, offset);
    return offset;
  }

  return {
    name,
    place(localMs) {
      const before = offsetAt(localMs - DAY_MS);
      const after = offsetAt(localMs + DAY_MS);
      // As on all days but two of a year.
      if (before === after && offsetAt(localMs - before) === before) return { timeMs: localMs - before };
      const fits = [before, after]
        .map((offset) => localMs - offset)
        .filter((timeMs, i) => offsetAt(timeMs) === [before, after][i]);
      const [first, second] = fits;
      if (first === undefined) return { timeMs: localMs - before, uncertainMs: Math.abs(after - before) };
      if (second === undefined || second === first) return { timeMs: first };
      return { timeMs: Math.min(first, second), uncertainMs: Math.abs(second - first) };
    },
  };
}

/** Reads `GMT+05:30` or `GMT` out of a formatted date. */
function offsetOf(format: Intl.DateTimeFormat, timeMs: number): number {
  const name = format.formatToParts(timeMs).find(({ type }) => type === "timeZoneName")?.value ?? "";
  const match = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name);
  if (match === null) return 0;
  const [, sign, hours, minutes, seconds = "0"] = match;
  const offset = (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000;
  return sign === "-" ? -offset : offset;
}
