import type { Json } from "@cairn/event";

/** An object as JSON has them. */
export type JsonObject = { readonly [key: string]: Json };

/** Gives a text that says something; undefined for anything else. */
export function text(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Gives a text that says something, or a number as text; undefined for anything else. */
export function textOrNumber(value: Json | undefined): string | undefined {
  return typeof value === "number" ? String(value) : text(value);
}

/** Gives a member of a value that may not be an object. */
export function member(value: Json | undefined, key: string): Json | undefined {
  const object = asObject(value);
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Gives a value that is an object; undefined for anything else. */
export function asObject(value: Json | undefined): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** Gives a value that is an array; an empty one for anything else. */
export function asArray(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** Reads an own key of a table that is indexed by what others sent: `constructor` is nobody's code. */
export function lookUp<T>(table: Readonly<Record<string, T>>, key: string | undefined): T | undefined {
  return key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Gives a value as text: nothing for null, JSON for lists and objects. Never throws, whatever members an object has. */
export function printed(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
