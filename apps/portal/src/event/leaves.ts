import type { Json } from "@cairn/event";

/** One value of an event that is shown by itself. */
export interface EventLeaf {
  /** Keys and array positions from the event down to the value. */
  readonly path: readonly (string | number)[];
  /** A scalar, an empty object or array, or an array of scalars: short enough for one line. */
  readonly value: Json;
}

/** Opens a value into its leaves, in the order in which they stand. Nothing is left out. */
export function leavesOf(value: Json, path: readonly (string | number)[] = []): EventLeaf[] {
  if (typeof value !== "object" || value === null) return [{ path, value }];
  if (isList(value)) {
    if (value.every((item) => typeof item !== "object" || item === null)) return [{ path, value }];
    return value.flatMap((item, i) => leavesOf(item, [...path, i]));
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return [{ path, value }];
  return entries.flatMap(([key, member]) => (member === undefined ? [] : leavesOf(member, [...path, key])));
}

/** Tells arrays from objects; the built-in guard does not know read-only arrays. */
export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Writes a scalar as text, anything else as JSON. */
export function showValue(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
