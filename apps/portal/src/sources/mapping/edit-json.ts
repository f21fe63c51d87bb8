import type { Json } from "@cairn/event";
import { readJson } from "./read-json.ts";

/**
 * Sets a member of a JSON text and leaves everything else as it was written. A member that is not there comes first in its
 * object. Undefined for a text that is no JSON, or without the object.
 */
export function editJson(text: string, pointer: string, value: Json): string | undefined {
  const read = readJson(text);
  if (read.kind === "fault") return undefined;
  const written = JSON.stringify(value);
  const place = read.places.get(pointer);
  if (place !== undefined) return text.slice(0, place.from) + written + text.slice(place.to);
  const last = pointer.lastIndexOf("/");
  const outer = read.places.get(pointer.slice(0, last));
  if (outer === undefined || text[outer.from] !== "{") return undefined;
  const behind = text.slice(outer.from + 1);
  const comma = /^\s*\}/.test(behind) ? "" : ",";
  const space = /^\s*/.exec(behind)?.[0] ?? "";
  return `${text.slice(0, outer.from + 1)}${space}"${pointer.slice(last + 1)}": ${written}${comma}${behind}`;
}
