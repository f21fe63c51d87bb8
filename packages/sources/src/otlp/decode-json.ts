import type { Json } from "@cairn/event";
import { snakeCase } from "../core/action-name.ts";
import { asArray, asObject, type JsonObject, member, text } from "../core/json-values.ts";
import { parseLossless } from "../core/read-json.ts";
import { SourceError } from "../core/source-error.ts";
import { type Attribute, attributesOf, integerOf, type LogRecordParts } from "./log-record.ts";

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
    ...(resource === undefined ? {} : { resource: attributesOf(attributeList(resource.attributes)) }),
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

/** Members of a log record that this program knows. */
const KNOWN = [
  "timeUnixNano",
  "observedTimeUnixNano",
  "severityNumber",
  "severityText",
  "body",
  "attributes",
  "droppedAttributesCount",
  "flags",
  "traceId",
  "spanId",
  "eventName",
] as const;

function recordOf(record: JsonObject): LogRecordParts {
  const parts: LogRecordParts = {};
  const time = timeOf(record.timeUnixNano);
  const observed = timeOf(record.observedTimeUnixNano);
  if (time !== undefined) parts.time_unix_nano = time;
  if (observed !== undefined) parts.observed_time_unix_nano = observed;
  if (typeof record.severityNumber === "number") parts.severity_number = record.severityNumber;
  if (text(record.severityText) !== undefined) parts.severity_text = String(record.severityText);
  if (record.body !== undefined && record.body !== null) parts.body = anyValue(record.body);
  const attributes = attributeList(record.attributes);
  if (attributes.length > 0) parts.attributes = attributesOf(attributes);
  if (typeof record.droppedAttributesCount === "number") parts.dropped_attributes_count = record.droppedAttributesCount;
  if (typeof record.flags === "number") parts.flags = record.flags;
  if (text(record.traceId) !== undefined) parts.trace_id = String(record.traceId).toLowerCase();
  if (text(record.spanId) !== undefined) parts.span_id = String(record.spanId).toLowerCase();
  if (text(record.eventName) !== undefined) parts.event_name = String(record.eventName);
  const unknown = Object.entries(record).filter(([key, value]) => !isCarried(key, value, parts));
  if (unknown.length > 0) parts.unknown = Object.fromEntries(unknown);
  return parts;
}

/** Tells whether a member went into the record; zeros and empty values say nothing. */
function isCarried(key: string, value: Json, parts: LogRecordParts): boolean {
  if (!(KNOWN as readonly string[]).includes(key)) return false;
  if (value === null || value === "" || value === 0 || value === "0" || (Array.isArray(value) && value.length === 0))
    return true;
  return (parts as Readonly<Record<string, Json>>)[snakeCase(key)] !== undefined;
}

function timeOf(value: Json | undefined): string | undefined {
  const nanoseconds = typeof value === "number" || typeof value === "string" ? String(value) : "";
  return /^\d{1,20}$/.test(nanoseconds) && !/^0+$/.test(nanoseconds) ? nanoseconds : undefined;
}

function scopeOf(scope: JsonObject): Json {
  const { name, version, droppedAttributesCount } = scope;
  const attributes = attributeList(scope.attributes);
  return {
    ...(typeof name === "string" ? { name } : {}),
    ...(typeof version === "string" ? { version } : {}),
    ...(typeof droppedAttributesCount === "number" ? { droppedAttributesCount } : {}),
    ...(attributes.length === 0 ? {} : { attributes: attributesOf(attributes) }),
  };
}

function attributeList(list: Json | undefined): Attribute[] {
  return asArray(list).flatMap((each): Attribute[] => {
    const key = member(each, "key");
    return typeof key === "string" ? [[key, anyValue(member(each, "value") ?? null)]] : [];
  });
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
  if (object.kvlistValue !== undefined) return attributesOf(attributeList(member(object.kvlistValue, "values")));
  return Object.keys(object).length === 0 ? null : value;
}

function intValue(value: Json): Json {
  return typeof value === "string" && /^-?\d{1,19}$/.test(value) ? integerOf(BigInt(value)) : value;
}
