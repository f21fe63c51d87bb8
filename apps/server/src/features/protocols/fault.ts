import { ERRORS } from "@cairn/event";
import { SourceError } from "@cairn/sources";
import type { FastifyReply, FastifyRequest } from "fastify";
import { asCairnError } from "../../http/errors.ts";

/** Seconds to wait where the thrower did not say. */
const DEFAULT_RETRY_SECONDS = 1;

/** Why a whole request failed, before a protocol puts it into its own words. */
export interface Fault {
  readonly status: number;
  /** A code of the catalog, or of the sources' own list. */
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly pointer?: string;
}

/** Turns whatever was thrown into a fault, and puts on the answer what HTTP itself has for it. */
export function faultOf(error: unknown, request: FastifyRequest, reply: FastifyReply): Fault {
  if (error instanceof SourceError) {
    const { code, message, place } = error;
    const status = code === "too_large" ? 413 : 400;
    return {
      status,
      code,
      message,
      retryable: false,
      ...(place.pointer === undefined ? {} : { pointer: place.pointer }),
    };
  }
  const known = asCairnError(error);
  if (known.code === "internal") request.log.error({ err: error }, "request failed");
  const { status, retryable } = ERRORS[known.code];
  if (retryable) reply.header("retry-after", String(known.retryAfterSeconds ?? DEFAULT_RETRY_SECONDS));
  if (status === 401) reply.header("www-authenticate", "Bearer");
  // Closing now would make the sender's system throw this answer away: what still comes is read and dropped instead.
  if (known.code === "body_too_large") reply.removeHeader("connection");
  const { pointer } = known.place;
  return { status, code: known.code, message: known.message, retryable, ...(pointer === undefined ? {} : { pointer }) };
}
