import type { Json } from "@cairn/event";
import type { JsonObject } from "../core/json-values.ts";
import { SourceError } from "../core/source-error.ts";
import { addAttribute, type LogRecordParts } from "./log-record.ts";
import { ProtobufReader } from "./protobuf-reader.ts";

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
  const reader = new ProtobufReader(bytes);
  for (const outer of messages(reader, 1)) {
    addResourceLogs(reader, records);
    reader.leave(outer);
  }
  return records;
}

/** Goes into each message of a number, and passes over everything else. */
function* messages(reader: ProtobufReader, number: number): Generator<number, void, undefined> {
  while (reader.next()) {
    if (reader.number === number) yield reader.enter();
    else reader.skip();
  }
}

/** Adds the records of a `ResourceLogs`. What is said of all of them may stand behind them: it is read first. */
function addResourceLogs(reader: ProtobufReader, records: JsonObject[]): void {
  const start = reader.place;
  const resource = resourceOf(reader);
  reader.goBack(start);
  for (const outer of messages(reader, 2)) {
    addScopeLogs(reader, { records, resource });
    reader.leave(outer);
  }
}

function addScopeLogs(
  reader: ProtobufReader,
  { records, resource }: { readonly records: JsonObject[]; readonly resource: LogRecordParts },
): void {
  const start = reader.place;
  const scope = scopeOf(reader);
  reader.goBack(start);
  for (const outer of messages(reader, 2)) {
    if (records.length >= MAX_RECORDS) throw new SourceError("too_large", `more than ${MAX_RECORDS} log records`);
    records.push({ ...logRecord(reader), ...resource, ...scope } as JsonObject);
    reader.leave(outer);
  }
}

function resourceOf(reader: ProtobufReader): LogRecordParts {
  const parts: LogRecordParts = {};
  while (reader.next()) {
    if (reader.number === 3) parts.resource_schema_url = reader.text();
    else if (reader.number === 1) addResource(reader, parts);
    else reader.skip();
  }
  return parts;
}

function addResource(reader: ProtobufReader, parts: LogRecordParts): void {
  const outer = reader.enter();
  const attributes: Record<string, Json> = {};
  while (reader.next()) {
    if (reader.number === 1) readAttribute(reader, attributes, 1);
    else if (reader.number === 2) parts.resource_dropped_attributes_count = reader.int32();
    else reader.skip();
  }
  parts.resource = attributes;
  reader.leave(outer);
}

function scopeOf(reader: ProtobufReader): LogRecordParts {
  const parts: LogRecordParts = {};
  while (reader.next()) {
    if (reader.number === 3) parts.schema_url = reader.text();
    else if (reader.number === 1) parts.scope = scopeParts(reader);
    else reader.skip();
  }
  return parts;
}

function scopeParts(reader: ProtobufReader): Json {
  const outer = reader.enter();
  const parts: Record<string, Json> = {};
  let attributes: Record<string, Json> | undefined;
  while (reader.next()) {
    if (reader.number === 1) parts.name = reader.text();
    else if (reader.number === 2) parts.version = reader.text();
    else if (reader.number === 3) {
      attributes ??= {};
      readAttribute(reader, attributes, 1);
    } else if (reader.number === 4) parts.droppedAttributesCount = reader.int32();
    else reader.skip();
  }
  reader.leave(outer);
  return attributes === undefined ? parts : { ...parts, attributes };
}

function logRecord(reader: ProtobufReader): LogRecordParts {
  const parts: LogRecordParts = {};
  let attributes: Record<string, Json> | undefined;
  while (reader.next()) {
    if (reader.number === 6) {
      attributes ??= {};
      readAttribute(reader, attributes, 1);
    } else readPart(reader, parts);
  }
  if (attributes !== undefined) parts.attributes = attributes;
  return parts;
}

/** Reads one field of `LogRecord` but its attributes. */
function readPart(reader: ProtobufReader, parts: LogRecordParts): void {
  switch (reader.number) {
    case 1:
      setTime(reader, parts, "time_unix_nano");
      return;
    case 2:
      parts.severity_number = reader.int32();
      return;
    case 3:
      parts.severity_text = reader.key();
      return;
    case 5:
      parts.body = readMessage(reader, 1);
      return;
    case 7:
      parts.dropped_attributes_count = reader.int32();
      return;
    case 8:
      parts.flags = reader.int32();
      return;
    case 9:
      parts.trace_id = reader.taken().toString("hex");
      return;
    case 10:
      parts.span_id = reader.taken().toString("hex");
      return;
    case 11:
      setTime(reader, parts, "observed_time_unix_nano");
      return;
    case 12:
      parts.event_name = reader.key();
      return;
    default:
      reader.skip();
  }
}

function setTime(
  reader: ProtobufReader,
  parts: LogRecordParts,
  key: "time_unix_nano" | "observed_time_unix_nano",
): void {
  const nanoseconds = reader.uint64();
  if (nanoseconds !== 0n) parts[key] = String(nanoseconds);
}

/** Reads a `KeyValue` into an object. */
function readAttribute(reader: ProtobufReader, attributes: Record<string, Json>, depth: number): void {
  const outer = reader.enter();
  let key = "";
  let value: Json = null;
  while (reader.next()) {
    if (reader.number === 1) key = reader.key();
    else if (reader.number === 2) value = readMessage(reader, depth);
    else reader.skip();
  }
  reader.leave(outer);
  addAttribute(attributes, key, value);
}

/** Reads an `AnyValue`. */
function readMessage(reader: ProtobufReader, depth: number): Json {
  if (depth > MAX_DEPTH) throw new SourceError("protobuf_invalid", `nested deeper than ${MAX_DEPTH} levels`);
  const outer = reader.enter();
  let value: Json = null;
  while (reader.next()) value = readValue(reader, depth) ?? value;
  reader.leave(outer);
  return value;
}

function readValue(reader: ProtobufReader, depth: number): Json | undefined {
  switch (reader.number) {
    case 1:
      return reader.text();
    case 2:
      return reader.int32() !== 0;
    case 3:
      return reader.int64();
    case 4:
      return doubleOf(reader.double());
    case 5:
      return readArray(reader, depth);
    case 6:
      return readKeyValues(reader, depth);
    case 7:
      return reader.taken().toString("base64");
    default:
      reader.skip();
      return undefined;
  }
}

function readArray(reader: ProtobufReader, depth: number): Json {
  const outer = reader.enter();
  const values: Json[] = [];
  while (reader.next()) {
    if (reader.number === 1) values.push(readMessage(reader, depth + 1));
    else reader.skip();
  }
  reader.leave(outer);
  return values;
}

function readKeyValues(reader: ProtobufReader, depth: number): Json {
  const outer = reader.enter();
  const members: Record<string, Json> = {};
  while (reader.next()) {
    if (reader.number === 1) readAttribute(reader, members, depth + 1);
    else reader.skip();
  }
  reader.leave(outer);
  return members;
}

/** JSON has no infinities, and no whole numbers that a double rounds. */
function doubleOf(value: number): Json {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)) ? value : String(value);
}
