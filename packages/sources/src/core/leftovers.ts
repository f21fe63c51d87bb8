import { escapePointerToken, type Json, pointerTokens, setMember } from "@cairn/event";
import type { JsonObject } from "./json-values.ts";

/** Which parts of a record are carried elsewhere: whole, or some of their members. */
export type Taken = Map<string, Taken | "whole">;

/** Notes that the value at a pointer is carried elsewhere. */
export function takeAt(taken: Taken, pointer: string): void {
  const tokens = tokensOf(pointer);
  const last = tokens.length - 1;
  let level = taken;
  for (let i = 0; i < last; i++) {
    const token = tokens[i] ?? "";
    const known = level.get(token);
    if (known === "whole") return;
    const next: Taken = known ?? new Map();
    if (known === undefined) level.set(token, next);
    level = next;
  }
  level.set(tokens[last] ?? "", "whole");
}

/** Gives a record without what was taken. An object or array of which all was taken goes too; places in arrays stay. */
export function leftovers(record: JsonObject, taken: Taken): Record<string, Json> {
  const rest: Record<string, Json> = {};
  for (const key in record) {
    const value = record[key] as Json;
    const part = taken.get(key);
    if (part === "whole") continue;
    const kept = part === undefined ? value : without(value, part);
    if (kept !== undefined) setMember(rest, key, kept);
  }
  return rest;
}

/** Whether an object has no members; without making a list of them. */
export function isEmpty(object: JsonObject): boolean {
  for (const _key in object) return false;
  return true;
}

function without(value: Json, taken: Taken): Json | undefined {
  if (typeof value !== "object" || value === null) return value;
  if (!Array.isArray(value)) {
    const rest = leftovers(value as JsonObject, taken);
    return isEmpty(rest) && !isEmpty(value as JsonObject) ? undefined : rest;
  }
  let isAllTaken = value.length > 0;
  const rest = value.map((item: Json, i) => {
    const part = taken.get(String(i));
    const kept = part === undefined || part === "whole" ? (part === undefined ? item : undefined) : without(item, part);
    if (kept !== undefined) isAllTaken = false;
    return kept ?? (typeof item === "object" ? {} : item);
  });
  return isAllTaken ? undefined : rest;
}

/** Mappings use the same few pointers for every record. */
const knownTokens = new Map<string, readonly string[]>();
const MAX_KNOWN = 10_000;

/** Splits a JSON Pointer, remembering it. */
export function tokensOf(pointer: string): readonly string[] {
  const known = knownTokens.get(pointer);
  if (known !== undefined) return known;
  const tokens = pointerTokens(pointer);
  if (knownTokens.size < MAX_KNOWN) knownTokens.set(pointer, tokens);
  return tokens;
}

/** Reads the value a JSON Pointer names; like `valueAt`, with remembered tokens. */
export function readAt(value: Json, pointer: string): Json | undefined {
  let current: Json | undefined = value;
  for (const token of tokensOf(pointer)) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, token)) return undefined;
    current = (current as JsonObject)[token];
  }
  return current;
}

/** Joins a pointer and one more token. */
export function pointerTo(pointer: string, token: string | number): string {
  return `${pointer}/${typeof token === "number" ? token : escapePointerToken(token)}`;
}
