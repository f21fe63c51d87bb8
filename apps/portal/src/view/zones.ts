/** By which clock times are shown: the name of an IANA zone, or the reader's own. */
export type Zone = string;
export const LOCAL_ZONE: Zone = "local";

/** Name of the reader's own zone: `Europe/Berlin`. */
export function localZoneName(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The IANA name of a zone, the reader's own included. */
export function zoneName(zone: Zone): string {
  return zone === LOCAL_ZONE ? localZoneName() : zone;
}

/** Tells whether this browser knows a zone of this name. */
export function isZone(name: string): boolean {
  if (name === LOCAL_ZONE) return true;
  try {
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** Every zone this browser knows, UTC first. */
export function zoneNames(): readonly string[] {
  return ["UTC", ...Intl.supportedValuesOf("timeZone").filter((name) => name !== "UTC")];
}

/** No zone has ever changed its clocks at another time than a quarter of an hour. */
const QUARTER_MS = 900_000;
const MAX_CACHED = 20_000;
const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();

/** How far a zone's clock is ahead of UTC at a moment, in milliseconds. */
export function offsetAt(zone: Zone, ms: number): number {
  const name = zoneName(zone);
  if (name === "UTC") return 0;
  const quarter = Math.floor(ms / QUARTER_MS) * QUARTER_MS;
  const key = `${name} ${quarter}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const part = new Map(
    formatOf(name)
      .formatToParts(quarter)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const at = (type: string) => part.get(type as Intl.DateTimeFormatPartTypes) ?? 0;
  const clock = Date.UTC(at("year"), at("month") - 1, at("day"), at("hour"), at("minute"), at("second"));
  if (offsets.size >= MAX_CACHED) offsets.clear();
  offsets.set(key, clock - quarter);
  return clock - quarter;
}

/** The moment at which a zone's clock shows a date and time, given as if it were UTC; of two such moments the first. */
export function momentOf(zone: Zone, clockMs: number): number {
  const before = clockMs - offsetAt(zone, clockMs - 86_400_000);
  const after = clockMs - offsetAt(zone, clockMs + 86_400_000);
  const [first, second] = before <= after ? [before, after] : [after, before];
  return first + offsetAt(zone, first) === clockMs ? first : second;
}

function formatOf(name: string): Intl.DateTimeFormat {
  const known = formats.get(name);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: name,
    calendar: "gregory",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(name, made);
  return made;
}
