import { CairnError } from "../model/errors.ts";
import { LIMITS } from "../model/limits.ts";
import { isExactNumber, STRICT_DEPTH } from "./parse-strict.ts";
import { escapePointerToken } from "./pointer.ts";

/**
 * Walks a parsed JSON value and refuses what Cairn cannot keep exactly: numbers, depth, keys.
 * @throws CairnError number_out_of_range, too_deep or field_length
 */
export function inspectJson(value: unknown, pointer: string, depth = 1): void {
  if (typeof value === "number") {
    if (!isExactNumber(value)) {
      throw new CairnError("number_out_of_range", "the number cannot be kept exactly; send it as a string", {
        pointer,
      });
    }
    return;
  }
  if (typeof value !== "object" || value === null) return;
  if (depth > LIMITS.depth) throw new CairnError("too_deep", `nested deeper than ${LIMITS.depth} levels`, { pointer });
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      if (typeof item === "object" || typeof item === "number") inspectJson(item, `${pointer}/${i}`, depth + 1);
    }
    return;
  }
  for (const key in value) {
    if (key.length > LIMITS.shortTextChars) {
      throw new CairnError("field_length", `a key is longer than ${LIMITS.shortTextChars} characters`, { pointer });
    }
    const member: unknown = (value as Record<string, unknown>)[key];
    if (typeof member === "object" || typeof member === "number") {
      inspectJson(member, `${pointer}/${escapePointerToken(key)}`, depth + 1);
    }
  }
}

/**
 * Counts the keys of every object in a parsed value; compared with the colons of its text, it betrays duplicate keys.
 * NaN when the value is nested deeper than any body may be: equal to no count, and no danger to the stack.
 */
export function countKeys(value: unknown, depth = 0): number {
  if (typeof value !== "object" || value === null) return 0;
  if (depth >= STRICT_DEPTH) return Number.NaN;
  let count = 0;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      if (typeof item === "object") count += countKeys(item, depth + 1);
    }
    return count;
  }
  for (const key in value) {
    count++;
    const member: unknown = (value as Record<string, unknown>)[key];
    if (typeof member === "object") count += countKeys(member, depth + 1);
  }
  return count;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** Bytes of a string that are looked at one by one: most end within them, and asking for the next quote costs as much. */
const NEAR_BYTES = 40;

/** Counts the colons outside strings in the UTF-8 bytes of valid JSON: one for each key that was written. */
export function countStructuralColons(bytes: Uint8Array): number {
  let count = 0;
  const end = bytes.length;
  for (let i = 0; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === COLON) count++;
    else if (byte === QUOTE) {
      const near = Math.min(end, i + NEAR_BYTES);
      i++;
      while (i < near && bytes[i] !== QUOTE && bytes[i] !== BACKSLASH) i++;
      if (i < near && bytes[i] === QUOTE) continue;
      i = closingQuote(bytes, i);
      if (i === -1) return count;
    }
  }
  return count;
}

/** Finds the quote that ends a string; an escaped quote is one behind an odd number of backslashes. */
function closingQuote(bytes: Uint8Array, from: number): number {
  for (let i = from; ; i++) {
    i = bytes.indexOf(QUOTE, i);
    if (i === -1) return -1;
    let back = i - 1;
    while (bytes[back] === BACKSLASH) back--;
    if ((i - back) % 2 === 1) return i;
  }
}
