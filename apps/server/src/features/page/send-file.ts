import type { FastifyReply, FastifyRequest } from "fastify";
import type { PageFile } from "./built-page.ts";

/** Nothing from elsewhere, nothing inline, no frame around it. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join("; ");

/** Names with a hash in them never change what they mean. */
const IMMUTABLE = "public, max-age=31536000, immutable";

/** How a file may be kept: hashed names for ever, documents only after asking whether they are still the newest. */
export type Caching = "immutable" | "revalidate" | "never";

/** Sets what every document of the page carries. */
export function protect(reply: FastifyReply): FastifyReply {
  return reply
    .header("content-security-policy", CONTENT_SECURITY_POLICY)
    .header("cross-origin-opener-policy", "same-origin")
    .header("cross-origin-resource-policy", "same-origin");
}

/** Sends a file of the page in the smallest form that the browser takes. */
export function sendFile(
  exchange: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  file: PageFile,
  caching: Caching,
): FastifyReply {
  const { request, reply } = exchange;
  protect(reply)
    .type(file.type)
    .header("cache-control", caching === "immutable" ? IMMUTABLE : caching === "never" ? "no-store" : "no-cache")
    .header("vary", "accept-encoding");
  if (caching === "revalidate") {
    reply.header("etag", file.etag);
    if (request.headers["if-none-match"]?.includes(file.etag) === true) return reply.code(304).send();
  }
  const accepted = String(request.headers["accept-encoding"] ?? "");
  if (file.brotli !== undefined && /\bbr\b/.test(accepted))
    return reply.header("content-encoding", "br").send(file.brotli);
  if (file.gzip !== undefined && /\bgzip\b/.test(accepted))
    return reply.header("content-encoding", "gzip").send(file.gzip);
  return reply.send(file.plain);
}
