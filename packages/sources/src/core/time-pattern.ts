import { SourceError } from "./source-error.ts";

/** A local time read by a pattern, and its offset if the text had one. */
export interface PatternTime {
  /** The fields as if they were UTC. */
  readonly localMs: number;
  readonly offsetMs?: number;
}

export type TimePattern = (text: string) => PatternTime | undefined;

type Part =
  | "year"
  | "month"
  | "monthName"
  | "day"
  | "hour"
  | "hour12"
  | "minute"
  | "second"
  | "fraction"
  | "half"
  | "offset";

/** Letters of a pattern, longest first (Unicode LDML); anything else stands for itself. */
const TOKENS: readonly (readonly [string, Part, string])[] = [
  ["yyyy", "year", "(\\d{4})"],
  ["MMM", "monthName", "([A-Za-z]{3})[A-Za-z]*"],
  ["MM", "month", "(\\d\\d)"],
  ["M", "month", "(\\d\\d?)"],
  ["dd", "day", "(\\d\\d)"],
  ["d", "day", " ?(\\d\\d?)"],
  ["HH", "hour", "(\\d\\d)"],
  ["H", "hour", "(\\d\\d?)"],
  ["hh", "hour12", "(\\d\\d)"],
  ["h", "hour12", "(\\d\\d?)"],
  ["mm", "minute", "(\\d\\d)"],
  ["ss", "second", "(\\d\\d)"],
  ["S", "fraction", "(\\d{1,9})"],
  ["a", "half", "([AaPp]\\.?[Mm]\\.?)"],
  ["Z", "offset", "(Z|[+-]\\d\\d:?\\d\\d)"],
];

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MAX_PATTERN_CHARS = 100;

/**
 * Compiles a pattern of dates: `dd/MMM/yyyy:HH:mm:ss Z`, `M/d/yyyy h:mm a`. Text in single quotes stands for itself; `S` is
 * any number of digits below the second.
 * @throws SourceError definition_invalid
 */
export function compileTimePattern(pattern: string): TimePattern {
  if (pattern.length > MAX_PATTERN_CHARS) throw invalid(pattern, "is too long");
  const parts: Part[] = [];
  let source = "";
  for (let i = 0; i < pattern.length; ) {
    const rest = pattern.slice(i);
    const quoted = /^'([^']*)'/.exec(rest);
    const token = TOKENS.find(([letters]) => rest.startsWith(letters));
    if (quoted !== null) {
      source += RegExp.escape(quoted[1] ?? "");
      i += quoted[0].length;
    } else if (token !== undefined) {
      source += token[2];
      parts.push(token[1]);
      i += token[0].length;
      if (token[1] === "fraction") while (pattern[i] === "S") i++;
    } else if (/^[A-Za-z']/.test(rest)) throw invalid(pattern, `has a letter with no meaning, ${rest[0]}; quote it`);
    else {
      source += RegExp.escape(pattern[i] ?? "");
      i++;
    }
  }
  for (const part of ["year", "day"] as const) if (!parts.includes(part)) throw invalid(pattern, `has no ${part}`);
  const expression = new RegExp(`^${source}$`);
  const places = Object.fromEntries(parts.map((part, i) => [part, i + 1])) as Places;
  return (text) => {
    const match = expression.exec(text.trim());
    return match === null ? undefined : timeOf(match, places);
  };
}

/** Which group of a match holds what; of two that hold the same, the last. */
type Places = Readonly<Partial<Record<Part, number>>>;

function numberAt(match: RegExpExecArray, place: number | undefined): number {
  return place === undefined ? 0 : Number(match[place]);
}

function timeOf(match: RegExpExecArray, places: Places): PatternTime | undefined {
  const monthName = places.monthName === undefined ? undefined : match[places.monthName]?.toLowerCase();
  const month = monthName === undefined ? numberAt(match, places.month) : MONTHS.indexOf(monthName) + 1;
  const day = numberAt(match, places.day);
  const hour = hourOf(match, places);
  const minute = numberAt(match, places.minute);
  const second = numberAt(match, places.second);
  if (hour === undefined || hour > 23 || minute > 59 || second > 60) return undefined;
  const milliseconds = places.fraction === undefined ? 0 : Number(`${match[places.fraction]}000`.slice(0, 3));
  const localMs = Date.UTC(
    numberAt(match, places.year),
    month - 1,
    day,
    hour,
    minute,
    Math.min(second, 59),
    milliseconds,
  );
  const date = new Date(localMs);
  if (month < 1 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const offset = places.offset === undefined ? undefined : match[places.offset];
  return offset === undefined ? { localMs } : { localMs, offsetMs: offsetOf(offset) };
}

function hourOf(match: RegExpExecArray, { hour: hour24, hour12, half: halfAt }: Places): number | undefined {
  if (hour12 === undefined) return numberAt(match, hour24);
  const half = halfAt === undefined ? undefined : match[halfAt]?.[0]?.toLowerCase();
  const hour = Number(match[hour12]);
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half === "p" ? 12 : 0);
}

function offsetOf(text: string): number {
  if (text === "Z") return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2));
  return minutes * (text.startsWith("-") ? -60_000 : 60_000);
}

function invalid(pattern: string, why: string): SourceError {
  return new SourceError(
    "definition_invalid",
    `the date pattern ${JSON.stringify(pattern.slice(0, MAX_PATTERN_CHARS))} ${why}`,
  );
}
