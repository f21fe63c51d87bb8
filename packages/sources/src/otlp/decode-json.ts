import { type Json, setMember } from "@cairn/event";
import { asArray, asObject, type JsonObject, lookUp, member, text } from "../core/json-values.ts";
import { parseLossless } from "../core/read-json.ts";
import { SourceError } from "../core/source-error.ts";
import { addAttribute, integerOf, type LogRecordParts } from "./log-record.ts";

/**
 * Decodes an `ExportLogsServiceRequest` in JSON (OTLP 1.x): 64-bit integers as text, ids in hexadecimal, enumerations as numbers.
 * @throws SourceError json_invalid and its kin, or shape_invalid
 */
export function decodeOtlpJson(body: string): JsonObject[] {
  const request = asObject(parseLossless(body));
  if (request === undefined) throw new SourceError("not_an_object", "a request is a JSON object");
  const { resourceLogs } = request;
  if (resourceLogs !== undefined && !Array.isArray(resourceLogs)) {
    throw new SourceError("shape_invalid", "`resourceLogs` is a list", { pointer: "/resourceLogs" });
  }
  return asArray(resourceLogs).flatMap((each, i) => {
    const resource = resourceOf(each);
    return asArray(member(each, "scopeLogs")).flatMap((scopeLogs, j) => {
      const scope = scopeLogsOf(scopeLogs);
      return asArray(member(scopeLogs, "logRecords")).map((record, k) => {
        const parts = asObject(record);
        if (parts !== undefined) return { ...recordOf(parts), ...resource, ...scope } as JsonObject;
        const pointer = `/resourceLogs/${i}/scopeLogs/${j}/logRecords/${k}`;
        throw new SourceError("shape_invalid", "a log record is an object", { pointer });
      });
    });
  });
}

function resourceOf(resourceLogs: Json): LogRecordParts {
  const resource = asObject(member(resourceLogs, "resource"));
  const url = text(member(resourceLogs, "schemaUrl"));
  const dropped = resource?.droppedAttributesCount;
  return {
    ...(resource === undefined ? {} : { resource: attributesIn(resource.attributes) ?? {} }),
    ...(typeof dropped === "number" ? { resource_dropped_attributes_count: dropped } : {}),
    ...(url === undefined ? {} : { resource_schema_url: url }),
  };
}

function scopeLogsOf(scopeLogs: Json): LogRecordParts {
  const scope = asObject(member(scopeLogs, "scope"));
  const url = text(member(scopeLogs, "schemaUrl"));
  return {
    ...(scope === undefined ? {} : { scope: scopeOf(scope) }),
    ...(url === undefined ? {} : { schema_url: url }),
  };
}

/** Members of a log record that this program knows, and where they go. */
const KNOWN: Readonly<Record<string, keyof LogRecordParts>> = {
  timeUnixNano: "time_unix_nano",
  observedTimeUnixNano: "observed_time_unix_nano",
  severityNumber: "severity_number",
  severityText: "severity_text",
  body: "body",
  attributes: "attributes",
  droppedAttributesCount: "dropped_attributes_count",
  flags: "flags",
  traceId: "trace_id",
  spanId: "span_id",
  eventName: "event_name",
};

function recordOf(record: JsonObject): LogRecordParts {
  const parts: LogRecordParts = {};
  const time = timeOf(record.timeUnixNano);
  const observed = timeOf(record.observedTimeUnixNano);
  if (time !== undefined) parts.time_unix_nano = time;
  if (observed !== undefined) parts.observed_time_unix_nano = observed;
  if (typeof record.severityNumber === "number") parts.severity_number = record.severityNumber;
  if (text(record.severityText) !== undefined) parts.severity_text = String(record.severityText);
  if (record.body !== undefined && record.body !== null) parts.body = anyValue(record.body);
  const attributes = attributesIn(record.attributes);
  if (attributes !== undefined) parts.attributes = attributes;
  if (typeof record.droppedAttributesCount === "number") parts.dropped_attributes_count = record.droppedAttributesCount;
  if (typeof record.flags === "number") parts.flags = record.flags;
  if (text(record.traceId) !== undefined) parts.trace_id = String(record.traceId).toLowerCase();
  if (text(record.spanId) !== undefined) parts.span_id = String(record.spanId).toLowerCase();
  if (text(record.eventName) !== undefined) parts.event_name = String(record.eventName);
  const unknown: Record<string, Json> = {};
  for (const key of Object.keys(record)) {
    const value = record[key] as Json;
    if (!isCarried(key, value, parts)) setMember(unknown, key, value);
  }
  for (const _key in unknown) return { ...parts, unknown };
  return parts;
}

/** Tells whether a member went into the record; zeros and empty values say nothing. */
function isCarried(key: string, value: Json, parts: LogRecordParts): boolean {
  const part = lookUp(KNOWN, key);
  if (part === undefined) return false;
  if (value === null || value === "" || value === 0 || value === "0" || (Array.isArray(value) && value.length === 0))
    return true;
  return parts[part] !== undefined;
}

function timeOf(value: Json | undefined): string | undefined {
  const nanoseconds = typeof value === "number" || typeof value === "string" ? String(value) : "";
  return /^\d{1,20}$/.test(nanoseconds) && !/^0+$/.test(nanoseconds) ? nanoseconds : undefined;
}

function scopeOf(scope: JsonObject): Json {
  const { name, version, droppedAttributesCount } = scope;
  const attributes = attributesIn(scope.attributes);
  return {
    ...(typeof name === "string" ? { name } : {}),
    ...(typeof version === "string" ? { version } : {}),
    ...(typeof droppedAttributesCount === "number" ? { droppedAttributesCount } : {}),
    ...(attributes === undefined ? {} : { attributes }),
  };
}

/** Reads a list of attributes; undefined when there is none. */
function attributesIn(list: Json | undefined): Json | undefined {
  if (!Array.isArray(list)) return undefined;
  let attributes: Record<string, Json> | undefined;
  for (let i = 0; i < list.length; i++) {
    const each = asObject(list[i] as Json);
    const key = each?.key;
    if (each === undefined || typeof key !== "string") continue;
    attributes ??= {};
    addAttribute(attributes, key, anyValue(each.value ?? null));
  }
  return attributes;
}

/** Opens `{"stringValue": …}` and its kin; a value of no known kind stays as it is. */
function anyValue(value: Json): Json {
  const object = asObject(value);
  if (object === undefined) return value;
  if (typeof object.stringValue === "string") return object.stringValue;
  if (typeof object.boolValue === "boolean") return object.boolValue;
  if (object.intValue !== undefined) return intValue(object.intValue);
  if (object.doubleValue !== undefined) return object.doubleValue;
  if (object.bytesValue !== undefined) return object.bytesValue;
  if (object.arrayValue !== undefined) return asArray(member(object.arrayValue, "values")).map(anyValue);
  if (object.kvlistValue !== undefined) return attributesIn(member(object.kvlistValue, "values")) ?? {};
  return Object.keys(object).length === 0 ? null : value;
}

/** Digits that a double holds whatever they are. */
const EXACT_CHARS = 15;

function intValue(value: Json): Json {
  if (typeof value !== "string" || !/^-?\d{1,19}$/.test(value)) return value;
  // Making a large integer costs more than all else here; zero has no sign.
  return value.length <= EXACT_CHARS ? Number(value) || 0 : integerOf(BigInt(value));
}
