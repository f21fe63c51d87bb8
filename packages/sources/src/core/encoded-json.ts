import type { Json } from "@cairn/event";
import { parseLossless } from "./read-json.ts";
import { SourceError } from "./source-error.ts";

/** Longest text that is looked into. */
const MAX_CHARS = 100_000;

/** Reads JSON inside of a text, as Microsoft writes values (`"\"Member\""`, `"[]"`); any other value is given as it is. */
export function encodedJson(value: Json | undefined): Json | undefined {
  if (typeof value !== "string" || value.length > MAX_CHARS || !/^\s*["[{]/.test(value)) return value;
  try {
    return parseLossless(value);
  } catch (error) {
    if (error instanceof SourceError) return value;
    throw error;
  }
}
