import { CairnError } from "@cairn/event";
import type { FastifyRequest } from "fastify";
import { type BodyEncoding, decodeBody } from "../../ingest/decode-body.ts";

const NOTHING = new Uint8Array(0);

/** Gives the body of a request as it came; empty when there is none. */
export function rawBody({ body }: FastifyRequest): Uint8Array {
  return body instanceof Uint8Array ? body : NOTHING;
}

/**
 * Gives the body of a request unpacked, at most 10 MiB of it; empty when there is none.
 * @throws CairnError content_encoding_unsupported, content_encoding_invalid, body_too_large
 */
export function readBody(request: FastifyRequest): Uint8Array {
  const body = rawBody(request);
  return body.length === 0 ? body : decodeBody(body, encodingOf(request));
}

/** How the body of a request is packed. @throws CairnError content_encoding_unsupported */
export function encodingOf({ headers }: FastifyRequest): BodyEncoding {
  const encoding = (headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (encoding === "identity" || encoding === "gzip" || encoding === "zstd") return encoding;
  throw new CairnError("content_encoding_unsupported", `Content-Encoding ${encoding.slice(0, 40)} is not known here`);
}

/** The media type of a request in lower case, without parameters; empty when there is none. */
export function mediaTypeOf({ headers }: FastifyRequest): string {
  return (headers["content-type"] ?? "").split(";", 1)[0]!.trim().toLowerCase();
}
