import type { NumberBound, Predicate } from "./ast.ts";
import { QueryError, type QueryFault } from "./errors.ts";
import { type FieldKind, type FieldName, fieldDefinition } from "./fields.ts";
import { fold } from "./fold.ts";
import { HIGHEST_IP, ipHex, LOWEST_IP, parseIpRange } from "./ip.ts";
import { numberOfText } from "./leaves.ts";
import { QUERY_LIMITS } from "./limits.ts";
import { ANY_RUN, type Glob, literalOf } from "./pattern.ts";
import { type Phrase, toPhrase } from "./phrase.ts";
import type { Written } from "./scanner.ts";
import { nearest } from "./suggest.ts";
import { parseTimeSpan, type TimeSpan } from "./time.ts";
import { type Comparison, isAnything, splitDots, type WrittenValue } from "./value.ts";

/** Which end of a stretch of time a value stands for, when it is written after `after:` or `before:`. */
export type TimeBound = "after" | "before" | undefined;

interface Target {
  readonly name: FieldName;
  /** The field as written, for messages. */
  readonly label: string;
  readonly bound: TimeBound;
  readonly nowMs: number;
}

/**
 * Decides what a written value means for a field.
 * @throws QueryError when the field takes no such value
 */
export function buildPredicate(written: WrittenValue, target: Target): Predicate {
  const { kind } = fieldDefinition(target.name);
  const value = written.kind === "one" && RANGED.has(kind) ? (dotted(written, kind) ?? written) : written;
  if (value.kind === "range") return buildRange(value, kind, target);
  if (isAnything(value.value) && target.bound === undefined && (value.comparison === ":" || value.comparison === "=")) {
    return { op: "exists" };
  }
  switch (kind) {
    case "keyword":
    case "ref":
      return buildWhole(value, kind, target);
    case "text":
      return { op: "words", phrase: wordsOf(value, target), number: undefined };
    case "leaf":
      return buildLeaf(value, target);
    case "person":
      return buildPerson(value, target);
    case "number":
      return numberInterval(value.comparison, readNumber(value.value, target));
    case "time":
      return buildTime(value.comparison, value.value, target);
    case "ip":
      return buildIp(value, target);
  }
}

type One = Extract<WrittenValue, { kind: "one" }>;
type Range = Extract<WrittenValue, { kind: "range" }>;

const RANGED: ReadonlySet<FieldKind> = new Set(["number", "time", "ip", "leaf"]);

/** `a..b`, where both ends can be read; under `details` a text may well hold two dots. */
function dotted(value: One, kind: FieldKind): WrittenValue | undefined {
  const range = value.comparison === ":" ? splitDots(value.value) : undefined;
  if (range?.kind !== "range" || kind !== "leaf") return range;
  const isNumber = (end: Written | undefined) =>
    end === undefined || !Number.isNaN(numberOfText(literalOf(end.pieces) ?? ""));
  return isNumber(range.low) && isNumber(range.high) ? range : undefined;
}

function fault(code: QueryFault, place: Written, message: string): QueryError {
  return new QueryError(code, message, { offset: place.offset, length: Math.max(1, place.length) });
}

function requireEquality(value: One, target: Target): void {
  if (value.comparison === ":" || value.comparison === "=") return;
  throw fault(
    "operator_not_supported",
    value.value,
    `“${target.label}” cannot be compared with ${value.comparison}; it takes a value, and numbers, times and details take comparisons`,
  );
}

function buildWhole(value: One, kind: FieldKind, target: Target): Predicate {
  requireEquality(value, target);
  const glob = kind === "ref" ? value.value.pieces : foldPieces(value.value.pieces);
  const { values } = fieldDefinition(target.name);
  const literal = literalOf(glob);
  if (values !== undefined && literal !== undefined && !values.includes(literal)) {
    const suggestion = nearest(literal, values);
    throw new QueryError(
      "unknown_value",
      `“${target.label}” is never “${literal}”; ${suggestion === undefined ? `use one of ${values.join(", ")}` : `did you mean “${suggestion}”?`}`,
      { offset: value.value.offset, length: value.value.length, ...(suggestion === undefined ? {} : { suggestion }) },
    );
  }
  return { op: "whole", glob };
}

function foldPieces(pieces: Glob): Glob {
  return pieces.map((piece) => (typeof piece === "string" ? fold(piece) : piece));
}

function wordsOf(value: One, target: Target): Phrase {
  requireEquality(value, target);
  return requireWords(toPhrase(value.value.pieces, { isWhole: value.comparison === "=" }), value.value);
}

/** Refuses a value without a letter or digit, which could match nothing, and one of too many words. */
export function requireWords(phrase: Phrase, place: Written): Phrase {
  if (phrase.words.length > QUERY_LIMITS.phraseWords) {
    throw fault("too_long", place, `a phrase has at most ${QUERY_LIMITS.phraseWords} words`);
  }
  if (phrase.words.length > 0) return phrase;
  throw fault(
    "nothing_to_search",
    place,
    "there is no letter or digit to look for here; words are made of letters and digits",
  );
}

function buildLeaf(value: One, target: Target): Predicate {
  const literal = literalOf(value.value.pieces);
  const number = literal === undefined || value.value.isQuoted ? Number.NaN : numberOfText(literal);
  if (value.comparison !== ":" && value.comparison !== "=") {
    return numberInterval(value.comparison, readNumber(value.value, target));
  }
  const phrase = toPhrase(value.value.pieces, { isWhole: value.comparison === "=" });
  return {
    op: "words",
    phrase: requireWords(phrase, value.value),
    number: Number.isNaN(number) ? undefined : number,
  };
}

function buildPerson(value: One, target: Target): Predicate {
  requireEquality(value, target);
  const glob = foldPieces(value.value.pieces);
  const phrase = toPhrase(value.value.pieces, { isWhole: value.comparison === "=" });
  if (target.name.endsWith(".name"))
    return { op: "person", glob: undefined, phrase: requireWords(phrase, value.value) };
  const takesWords =
    !target.name.includes(".") && phrase.words.length > 0 && phrase.words.length <= QUERY_LIMITS.phraseWords;
  return { op: "person", glob, phrase: takesWords ? phrase : undefined };
}

function readNumber(value: Written, target: Target): number {
  const number = numberOfText(literalOf(value.pieces) ?? "");
  if (!Number.isNaN(number)) return number;
  throw fault("number_invalid", value, `“${target.label}” is compared with a number here, such as 1000, -2.5 or 1e6`);
}

function numberInterval(comparison: Comparison, value: number): Predicate {
  const inclusive: NumberBound = { value, isInclusive: true };
  const exclusive: NumberBound = { value, isInclusive: false };
  switch (comparison) {
    case ":":
    case "=":
      return { op: "number", low: inclusive, high: inclusive };
    case ">":
      return { op: "number", low: exclusive, high: undefined };
    case ">=":
      return { op: "number", low: inclusive, high: undefined };
    case "<":
      return { op: "number", low: undefined, high: exclusive };
    case "<=":
      return { op: "number", low: undefined, high: inclusive };
  }
}

function buildTime(comparison: Comparison, value: Written, target: Target): Predicate {
  const { startMs, endMs, isMoment } = readTime(value, target);
  if (target.bound !== undefined) {
    if (comparison !== ":") {
      throw fault(
        "operator_not_supported",
        value,
        `“${target.label}:” is a comparison already; write the time right after the colon`,
      );
    }
    return target.bound === "after"
      ? { op: "time", fromMs: startMs, toMs: undefined }
      : { op: "time", fromMs: undefined, toMs: startMs };
  }
  switch (comparison) {
    case ":":
    case "=":
      if (!isMoment) return { op: "time", fromMs: startMs, toMs: endMs };
      throw fault(
        "time_invalid",
        value,
        `a distance from now is a moment; write ${target.label}:>${literalOf(value.pieces)} or after:${literalOf(value.pieces)}`,
      );
    case ">":
      return { op: "time", fromMs: endMs, toMs: undefined };
    case ">=":
      return { op: "time", fromMs: startMs, toMs: undefined };
    case "<":
      return { op: "time", fromMs: undefined, toMs: startMs };
    case "<=":
      return { op: "time", fromMs: undefined, toMs: endMs };
  }
}

function readTime(value: Written, target: Target): TimeSpan {
  const span = parseTimeSpan(literalOf(value.pieces) ?? "", target.nowMs);
  if (span !== undefined) return span;
  throw fault(
    "time_invalid",
    value,
    "this is no time: write 2026-10-01, 2026-10-01T08:30:00Z, now, today, or a distance such as -7d (s, m, h, d, w, M for months, y)",
  );
}

function buildIp(value: One, target: Target): Predicate {
  requireEquality(value, target);
  const text = value.value.pieces
    .map((piece) => (typeof piece === "string" ? piece : piece === ANY_RUN ? "*" : "?"))
    .join("");
  const range = parseIpRange(text);
  if (range !== undefined) return { op: "ip", ...range };
  throw fault(
    "ip_invalid",
    value.value,
    "this is no address: write 203.0.113.7, 203.0.113.0/24, 203.0.113.*, 2001:db8::/32 or a range a..b",
  );
}

function buildRange(range: Range, kind: FieldKind, target: Target): Predicate {
  switch (kind) {
    case "number":
    case "leaf": {
      const bound = (end: Written | undefined) =>
        end === undefined ? undefined : { value: readNumber(end, target), isInclusive: true };
      return { op: "number", low: bound(range.low), high: bound(range.high) };
    }
    case "time": {
      if (target.bound !== undefined) break;
      const low = range.low === undefined ? undefined : readTime(range.low, target);
      const high = range.high === undefined ? undefined : readTime(range.high, target);
      return { op: "time", fromMs: low?.startMs, toMs: high?.endMs };
    }
    case "ip": {
      const [low, high] = [range.low, range.high].map((end) => (end === undefined ? undefined : readIp(end)));
      return { op: "ip", low: low ?? LOWEST_IP, high: high ?? HIGHEST_IP };
    }
    default:
  }
  throw fault(
    "operator_not_supported",
    range.whole,
    `“${target.label}” takes no range; quote the value to mean these characters`,
  );
}

function readIp(end: Written): string {
  const hex = ipHex(literalOf(end.pieces) ?? "");
  if (hex === undefined)
    throw fault("ip_invalid", end, "the end of a range of addresses is an address, such as 203.0.113.7");
  return hex;
}
