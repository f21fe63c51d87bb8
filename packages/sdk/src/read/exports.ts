import { CairnClientError } from "../errors.ts";
import type { EventFilter, LedgerPosition } from "./event-query.ts";

/** What to export, and how. */
export interface ExportRequest extends EventFilter {
  readonly format: "csv" | "ndjson" | "parquet" | "evidence";
  readonly columns?: readonly string[];
  readonly sort?: "occurred_at";
  readonly order?: "asc" | "desc";
  /** IANA time zone for times in the file. */
  readonly tz?: string;
  /** Evidence as proofs of the chosen events instead of the whole log. */
  readonly compact?: true;
}

/** An export as it stands. */
export interface ExportJob {
  readonly id: string;
  readonly state: "queued" | "running" | "done" | "failed";
  readonly progress: { readonly done: number; readonly total: number };
  readonly file: {
    readonly name: string;
    readonly bytes: number;
    /** Lower-case hex. */
    readonly sha256: string;
    readonly url: string;
  } | null;
  readonly as_of: LedgerPosition;
  readonly expires_at: string;
  readonly error?: { readonly code: string; readonly message: string };
}

/** A part of an export's file. */
export interface ExportDownload {
  readonly stream: ReadableStream<Uint8Array>;
  /** First byte that the stream gives: that asked for, or 0 when the server began anew. */
  readonly fromByte: number;
  readonly etag: string | undefined;
}

/** Reads the answer to a request for a range. Throws `response_invalid` for a range nobody asked for. */
export function downloadOf(response: Response, fromByte: number): ExportDownload {
  const stream = response.body as ReadableStream<Uint8Array> | null;
  if (stream === null) throw new CairnClientError("response_invalid", "the answer has no body");
  const etag = response.headers.get("etag") ?? undefined;
  if (response.status !== 206) return { stream, fromByte: 0, etag };
  const range = /^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "");
  if (Number(range?.[1]) !== fromByte) {
    throw new CairnClientError("response_invalid", "the answer is another part of the file than was asked for");
  }
  return { stream, fromByte, etag };
}
