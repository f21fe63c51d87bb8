import { CairnError, ERRORS, type ErrorCode } from "@cairn/event";
import { LedgerError } from "@cairn/ledger";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";

/** Seconds to wait where the thrower did not say. */
const DEFAULT_RETRY_SECONDS = 1;

/** Turns whatever was thrown into the answer the API documents. The only place where errors become HTTP. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = asCairnError(error);
  if (known.code === "internal") request.log.error({ err: error }, "request failed");
  const { status, retryable, fix } = ERRORS[known.code];
  if (retryable) reply.header("retry-after", String(known.retryAfterSeconds ?? DEFAULT_RETRY_SECONDS));
  if (known.code === "unauthenticated" || known.code === "metrics_token_required")
    reply.header("www-authenticate", "Bearer");
  // Closing now would make the sender's system throw this answer away: what still comes is read and dropped instead, for as
  // long as a request may take.
  if (known.code === "body_too_large") reply.removeHeader("connection");
  return reply
    .code(status)
    .send({ error: { code: known.code, message: known.message, ...known.place, fix, request_id: request.id } });
}

/** Translates errors of other rooms and of the HTTP library into codes of the catalog. */
export function asCairnError(error: unknown): CairnError {
  if (error instanceof CairnError) return error;
  if (error instanceof LedgerError) return fromLedger(error);
  const { code, statusCode, message, validation } = error as FastifyError;
  if (validation !== undefined) return new CairnError("parameter_invalid", message);
  const translated = FROM_FASTIFY[code ?? ""];
  if (translated !== undefined) return new CairnError(translated, message, { cause: error });
  if (statusCode === 400) return new CairnError("parameter_invalid", message, { cause: error });
  return new CairnError("internal", "an unexpected fault; the server's log has it under the request id", {
    cause: error,
  });
}

const FROM_FASTIFY: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "body_too_large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "content_type_unsupported",
  FST_ERR_CTP_EMPTY_JSON_BODY: "body_empty",
  FST_ERR_CTP_INVALID_JSON_BODY: "json_invalid",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "parameter_invalid",
  FST_ERR_NOT_FOUND: "not_found",
  FST_ERR_BAD_URL: "parameter_invalid",
  FST_ERR_MAX_PARAM_LENGTH: "not_found",
};

function fromLedger(error: LedgerError): CairnError {
  switch (error.code) {
    case "clock_jumped":
      return new CairnError("clock_jumped", error.message, { retryAfterSeconds: 30 });
    case "disk_full":
      return new CairnError("disk_full", error.message, { retryAfterSeconds: 60 });
    case "rollback":
      return new CairnError("ledger_stopped", error.message, { retryAfterSeconds: 60 });
    case "not_found":
      return new CairnError("not_found", "there is no such thing", { cause: error });
    case "corrupt":
    case "locked":
    case "format_newer":
    case "key_missing":
    case "state_mismatch":
      return new CairnError("internal", "the ledger could not be read; an operator must run `cairn fsck`", {
        cause: error,
      });
  }
}
