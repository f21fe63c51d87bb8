import { QueryError } from "./errors.ts";
import { ANY_ONE, ANY_RUN } from "./pattern.ts";
import type { Scanner, Written } from "./scanner.ts";

export type Comparison = ":" | "=" | ">" | ">=" | "<" | "<=";

/** What stands after `field:`. */
export type WrittenValue =
  | { readonly kind: "one"; readonly comparison: Comparison; readonly value: Written }
  | {
      readonly kind: "range";
      readonly low: Written | undefined;
      readonly high: Written | undefined;
      readonly whole: Written;
    };

const COMPARISONS = [">=", "<=", ">", "<", "="] as const;

/** Reads a value: an optional comparison sign, then a quoted text, a range in brackets, or an unquoted text. */
export function readValue(scanner: Scanner): WrittenValue {
  const start = scanner.position;
  const comparison = COMPARISONS.find((sign) => scanner.take(sign)) ?? ":";
  if (scanner.isAt("[") && comparison === ":") {
    const range = readRange(scanner);
    if (range !== undefined) return range;
  }
  const value = scanner.isAt('"') ? scanner.quoted() : scanner.bare("");
  if (value.pieces.length === 0) {
    throw new QueryError("empty_value", "a value is missing here: write one after the colon, or * for “any value”", {
      offset: start,
      length: Math.max(1, scanner.position - start),
    });
  }
  return { kind: "one", comparison, value };
}

/** Reads `[low TO high]`; gives undefined, and takes nothing, when the bracket is no range. */
function readRange(scanner: Scanner): WrittenValue | undefined {
  const offset = scanner.position;
  scanner.take("[");
  scanner.skipSpace();
  const low = readEnd(scanner);
  scanner.skipSpace();
  const hasTo = scanner.takeWord("TO");
  scanner.skipSpace();
  const high = hasTo ? readEnd(scanner) : undefined;
  scanner.skipSpace();
  if (low === undefined || high === undefined || !scanner.take("]")) {
    throw new QueryError(
      "range_invalid",
      "a range is written [low TO high], with * for an open end; quote the value to mean a bracket",
      {
        offset,
        length: Math.max(1, scanner.position - offset),
      },
    );
  }
  const whole: Written = { offset, length: scanner.position - offset, pieces: [], isQuoted: false };
  return { kind: "range", low: openEnd(low), high: openEnd(high), whole };
}

function readEnd(scanner: Scanner): Written | undefined {
  const end = scanner.isAt('"') ? scanner.quoted() : scanner.bare("[]");
  return end.pieces.length === 0 ? undefined : end;
}

function openEnd(end: Written): Written | undefined {
  return !end.isQuoted && end.pieces.length === 1 && end.pieces[0] === ANY_RUN ? undefined : end;
}

/** Splits `low..high` where a field takes ranges; either end may be missing, not both. */
export function splitDots(value: Written): WrittenValue | undefined {
  const [text] = value.pieces;
  if (value.isQuoted || value.pieces.length !== 1 || typeof text !== "string") return undefined;
  const at = text.indexOf("..");
  if (at === -1 || text.length === 2) return undefined;
  const end = (from: number, to: number): Written | undefined =>
    from === to
      ? undefined
      : { offset: value.offset + from, length: to - from, pieces: [text.slice(from, to)], isQuoted: false };
  return { kind: "range", low: end(0, at), high: end(at + 2, text.length), whole: value };
}

/** Tells whether a value is `*` alone. */
export function isAnything(value: Written): boolean {
  return !value.isQuoted && value.pieces.length === 1 && value.pieces[0] === ANY_RUN;
}

/** Counts the wildcards of a value. */
export function countWildcards(value: Written): number {
  return value.pieces.filter((piece) => piece === ANY_RUN || piece === ANY_ONE).length;
}
