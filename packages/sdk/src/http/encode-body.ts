import { promisify } from "node:util";
import * as zlib from "node:zlib";

/** How a body travels. */
export type BodyEncoding = "zstd" | "gzip" | "identity";

const gzip = promisify(zlib.gzip);
/** Absent before Node 22.15; gzip takes its place there. */
const zstd = typeof zlib.zstdCompress === "function" ? promisify(zlib.zstdCompress) : undefined;

/** The best encoding this platform has. */
export const BEST_ENCODING: BodyEncoding = zstd === undefined ? "gzip" : "zstd";

/** Smaller bodies go as they are: they fit one packet either way. */
const MIN_COMPRESSED_BYTES = 1_400;

/** Compresses a body off the main thread; gives the encoding that was used. */
export async function encodeBody(
  body: Uint8Array,
  encoding: BodyEncoding,
): Promise<{ readonly bytes: Uint8Array; readonly encoding: BodyEncoding }> {
  if (body.length < MIN_COMPRESSED_BYTES || encoding === "identity") return { bytes: body, encoding: "identity" };
  if (encoding === "zstd" && zstd !== undefined) return { bytes: await zstd(body), encoding };
  return { bytes: await gzip(body), encoding: "gzip" };
}

/** What to try when a server or a proxy does not take an encoding. */
export function weakerEncoding(encoding: BodyEncoding): BodyEncoding {
  return encoding === "zstd" ? "gzip" : "identity";
}
