import type { Json } from "@cairn/event";
import type { JsonObject } from "@cairn/sources";

/** Gives a value as an object, if it is one. */
export function asObject(value: Json | undefined): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** Gives the member of a value, if it is an object that has it itself. */
export function member(value: Json | undefined, key: string): Json | undefined {
  const object = asObject(value);
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Gives the member of a value if it is a text with something in it. */
export function textMember(value: Json | undefined, key: string): string | undefined {
  const text = member(value, key);
  return typeof text === "string" && text !== "" ? text : undefined;
}
