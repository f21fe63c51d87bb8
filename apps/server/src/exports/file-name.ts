import type { ExportRequest } from "./export-request.ts";
import { zoneClock } from "./time-zone.ts";

const EXTENSIONS = { csv: "csv", ndjson: "ndjson", parquet: "parquet", evidence: "tar" } as const;
const COMPRESSED = { gzip: ".gz", zstd: ".zst" } as const;

/** Names the file of an export by the moment it was asked for: `AuditLogs_20260304_050607.csv`. */
export function exportFileName(request: ExportRequest, nowMs: number): string {
  const clock = zoneClock(request.tz ?? "UTC");
  const stamp = `${clock.date(nowMs).replaceAll("-", "")}_${clock.time(nowMs).replaceAll(":", "")}`;
  const compressed = request.compress === undefined ? "" : COMPRESSED[request.compress];
  return `AuditLogs_${stamp}.${EXTENSIONS[request.format]}${compressed}`;
}

const MEDIA_TYPES = {
  csv: "text/csv; charset=utf-8; header=present",
  ndjson: "application/x-ndjson; charset=utf-8",
  parquet: "application/vnd.apache.parquet",
  evidence: "application/x-tar",
} as const;

/** The media type of an export's file. */
export function exportMediaType({ format, compress }: ExportRequest): string {
  if (compress === undefined) return MEDIA_TYPES[format];
  return compress === "gzip" ? "application/gzip" : "application/zstd";
}
