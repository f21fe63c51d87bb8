import { asObject } from "./json-values.ts";
import { endOfString, parseLossless, type ReadItem } from "./read-json.ts";
import { SourceError, sourceErrorOf } from "./source-error.ts";

/**
 * Reads JSON objects that follow one another with or without white space between them, and arrays of such. What stands
 * between two objects is one refused record; the end of an object is where its brackets close.
 */
export function readConcatenatedJson(body: string): ReadItem[] {
  const items: ReadItem[] = [];
  for (let at = 0; at < body.length; ) {
    const start = nextOf(body, at, /\S/g);
    if (start === body.length) break;
    const end = body[start] === "{" ? endOfValue(body, start) : nextOf(body, start + 1, /\{/g);
    items.push(itemOf(body.slice(start, end)));
    at = end;
  }
  return items;
}

function nextOf(body: string, at: number, pattern: RegExp): number {
  pattern.lastIndex = at;
  return pattern.exec(body)?.index ?? body.length;
}

function endOfValue(body: string, start: number): number {
  for (let at = start, depth = 0; at < body.length; at++) {
    const char = body[at];
    if (char === '"') at = endOfString(body, at);
    else if (char === "{" || char === "[") depth++;
    else if ((char === "}" || char === "]") && --depth === 0) return at + 1;
  }
  return body.length;
}

function itemOf(text: string): ReadItem {
  try {
    const record = asObject(parseLossless(text));
    if (record !== undefined) return { kind: "record", record, text };
    return { kind: "refused", error: new SourceError("not_an_object", "a record is a JSON object"), text };
  } catch (error) {
    return { kind: "refused", error: sourceErrorOf(error), text };
  }
}
