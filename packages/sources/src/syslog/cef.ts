import { type Json, setMember } from "@cairn/event";
import type { JsonObject } from "../core/json-values.ts";

const HEADER = [
  "version",
  "device_vendor",
  "device_product",
  "device_version",
  "event_class_id",
  "name",
  "severity",
] as const;
/** A key of the extension: behind the start or a space, before `=`. Values hold spaces, so only this tells where one ends. */
const KEY = /(?:^|\s)([A-Za-z0-9_.[\]-]{1,100})=/g;

/** Parses a CEF message (ArcSight Common Event Format); undefined for anything else. */
export function parseCef(message: string): JsonObject | undefined {
  const start = /^CEF: ?(?=\d)/.exec(message);
  if (start === null) return undefined;
  const parts = splitHeader(message.slice(start[0].length));
  if (parts === undefined) return undefined;
  const [extension = "", ...header] = parts;
  const record: Record<string, Json> = {};
  for (const [i, key] of HEADER.entries()) record[key] = header[i] ?? "";
  record.extension = extensionOf(extension);
  return record as JsonObject;
}

/** Splits at the bars that are not escaped; gives the extension first. */
function splitHeader(text: string): string[] | undefined {
  const fields: string[] = [];
  let field = "";
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? "";
    if (char === "\\" && (text[at + 1] === "|" || text[at + 1] === "\\")) {
      at++;
      field += text[at];
    } else if (char === "|") {
      fields.push(field);
      field = "";
      if (fields.length === HEADER.length) return [text.slice(at + 1), ...fields];
    } else field += char;
  }
  return undefined;
}

function extensionOf(text: string): Json {
  const values: Record<string, Json> = {};
  const keys = [...text.matchAll(KEY)];
  for (const [i, match] of keys.entries()) {
    const from = match.index + match[0].length;
    const value = text.slice(from, keys[i + 1]?.index ?? text.length);
    let name = match[1] ?? "";
    for (let n = 2; Object.hasOwn(values, name); n++) name = `${match[1]}#${n}`;
    setMember(values, name, unescaped(value));
  }
  const before = text.slice(0, keys[0]?.index ?? text.length).trim();
  return before === "" ? values : { ...values, unparsed: before };
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", "=": "=", "\\": "\\", "|": "|" };

function unescaped(value: string): string {
  return value.replace(/\\([nr=\\|])/g, (_, char: string) => ESCAPES[char] ?? char);
}
