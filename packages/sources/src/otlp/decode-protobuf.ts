import type { Json } from "@cairn/event";
import type { JsonObject } from "../core/json-values.ts";
import { SourceError } from "../core/source-error.ts";
import { type Attribute, attributesOf, integerOf, type LogRecordParts } from "./log-record.ts";
import { readFields, textField, type WireField } from "./protobuf-reader.ts";

/** Deepest nesting of values: what JSON of the same request may have. */
const MAX_DEPTH = 100;
/** Records of one request: as many as it can usefully hold within the largest body. */
const MAX_RECORDS = 100_000;

/**
 * Decodes an `ExportLogsServiceRequest` (opentelemetry-proto 1.x). Unknown fields are passed over, as protocol buffers ask.
 * @throws SourceError protobuf_invalid
 */
export function decodeOtlpProtobuf(bytes: Uint8Array): JsonObject[] {
  const records: JsonObject[] = [];
  for (const resourceLogs of messages(bytes, 1)) {
    const resource = resourceOf(resourceLogs);
    for (const scopeLogs of messages(resourceLogs, 2)) {
      const scope = scopeOf(scopeLogs);
      for (const record of messages(scopeLogs, 2)) {
        if (records.length >= MAX_RECORDS) throw new SourceError("too_large", `more than ${MAX_RECORDS} log records`);
        records.push({ ...logRecord(record), ...resource, ...scope } as JsonObject);
      }
    }
  }
  return records;
}

function* messages(bytes: Uint8Array, number: number): Generator<Uint8Array, void, undefined> {
  for (const field of readFields(bytes)) if (field.number === number) yield bytesOf(field);
}

function bytesOf(field: WireField): Uint8Array {
  if (field.kind !== "bytes") throw mismatch(field);
  return field.value;
}

function mismatch({ number }: WireField): SourceError {
  return new SourceError("protobuf_invalid", `field ${number} has another wire type than in the protocol`);
}

function numberOf(field: WireField): number {
  if (field.kind === "varint") return Number(BigInt.asIntN(32, field.value));
  if (field.kind === "fixed32") return field.value;
  throw mismatch(field);
}

function nanosecondsOf(field: WireField): string {
  if (field.kind !== "fixed64" && field.kind !== "varint") throw mismatch(field);
  return String(field.value);
}

function resourceOf(resourceLogs: Uint8Array): LogRecordParts {
  const parts: LogRecordParts = {};
  for (const field of readFields(resourceLogs)) {
    if (field.number === 3) parts.resource_schema_url = textField(bytesOf(field));
    else if (field.number === 1) Object.assign(parts, resourceParts(bytesOf(field)));
  }
  return parts;
}

function resourceParts(resource: Uint8Array): LogRecordParts {
  const parts: LogRecordParts = {
    resource: attributesOf([...messages(resource, 1)].map((each) => attribute(each, 1))),
  };
  for (const field of readFields(resource)) {
    if (field.number === 2) parts.resource_dropped_attributes_count = numberOf(field);
  }
  return parts;
}

function scopeOf(scopeLogs: Uint8Array): LogRecordParts {
  const parts: LogRecordParts = {};
  for (const field of readFields(scopeLogs)) {
    if (field.number === 3) parts.schema_url = textField(bytesOf(field));
    else if (field.number === 1) parts.scope = scopeParts(bytesOf(field));
  }
  return parts;
}

function scopeParts(scope: Uint8Array): Json {
  const parts: Record<string, Json> = {};
  const attributes: Attribute[] = [];
  for (const field of readFields(scope)) {
    if (field.number === 1) parts.name = textField(bytesOf(field));
    else if (field.number === 2) parts.version = textField(bytesOf(field));
    else if (field.number === 3) attributes.push(attribute(bytesOf(field), 1));
    else if (field.number === 4) parts.droppedAttributesCount = numberOf(field);
  }
  return attributes.length === 0 ? parts : { ...parts, attributes: attributesOf(attributes) };
}

type Setter = (parts: LogRecordParts, field: WireField) => void;

/** Fields of `LogRecord` by number; attributes (6) are gathered. */
const SETTERS: Readonly<Record<number, Setter>> = {
  1: (parts, field) => setTime(parts, "time_unix_nano", field),
  2: (parts, field) => {
    parts.severity_number = numberOf(field);
  },
  3: (parts, field) => {
    parts.severity_text = textField(bytesOf(field));
  },
  5: (parts, field) => {
    parts.body = anyValue(bytesOf(field), 1);
  },
  7: (parts, field) => {
    parts.dropped_attributes_count = numberOf(field);
  },
  8: (parts, field) => {
    parts.flags = numberOf(field);
  },
  9: (parts, field) => {
    parts.trace_id = Buffer.from(bytesOf(field)).toString("hex");
  },
  10: (parts, field) => {
    parts.span_id = Buffer.from(bytesOf(field)).toString("hex");
  },
  11: (parts, field) => setTime(parts, "observed_time_unix_nano", field),
  12: (parts, field) => {
    parts.event_name = textField(bytesOf(field));
  },
};

function setTime(parts: LogRecordParts, key: "time_unix_nano" | "observed_time_unix_nano", field: WireField): void {
  const nanoseconds = nanosecondsOf(field);
  if (nanoseconds !== "0") parts[key] = nanoseconds;
}

function logRecord(bytes: Uint8Array): LogRecordParts {
  const parts: LogRecordParts = {};
  const attributes: Attribute[] = [];
  for (const field of readFields(bytes)) {
    if (field.number === 6) attributes.push(attribute(bytesOf(field), 1));
    else SETTERS[field.number]?.(parts, field);
  }
  if (attributes.length > 0) parts.attributes = attributesOf(attributes);
  return parts;
}

function attribute(bytes: Uint8Array, depth: number): Attribute {
  let key = "";
  let value: Json = null;
  for (const field of readFields(bytes)) {
    if (field.number === 1) key = textField(bytesOf(field));
    else if (field.number === 2) value = anyValue(bytesOf(field), depth);
  }
  return [key, value];
}

const scratch = new DataView(new ArrayBuffer(8));

function anyValue(bytes: Uint8Array, depth: number): Json {
  if (depth > MAX_DEPTH) throw new SourceError("protobuf_invalid", `nested deeper than ${MAX_DEPTH} levels`);
  let value: Json = null;
  for (const field of readFields(bytes)) value = wireValue(field, depth) ?? value;
  return value;
}

function wireValue(field: WireField, depth: number): Json | undefined {
  switch (field.number) {
    case 1:
      return textField(bytesOf(field));
    case 2:
      return numberOf(field) !== 0;
    case 3:
      if (field.kind !== "varint") throw mismatch(field);
      return integerOf(BigInt.asIntN(64, field.value));
    case 4:
      if (field.kind !== "fixed64") throw mismatch(field);
      scratch.setBigUint64(0, field.value);
      return doubleOf(scratch.getFloat64(0));
    case 5:
      return [...messages(bytesOf(field), 1)].map((each) => anyValue(each, depth + 1));
    case 6:
      return attributesOf([...messages(bytesOf(field), 1)].map((each) => attribute(each, depth + 1)));
    case 7:
      return Buffer.from(bytesOf(field)).toString("base64");
    default:
      return undefined;
  }
}

/** JSON has no infinities, and no whole numbers that a double rounds. */
function doubleOf(value: number): Json {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)) ? value : String(value);
}
