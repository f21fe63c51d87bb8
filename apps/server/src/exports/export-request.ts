import type { SearchScope } from "@cairn/search";

export const EXPORT_FORMATS = ["csv", "ndjson", "parquet", "evidence"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const COMPRESSIONS = ["gzip", "zstd"] as const;
export type Compression = (typeof COMPRESSIONS)[number];

/** What somebody asked to be exported, as the API takes it. */
export interface ExportRequest {
  readonly q?: string;
  readonly from?: string;
  readonly to?: string;
  readonly format: ExportFormat;
  /** CSV only: dotted names of fields. */
  readonly columns?: readonly string[];
  /** Any field of the query language; `occurred_at` when absent. */
  readonly sort?: string;
  /** `desc` when absent: newest first, as search shows them. */
  readonly order?: "asc" | "desc";
  /** IANA time zone of dates and times in CSV, and of the file's name. */
  readonly tz?: string;
  /** CSV only: cells that a spreadsheet would take for a formula stay as they are. */
  readonly raw?: boolean;
  /** Evidence only: proofs of the chosen events instead of the whole log. */
  readonly compact?: boolean;
  readonly compress?: Compression;
}

/** What an export searches: whose events, of which time, and up to which; its query stands in the request. */
export type ExportScope = Omit<SearchScope, "query">;

/** An export as it was asked for, with what fixes its content. */
export interface ExportOrder {
  readonly request: ExportRequest;
  /** The moment that relative times of the query count from. */
  readonly nowMs: number;
  /** Its `asOf` is the last event of the log when the export was asked for: nothing later is in the file. */
  readonly scope: ExportScope;
  /** Id of the key or member that asked. */
  readonly requestedBy: string;
  /** Query that the file does not leave, whatever the request says. */
  readonly wall?: string;
}
