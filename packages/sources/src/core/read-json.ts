import { type CairnError, countStructuralColons, isExactNumber, type Json, parseStrictJson } from "@cairn/event";
import { asObject, type JsonObject } from "./json-values.ts";
import { SourceError, sourceErrorOf } from "./source-error.ts";

/** One record of a body: its value, or why it cannot be read and what was sent. */
export type ReadItem =
  | { readonly kind: "record"; readonly record: JsonObject; readonly text: string }
  | { readonly kind: "refused"; readonly error: SourceError; readonly text: string };

/** Largest body read at once: what the server takes from a webhook, after decompression. */
export const MAX_BODY_BYTES = 10 << 20;

/** Deepest nesting read; what lies below the depth of an event is kept as JSON text. */
const MAX_DEPTH = 200;

/** A lone surrogate can only come from an escape; this finds every escape that could be half of one. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Decodes a body.
 * @throws SourceError utf8_invalid, body_empty, too_large
 */
export function decodeText(bytes: Uint8Array): string {
  if (bytes.length > MAX_BODY_BYTES) throw new SourceError("too_large", `more than ${MAX_BODY_BYTES} bytes at once`);
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new SourceError("utf8_invalid", "the bytes are not UTF-8");
  }
  if (text.trim() === "") throw new SourceError("body_empty", "there is nothing to read");
  return text;
}

/**
 * Parses JSON without losing anything: numbers that no double holds become text; keys that stand twice and halves of
 * surrogate pairs are refused.
 * @throws SourceError json_invalid, duplicate_key, text_invalid or too_deep, with line and column
 */
export function parseLossless(text: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw notJson(text);
  }
  const survey: Survey = { keys: 0, isInexact: false };
  surveyValue(value, survey, 1);
  refuseRepeats(text, survey.keys);
  return survey.isInexact ? exactly(text) : value;
}

/** Says what is wrong with a text that is not JSON. */
function notJson(text: string): SourceError {
  try {
    parseStrictJson(text, []);
  } catch (error) {
    return sourceErrorOf(error);
  }
  return new SourceError("json_invalid", "the text is not JSON", { line: 1, column: 1 });
}

/** What there is to know of a parsed value. */
interface Survey {
  /** Keys of all objects. */
  keys: number;
  /** Whether there is a number that no double holds. */
  isInexact: boolean;
}

/** Walks a value once. @throws SourceError too_deep */
function surveyValue(value: Json, survey: Survey, depth: number): void {
  if (typeof value !== "object" || value === null) {
    if (typeof value === "number" && !isExactNumber(value)) survey.isInexact = true;
    return;
  }
  if (depth > MAX_DEPTH) throw new SourceError("too_deep", `nested deeper than ${MAX_DEPTH} levels`);
  // Most values are texts: not worth a call.
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const item = value[i] as Json;
      if (typeof item !== "string") surveyValue(item, survey, depth + 1);
    }
    return;
  }
  for (const key in value) {
    survey.keys++;
    const item = (value as JsonObject)[key] as Json;
    if (typeof item !== "string") surveyValue(item, survey, depth + 1);
  }
}

function refuseRepeats(text: string, keys: number): void {
  if (countStructuralColons(Buffer.from(text)) === keys && !SURROGATE_ESCAPE.test(text)) return;
  const faults: CairnError[] = [];
  try {
    parseStrictJson(text, faults);
  } catch (error) {
    throw sourceErrorOf(error);
  }
  const fault = faults.find(({ code }) => code === "duplicate_key" || code === "text_invalid");
  if (fault !== undefined) throw sourceErrorOf(fault);
}

function exactly(text: string): Json {
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
    typeof value === "number" && !isExactNumber(value) ? (context?.source ?? String(value)) : value,
  ) as Json;
}

/**
 * Reads the records of a body as webhooks send them: an array, one object, an object that wraps an array under one of
 * `wrappers`, or an object on each line. A record that is wrong is refused by itself wherever the others can still be told
 * apart; a body of which nothing can be read is one refused record.
 */
export function readJsonRecords(body: string, wrappers: readonly string[] = []): ReadItem[] {
  const text = body.startsWith("\ufeff") ? body.slice(1) : body;
  if (LINES.test(text)) return linesOf(text).map(({ line, number }) => onLine(itemOf(line), number));
  const whole = attempt(text);
  if (whole.kind === "value") return recordsOf(whole.value, text, wrappers);
  if (whole.error.code !== "json_invalid") {
    // JSON, with a fault somewhere: find out where, one element at a time.
    const parts = elementsOf(text, wrappers);
    return parts === undefined ? [refused(whole.error, text)] : parts.map(itemOf);
  }
  const lines = linesOf(text);
  if (lines.length < 2 || !lines.some(({ line }) => attempt(line).kind === "value"))
    return [refused(whole.error, text)];
  return lines.map(({ line, number }) => onLine(itemOf(line), number));
}

/** An object that ends with its line, and another one: no single value looks like this, and no array. */
const LINES = /^\s*\{[^\n]*\}[ \t\r]*\n\s*\{/;

function linesOf(text: string): { readonly line: string; readonly number: number }[] {
  const lines = text.split("\n").map((line, i) => ({ line: line.trim(), number: i + 1 }));
  return lines.filter(({ line }) => line !== "");
}

type Attempt =
  | { readonly kind: "value"; readonly value: Json }
  | { readonly kind: "fault"; readonly error: SourceError };

function attempt(text: string): Attempt {
  try {
    return { kind: "value", value: parseLossless(text) };
  } catch (error) {
    return { kind: "fault", error: sourceErrorOf(error) };
  }
}

function recordsOf(value: Json, text: string, wrappers: readonly string[]): ReadItem[] {
  const wrapper = wrappers.find((key) => Array.isArray(asObject(value)?.[key]));
  const list = wrapper === undefined ? value : (asObject(value)?.[wrapper] as Json);
  if (!Array.isArray(list)) return [recordOf(value, text)];
  let texts: readonly string[] | undefined;
  const textAt = (i: number) => {
    texts ??= elementsOf(text, wrappers) ?? [];
    return texts[i] ?? JSON.stringify(list[i]);
  };
  return list.map((item: Json, i): ReadItem => {
    const record = asObject(item);
    if (record === undefined) return recordOf(item, textAt(i));
    // Found out only when somebody wants it: for an original to keep, or a refusal to show.
    return {
      kind: "record",
      record,
      get text() {
        return textAt(i);
      },
    };
  });
}

function itemOf(text: string): ReadItem {
  const read = attempt(text);
  return read.kind === "value" ? recordOf(read.value, text) : refused(read.error, text);
}

function recordOf(value: Json, text: string): ReadItem {
  const record = asObject(value);
  if (record !== undefined) return { kind: "record", record, text };
  return refused(new SourceError("not_an_object", "a record is a JSON object", { line: 1, column: 1 }), text);
}

function refused(error: SourceError, text: string): ReadItem {
  return { kind: "refused", error, text };
}

function onLine(item: ReadItem, line: number): ReadItem {
  if (item.kind === "record") return item;
  const { error } = item;
  return refused(new SourceError(error.code, error.message, { ...error.place, line }), item.text);
}

/** Finds the texts of the elements of the outermost array, or of the array under a wrapper, in text that is JSON. */
function elementsOf(text: string, wrappers: readonly string[]): string[] | undefined {
  let start = /\S/.exec(text)?.index ?? 0;
  if (text[start] === "{") {
    const keys = wrappers.map((key) => RegExp.escape(key)).join("|");
    const found = keys === "" ? null : new RegExp(`"(?:${keys})"\\s*:\\s*\\[`).exec(text);
    if (found === null) return undefined;
    start = found.index + found[0].length - 1;
  } else if (text[start] !== "[") return undefined;
  const elements: string[] = [];
  let from = start + 1;
  for (let at = from, depth = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at);
    else if (char === "{" || char === "[") depth++;
    else if ((char === "," || char === "]") && depth === 0) {
      const element = text.slice(from, at).trim();
      if (element !== "") elements.push(element);
      if (char === "]") return elements;
      from = at + 1;
    } else if (char === "}" || char === "]") depth--;
  }
  return elements;
}

/** Gives the position of the quote that closes a string. */
export function endOfString(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
