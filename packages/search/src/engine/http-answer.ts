import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Transform } from "node:stream";
import { createBrotliCompress, createDeflate, createGzip, createZstdCompress } from "node:zlib";
import { type ClickHouseException, exceptionFrame, exceptionText } from "./clickhouse-exception.ts";
import type { QueryRequest } from "./query-request.ts";
import type { SlotResult } from "./session-slot.ts";
import type { ResultSink } from "./statement-runner.ts";

/** Sends a result of any length while it comes. */
export type StreamedAnswer = ResultSink &
  Readonly<{
    /** Ends a complete result. */
    end: () => void;
    /**
     * Ends with an exception: a whole answer if nothing was sent yet, else ClickHouse's exception frame and a broken-off
     * connection, so that a client which does not know the frame notices as well.
     */
    fail: (error: ClickHouseException) => void;
  }>;

/** Starts an answer; the status line goes out with the first bytes. */
export function streamedAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  options: Readonly<{ query: QueryRequest; format: string; stallTimeoutMs: number; signal: AbortSignal }>,
): StreamedAnswer {
  const { query, format, stallTimeoutMs, signal } = options;
  const encoding = query.compressResponse ? acceptedEncoding(request.headers["accept-encoding"] ?? "") : undefined;
  const compressor = encoding === undefined ? undefined : COMPRESSORS[encoding]?.();
  const target = compressor ?? response;
  const tag = randomBytes(8).toString("hex");

  const begin = () => {
    if (response.headersSent) return;
    setCommonHeaders(response, query);
    response.setHeader("Content-Type", contentTypeOf(format));
    response.setHeader("X-ClickHouse-Format", format);
    response.setHeader("X-ClickHouse-Exception-Tag", tag);
    if (encoding !== undefined) response.setHeader("Content-Encoding", encoding);
    response.writeHead(200);
    compressor?.pipe(response);
  };

  const write = async (chunk: Buffer) => {
    begin();
    if (target.write(chunk)) return;
    // A timer of its own: what AbortSignal.any makes stays with the query's signal, one for each wait of a long answer.
    const stalled = new AbortController();
    const stop = () => stalled.abort();
    const timer = setTimeout(stop, stallTimeoutMs);
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    try {
      await once(target, "drain", { signal: stalled.signal });
    } catch {
      response.destroy();
      throw new Error("the client does not read its answer");
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    }
  };

  const end = () => {
    begin();
    target.end();
  };

  const fail = (error: ClickHouseException) => {
    if (!response.headersSent) return sendException(response, error, query);
    const frame = exceptionFrame(error, tag);
    const cut = () => response.destroy();
    if (compressor === undefined) response.write(frame, cut);
    else {
      compressor.write(frame);
      compressor.flush(() => setImmediate(() => response.write("", cut)));
    }
  };

  return { write, end, fail };
}

/** Sends the answer of a statement whose result is in memory, with the counts in `X-ClickHouse-Summary`. */
export function sendResult(
  response: ServerResponse,
  result: SlotResult,
  details: Readonly<{ query: QueryRequest; format: string; insertedRows: number; elapsedMs: number }>,
): void {
  const summary = {
    read_rows: String(result.rowsRead),
    read_bytes: String(result.bytesRead),
    written_rows: String(details.insertedRows),
    written_bytes: String(details.insertedRows === 0 ? 0 : result.bytesRead),
    total_rows_to_read: "0",
    result_rows: String(details.insertedRows),
    result_bytes: String(result.bytes.byteLength),
    elapsed_ns: String(Math.round(details.elapsedMs * 1e6)),
  };
  setCommonHeaders(response, details.query);
  response.setHeader("Content-Type", contentTypeOf(details.format));
  response.setHeader("X-ClickHouse-Format", details.format);
  response.setHeader("X-ClickHouse-Summary", JSON.stringify(summary));
  response.end(result.bytes);
}

/** Sends an exception as a whole answer. */
export function sendException(response: ServerResponse, error: ClickHouseException, query?: QueryRequest): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (query !== undefined) setCommonHeaders(response, query);
  response.setHeader("Content-Type", "text/plain; charset=UTF-8");
  response.setHeader("X-ClickHouse-Exception-Code", String(error.code));
  if (error.status === 401) response.setHeader("WWW-Authenticate", 'Basic realm="ClickHouse server HTTP API"');
  if (error.status === 503) response.setHeader("Retry-After", "1");
  response.writeHead(error.status);
  response.end(exceptionText(error));
}

function setCommonHeaders(response: ServerResponse, query: QueryRequest): void {
  // A header holds no line ends or characters beyond Latin-1; the identifier is the client's own.
  response.setHeader("X-ClickHouse-Query-Id", query.queryId.replace(/[^\x21-\x7e]/g, "_"));
  response.setHeader("X-ClickHouse-Server-Display-Name", "cairn-embedded");
  response.setHeader("X-ClickHouse-Timezone", "UTC");
}

const COMPRESSORS: Readonly<Record<string, () => Transform & { flush: (done: () => void) => void }>> = {
  gzip: createGzip,
  zstd: createZstdCompress,
  br: createBrotliCompress,
  deflate: createDeflate,
};

function acceptedEncoding(header: string): string | undefined {
  const accepted = header.split(",").map((part) => part.split(";")[0]?.trim().toLowerCase());
  return Object.keys(COMPRESSORS).find((encoding) => accepted.includes(encoding));
}

function contentTypeOf(format: string): string {
  const name = format.toLowerCase();
  if (name.startsWith("jsoneachrow") || name === "ndjson" || name === "jsonlines") {
    return "application/x-ndjson; charset=UTF-8";
  }
  if (name.startsWith("json")) return "application/json; charset=UTF-8";
  if (name.startsWith("csv")) return "text/csv; charset=UTF-8";
  if (name.startsWith("tabseparated") || name.startsWith("tsv")) return "text/tab-separated-values; charset=UTF-8";
  return "application/octet-stream";
}
