import { type Json, setMember } from "@cairn/event";
import type { JsonObject } from "../core/json-values.ts";
import { decodeText, parseLossless, type ReadItem, readJsonRecords } from "../core/read-json.ts";
import { SourceError } from "../core/source-error.ts";

/** A request as it came: header names in lower case. */
export interface CloudEventsRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

/**
 * Reads a request in any content mode of the HTTP protocol binding (1.0.2): structured, batch, or binary with `ce-` headers.
 * @throws SourceError when the request as a whole cannot be read
 */
export function readCloudEvents({ headers, body }: CloudEventsRequest): ReadItem[] {
  const type = mediaType(headers["content-type"]);
  if (headers["ce-specversion"] !== undefined) return [binaryItem(headers, body, type)];
  if (type.startsWith("application/cloudevents") || type === "application/json" || type === "") {
    return readJsonRecords(decodeText(body));
  }
  throw new SourceError("shape_invalid", "neither a CloudEvents media type nor `ce-` headers");
}

function mediaType(value: string | undefined): string {
  return (value ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

function binaryItem(headers: CloudEventsRequest["headers"], body: Uint8Array, type: string): ReadItem {
  const record: Record<string, Json> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith("ce-") && value !== undefined) setMember(record, name.slice(3), percentDecoded(value));
  }
  if (type !== "") record.datacontenttype = headers["content-type"] ?? type;
  if (body.length > 0) Object.assign(record, dataOf(body, type));
  return { kind: "record", record: record as JsonObject, text: JSON.stringify(record) };
}

function dataOf(body: Uint8Array, type: string): { readonly data: Json } | { readonly data_base64: string } {
  try {
    if (type === "application/json" || type.endsWith("+json")) return { data: parseLossless(decodeText(body)) };
    if (type.startsWith("text/")) return { data: decodeText(body) };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
  }
  return { data_base64: Buffer.from(body).toString("base64") };
}

/** Header values are percent-encoded (HTTP binding, §3.1.3.2); one that is not well encoded counts as it is. */
function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
