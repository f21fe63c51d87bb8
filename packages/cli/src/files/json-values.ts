import type { Json } from "@cairn/event";

/** An object as JSON has them. */
export type JsonObject = { readonly [key: string]: Json };

/** Gives a text that says something; undefined for anything else. */
export function text(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
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
