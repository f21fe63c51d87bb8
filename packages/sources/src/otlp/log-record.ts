import { type Json, setMember } from "@cairn/event";

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

/** The next number of keys that stand more than once, by their object: nobody shall look for it among thousands. */
const repeats = new WeakMap<object, Map<string, number>>();

/** Adds an attribute. A key that stands twice, against the specification, gets its number as well. */
export function addAttribute(attributes: Record<string, Json>, key: string, value: Json): void {
  if (Object.hasOwn(attributes, key)) setMember(attributes, freeName(attributes, key), value);
  else setMember(attributes, key, value);
}

function freeName(attributes: Readonly<Record<string, Json>>, key: string): string {
  let numbers = repeats.get(attributes);
  if (numbers === undefined) {
    numbers = new Map();
    repeats.set(attributes, numbers);
  }
  let n = numbers.get(key) ?? 2;
  while (Object.hasOwn(attributes, `${key}#${n}`)) n++;
  numbers.set(key, n + 1);
  return `${key}#${n}`;
}

/** Gives an integer as a number when a double holds it, else as text. */
export function integerOf(value: bigint): Json {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
