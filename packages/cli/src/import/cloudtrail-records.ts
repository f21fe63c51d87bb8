import { type CairnError, parseStrictJson } from "@cairn/event";
import { cloudTrailMapping, parseLossless, SourceError } from "@cairn/sources";
import { asObject, type JsonObject } from "../files/json-values.ts";
import { type FileRecord, parseRecord, refusedRecord } from "./record.ts";

/** Parses a CloudTrail record and maps it to an event. */
export function parseCloudTrailRecord(bytes: Uint8Array, line: number): FileRecord {
  const strict = parseRecord(bytes, line);
  if (strict.kind === "event") return mapped(strict.event, line);
  // A number out of range is kept as text; everything else that is wrong stays wrong.
  if (strict.code !== "number_out_of_range") return strict;
  const json = Buffer.from(bytes).toString();
  const faults: CairnError[] = [];
  parseStrictJson(json, faults);
  const other = faults.find(({ code }) => code !== "number_out_of_range");
  if (other !== undefined) return refusedRecord(other, line);
  const record = asObject(parseLossless(json));
  return record === undefined ? strict : mapped(record, line);
}

function mapped(record: JsonObject, line: number): FileRecord {
  try {
    const result = cloudTrailMapping.map(record, {});
    if (result.kind === "event") return { kind: "event", line, event: result.event as JsonObject };
    return { kind: "refused", line, code: "shape_invalid", message: result.reason };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const { code, message, place } = error;
    return { kind: "refused", line, pointer: place.pointer, code, message };
  }
}
