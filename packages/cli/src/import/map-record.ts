import { type EqualsCounter, SourceError, type SourceMapping } from "@cairn/sources";
import type { JsonObject } from "../files/json-values.ts";
import type { FileRecord, RefusedRecord } from "./record.ts";

/** One record of another system in a file. */
export interface ForeignRecord {
  readonly record: JsonObject;
  /** Line on which it begins, from 1. */
  readonly line: number;
  readonly countEquals: EqualsCounter;
}

/** Maps a record of another system, which may speak of several events. */
export function mapRecord(mapping: SourceMapping, { record, line, countEquals }: ForeignRecord): FileRecord[] {
  try {
    const parts = mapping.divide?.(record) ?? [record];
    return parts.map((part) => mapPart(mapping, { record: part, line, countEquals }));
  } catch (error) {
    return [refusalOf(error, line)];
  }
}

function mapPart(mapping: SourceMapping, { record, line, countEquals }: ForeignRecord): FileRecord {
  try {
    const result = mapping.map(record, { countEquals });
    if (result.kind === "event") return { kind: "event", line, event: result.event as JsonObject };
    return { kind: "refused", line, code: "shape_invalid", message: result.reason };
  } catch (error) {
    return refusalOf(error, line);
  }
}

/** Says why a record of another system is none. Whatever is no fault of the record is thrown on. */
export function refusalOf(error: unknown, line: number): RefusedRecord {
  if (!(error instanceof SourceError)) throw error;
  const { code, message, place } = error;
  return { kind: "refused", line, column: place.column, pointer: place.pointer, code, message };
}
