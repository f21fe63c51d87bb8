import { constants, gunzipSync, zstdDecompressSync } from "node:zlib";
import { CairnError, LIMITS } from "@cairn/event";

export type BodyEncoding = "identity" | "gzip" | "zstd";

/**
 * Decompresses a request body, never to more than a batch may have: a bomb stops at 10 MiB.
 * @throws CairnError content_encoding_invalid or body_too_large
 */
export function decodeBody(body: Uint8Array, encoding: BodyEncoding): Uint8Array {
  if (encoding === "identity") return body;
  try {
    const options = { maxOutputLength: LIMITS.batchBytes };
    return encoding === "gzip"
      ? gunzipSync(body, { ...options, finishFlush: constants.Z_FINISH })
      : zstdDecompressSync(body, options);
  } catch (cause) {
    if ((cause as { code?: string }).code === "ERR_BUFFER_TOO_LARGE") {
      throw new CairnError("body_too_large", "the body unpacks to more than 10 MiB", { cause });
    }
    throw new CairnError("content_encoding_invalid", `the body is not valid ${encoding}`, { cause });
  }
}
