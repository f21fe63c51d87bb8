import type { IncomingMessage } from "node:http";
import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import { exception } from "./clickhouse-exception.ts";

/**
 * Returns the body of a request with its `Content-Encoding` taken off.
 *
 * @throws ClickHouseException 48 for an encoding that is not gzip, deflate, br or zstd
 */
export function decodedBody(request: IncomingMessage): Readable {
  const decoder = decoderOf((request.headers["content-encoding"] ?? "").trim().toLowerCase());
  if (decoder === undefined) return request;
  // Errors travel with the returned stream; the callback only keeps them from being thrown a second time.
  return pipeline(request, decoder, () => undefined);
}

function decoderOf(encoding: string) {
  switch (encoding) {
    case "":
    case "identity":
      return undefined;
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "deflate":
      return createInflate();
    case "br":
      return createBrotliDecompress();
    case "zstd":
      return createZstdDecompress();
    default:
      throw exception("NOT_IMPLEMENTED", "Content-Encoding must be gzip, deflate, br or zstd", { status: 415 });
  }
}

/**
 * Reads a whole body into memory.
 *
 * @throws ClickHouseException 168 beyond `maxBytes`
 */
export async function readBody(body: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let byteLength = 0;
  // Left open on refusal, because destroying a request takes its connection along, and the answer with it.
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    byteLength += chunk.length;
    if (byteLength > maxBytes) {
      const advice = "Send the rows of an insert as the body and the statement in the parameter query";
      throw exception("QUERY_IS_TOO_LARGE", `A statement may be ${maxBytes} bytes long. ${advice}`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, byteLength);
}

/** Turns the errors of sending and decompressing a body into exceptions; others pass through. */
export function asBodyError(error: unknown): unknown {
  const code = String((error as NodeJS.ErrnoException).code);
  if (code.startsWith("Z_") || code.startsWith("ZSTD_") || code.startsWith("ERR__ERROR_")) {
    return exception("CANNOT_DECOMPRESS", "The body does not match its Content-Encoding");
  }
  if (code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE") {
    return exception("NETWORK_ERROR", "The request broke off", { status: 400 });
  }
  return error;
}

/**
 * Splits a `multipart/form-data` body as the client sends it for long parameters: `query` and `param_x` fields.
 *
 * @throws ClickHouseException 36 for a damaged body, 48 for files (external tables)
 */
export async function parseMultipart(body: Buffer, contentType: string): Promise<ReadonlyMap<string, string>> {
  let form: FormData;
  try {
    form = await new Response(new Uint8Array(body), { headers: { "Content-Type": contentType } }).formData();
  } catch {
    throw exception("BAD_REQUEST_PARAMETER", "The multipart body is damaged");
  }
  const fields = new Map<string, string>();
  for (const [name, value] of form) {
    if (typeof value !== "string") {
      throw exception("NOT_IMPLEMENTED", "External tables are not available in the embedded engine");
    }
    fields.set(name, value);
  }
  return fields;
}
