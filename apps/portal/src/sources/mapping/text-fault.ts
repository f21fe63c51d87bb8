import type { Stretch } from "./json-tokens.ts";
import type { JsonPlace } from "./read-json.ts";

/** What is wrong with a text, and where. */
export interface TextFault extends Stretch {
  /** A sentence. */
  readonly message: string;
}

/** The line of a position, from 1. */
export function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < position; at = text.indexOf("\n", at + 1)) line++;
  return line;
}

/** The stretch of a line, from 1, or what is left of it behind a column. */
export function stretchOfLine(text: string, line: number, column = 1): Stretch {
  let from = 0;
  for (let left = line; left > 1; left--) {
    const end = text.indexOf("\n", from);
    if (end === -1) break;
    from = end + 1;
  }
  const end = text.indexOf("\n", from);
  const to = end === -1 ? text.length : end;
  return { from: Math.min(from + column - 1, to), to };
}

/** What is marked for a pointer: a plain value, else the name of an object or list, or its opening sign. */
export function stretchOfPointer(places: ReadonlyMap<string, JsonPlace>, text: string, pointer: string): Stretch {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf("/"))) {
    const place = places.get(at);
    if (place !== undefined) {
      if (text[place.from] !== "{" && text[place.from] !== "[") return { from: place.from, to: place.to };
      return place.key ?? { from: place.from, to: place.from + 1 };
    }
    if (at === "") return { from: 0, to: 0 };
  }
}
