import { type Json, setMember } from "@cairn/event";

/** An attribute: a name and its plain JSON value. */
export type Attribute = readonly [key: string, value: Json];

/** A log record of OTLP in one form, whether it came as JSON or as protocol buffers. Ids are hexadecimal, times text. */
export interface LogRecordParts {
  time_unix_nano?: string;
  observed_time_unix_nano?: string;
  severity_number?: number;
  severity_text?: string;
  body?: Json;
  attributes?: Json;
  dropped_attributes_count?: number;
  flags?: number;
  trace_id?: string;
  span_id?: string;
  event_name?: string;
  /** Members that a later version of the protocol has, or of a type that it has not, as they came. */
  unknown?: Json;
  resource?: Json;
  resource_dropped_attributes_count?: number;
  resource_schema_url?: string;
  scope?: Json;
  schema_url?: string;
}

/** Makes an object of attributes. */
export function attributesOf(list: readonly Attribute[]): Json {
  const attributes: Record<string, Json> = {};
  for (const [key, value] of list) addAttribute(attributes, key, value);
  return attributes;
}

/** Adds an attribute. A key that stands twice, against the specification, gets its number as well. */
export function addAttribute(attributes: Record<string, Json>, key: string, value: Json): void {
  let name = key;
  for (let n = 2; Object.hasOwn(attributes, name); n++) name = `${key}#${n}`;
  setMember(attributes, name, value);
}

/** Gives an integer as a number when a double holds it, else as text. */
export function integerOf(value: bigint): Json {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
