import { CairnError, countKeys, countStructuralColons, inspectJson, parseStrictJson } from "@cairn/event";
import type { JsonObject } from "../files/json-values.ts";

/** One record of a file: an event, or why there is none. */
export type FileRecord = ReadableRecord | RefusedRecord;

/** A record that can be sent. */
export interface ReadableRecord {
  readonly kind: "event";
  /** Line on which it begins, from 1. */
  readonly line: number;
  readonly event: JsonObject;
}

/** A record that cannot be sent, with a code as the server would give it. */
export interface RefusedRecord {
  readonly kind: "refused";
  readonly line: number;
  readonly column?: number | undefined;
  readonly pointer?: string | undefined;
  readonly code: string;
  readonly message: string;
  /** Nothing behind it was read: where the next record begins cannot be told. */
  readonly isEnd?: boolean;
}

/** Longest record that is read: far beyond what the server takes (256 KiB), so that white space does not matter. */
export const MAX_RECORD_BYTES = 10 << 20;

/** A lone surrogate can only come from an escape; this finds every escape that could be half of one. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Parses the bytes of one record, as strictly as the server does. `line` is where they begin. */
export function parseRecord(bytes: Uint8Array, line: number): FileRecord {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return { kind: "refused", line, code: "utf8_invalid", message: "the record is not UTF-8" };
  }
  try {
    return { kind: "event", line, event: asObject(parseExact(text, bytes)) };
  } catch (error) {
    if (error instanceof CairnError) return refusedRecord(error, line);
    throw error;
  }
}

/** Makes a refusal; places in the record become places in the file. */
export function refusedRecord(error: CairnError, line: number): RefusedRecord {
  const { pointer, column, line: inner = 1 } = error.place;
  return { kind: "refused", line: line + inner - 1, column, pointer, code: error.code, message: error.message };
}

function parseExact(text: string, bytes: Uint8Array): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return parseStrictJson(text); // throws, and says where
  }
  if (countStructuralColons(bytes) !== countKeys(value) || SURROGATE_ESCAPE.test(text)) parseStrictJson(text);
  // What `JSON.parse` made infinite would be sent as null.
  inspectJson(value, "");
  return value;
}

function asObject(value: unknown): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new CairnError("not_an_object", "an event is a JSON object", { pointer: "" });
}
