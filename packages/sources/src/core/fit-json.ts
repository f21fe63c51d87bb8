import { isExactNumber, type Json, LIMITS, setMember } from "@cairn/event";
import { cutText } from "./cut-text.ts";
import type { JsonObject } from "./json-values.ts";
import { pointerTo } from "./leftovers.ts";

/** What had to be done to a value: `flattened:/details/a`, `cut:/details/b`. */
export type FitWarnings = string[];

/** Depth left for `details`, which lies below the event itself. */
const MAX_DEPTH = LIMITS.depth - 2;

/**
 * Makes a free value one that the door takes: what is nested too deep becomes its JSON text, numbers that no double holds
 * become text, keys that are too long are cut. Gives the value itself when nothing is to do, as nearly always.
 */
export function fitJson(value: Json, pointer: string, warnings: FitWarnings, depth = 1): Json {
  if (typeof value === "number") return isExactNumber(value) ? value : String(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth > MAX_DEPTH) {
    warnings.push(`flattened:${pointer}`);
    return JSON.stringify(value);
  }
  return Array.isArray(value)
    ? fitArray(value, pointer, warnings, depth)
    : fitObject(value as JsonObject, pointer, warnings, depth);
}

/** Whether a value is one as it is, for sure: making its pointer costs more than looking. */
function isPlain(value: Json): boolean {
  if (typeof value === "number") return isExactNumber(value);
  return typeof value !== "object" || value === null;
}

function fitArray(values: readonly Json[], pointer: string, warnings: FitWarnings, depth: number): Json {
  let copy: Json[] | undefined;
  for (let i = 0; i < values.length; i++) {
    const item = values[i] as Json;
    if (isPlain(item)) continue;
    const fitted = fitJson(item, pointerTo(pointer, i), warnings, depth + 1);
    if (fitted === item) continue;
    copy ??= [...values];
    copy[i] = fitted;
  }
  return copy ?? values;
}

function fitObject(value: JsonObject, pointer: string, warnings: FitWarnings, depth: number): Json {
  let copy: Record<string, Json> | undefined;
  for (const key in value) {
    const item = value[key] as Json;
    const shortKey = cutText(key, LIMITS.shortTextChars);
    if (shortKey !== key) warnings.push(`cut:${pointer} (a key)`);
    const fitted = isPlain(item) ? item : fitJson(item, pointerTo(pointer, shortKey), warnings, depth + 1);
    if (copy === undefined && (fitted !== item || shortKey !== key)) copy = membersBefore(value, key);
    if (copy !== undefined) setMember(copy, shortKey, fitted);
  }
  return copy ?? value;
}

/** Copies the members before one. */
function membersBefore(value: JsonObject, end: string): Record<string, Json> {
  const copy: Record<string, Json> = {};
  for (const key in value) {
    if (key === end) break;
    setMember(copy, key, value[key] as Json);
  }
  return copy;
}

/** Cuts every text in a value that is longer than a number of UTF-16 units. */
export function capTexts(value: Json, maxChars: number, pointer: string, warnings: FitWarnings): Json {
  if (typeof value === "string") {
    if (value.length <= maxChars) return value;
    warnings.push(`cut:${pointer}`);
    return cutText(value, maxChars);
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((item: Json, i) => capTexts(item, maxChars, pointerTo(pointer, i), warnings));
  }
  const copy: Record<string, Json> = {};
  for (const key of Object.keys(value)) {
    setMember(copy, key, capTexts((value as JsonObject)[key] as Json, maxChars, pointerTo(pointer, key), warnings));
  }
  return copy;
}
