import { CairnError, findField } from "@cairn/event";
import { columnsOf } from "../../exports/csv/columns.ts";
import type { ExportFormat, ExportRequest } from "../../exports/export-request.ts";
import { TIME_FIELD } from "../../exports/matching-keys.ts";
import { zoneClock } from "../../exports/time-zone.ts";

/** Which formats know which options. */
const KNOWN_BY: Readonly<Partial<Record<keyof ExportRequest, readonly ExportFormat[]>>> = {
  columns: ["csv"],
  raw: ["csv"],
  compact: ["evidence"],
  sort: ["csv", "ndjson", "parquet"],
  order: ["csv", "ndjson", "parquet"],
  compress: ["csv", "ndjson", "evidence"],
};

/**
 * Checks what the schema cannot: that options belong to the format, and that columns and zone exist. Gives the request with
 * its sort field by the canonical name.
 * @throws CairnError parameter_invalid
 */
export function checkRequest(request: ExportRequest): ExportRequest {
  const { format, sort, columns, tz } = request;
  for (const [name, formats] of Object.entries(KNOWN_BY)) {
    if (request[name as keyof ExportRequest] === undefined || formats.includes(format)) continue;
    throw new CairnError(
      "parameter_invalid",
      `${name}: it belongs to the format ${formats.join(", ")}, not to ${format}`,
    );
  }
  const clock = zoneClock(tz ?? "UTC");
  if (columns !== undefined) columnsOf(columns, clock);
  if (sort === undefined) return request;
  const field = findField(sort.split("."));
  return field?.name === TIME_FIELD ? { ...request, sort: TIME_FIELD } : request;
}
