import { type Json, setMember } from "@cairn/event";
import type { JsonObject } from "../core/json-values.ts";

const HEADER = ["version", "vendor", "product", "product_version", "event_id"] as const;

/** Parses a LEEF message (IBM, 1.0 and 2.0); undefined for anything else. */
export function parseLeef(message: string): JsonObject | undefined {
  const start = /^LEEF:(?=[12]\.0\|)/.exec(message);
  if (start === null) return undefined;
  const fields = message.slice(start[0].length).split("|");
  if (fields.length <= HEADER.length) return undefined;
  const record: Record<string, Json> = {};
  for (const [i, key] of HEADER.entries()) record[key] = fields[i] ?? "";
  const rest = fields.slice(HEADER.length);
  const delimiter = record.version === "2.0" && rest.length > 1 ? delimiterOf(rest.shift() ?? "") : "\t";
  record.attributes = attributesOf(rest.join("|"), delimiter);
  return record as JsonObject;
}

/** A character, or its code as `0x09` or `x09`. */
function delimiterOf(text: string): string {
  const hex = /^0?x([0-9a-fA-F]{1,4})$/.exec(text)?.[1];
  return hex === undefined ? (text[0] ?? "\t") : String.fromCharCode(Number.parseInt(hex, 16));
}

function attributesOf(text: string, delimiter: string): Json {
  const values: Record<string, Json> = {};
  for (const part of text.split(delimiter)) {
    if (part.trim() === "") continue;
    const equals = part.indexOf("=");
    const key = equals === -1 ? "unparsed" : part.slice(0, equals).trim();
    let name = key;
    for (let n = 2; Object.hasOwn(values, name); n++) name = `${key}#${n}`;
    setMember(values, name, part.slice(equals + 1));
  }
  return values;
}
