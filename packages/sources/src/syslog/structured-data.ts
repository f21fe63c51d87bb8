import { type Json, setMember } from "@cairn/event";
import { SourceError } from "../core/source-error.ts";

/** Structured data of RFC 5424 §6.3, and where it ends. */
export interface StructuredData {
  readonly data: Json | undefined;
  readonly end: number;
}

/**
 * Reads `[id name="value" …]…` or `-`. A name or an element that stands twice gets its number as well.
 * @throws SourceError syslog_invalid
 */
export function structuredData(text: string, start: number): StructuredData {
  if (text[start] === "-") return { data: undefined, end: start + 1 };
  const elements: Record<string, Json> = {};
  let at = start;
  while (text[at] === "[") {
    const id = /[^\s=\]"]{1,200}/y;
    id.lastIndex = at + 1;
    const name = id.exec(text)?.[0];
    if (name === undefined) throw invalid(at);
    at += 1 + name.length;
    const values: Record<string, Json> = {};
    while (text[at] === " ") at = parameter(text, at + 1, values);
    if (text[at] !== "]") throw invalid(at);
    at++;
    put(elements, name, values);
  }
  if (at === start) throw invalid(at);
  return { data: elements, end: at };
}

const PARAMETER = /([^\s=\]"]{1,200})="((?:[^"\\\]]|\\[\s\S])*)"/y;

function parameter(text: string, start: number, values: Record<string, Json>): number {
  PARAMETER.lastIndex = start;
  const match = PARAMETER.exec(text);
  if (match === null) throw invalid(start);
  const [whole, name = "", value = ""] = match;
  // Only these three are escapes; a backslash before anything else stands for itself (§6.3.3).
  put(values, name, value.replace(/\\(["\\\]])/g, "$1"));
  return start + whole.length;
}

function put(object: Record<string, Json>, key: string, value: Json): void {
  let name = key;
  for (let n = 2; Object.hasOwn(object, name); n++) name = `${key}#${n}`;
  setMember(object, name, value);
}

function invalid(offset: number): SourceError {
  return new SourceError("syslog_invalid", "the structured data is not well formed (RFC 5424)", { offset });
}
