import { HEC_ANSWERS } from "@cairn/sources";
import type { Fault } from "../fault.ts";

/** An answer of the collector: its own number and words, and the HTTP status they go with. */
export interface CollectorAnswer {
  readonly code: number;
  readonly text: string;
  readonly status: number;
}

/** Answers of Splunk's HTTP event collector beside those of a body. */
export const COLLECTOR_ANSWERS = {
  ...HEC_ANSWERS,
  tokenDisabled: { code: 1, text: "Token disabled", status: 403 },
  tokenRequired: { code: 2, text: "Token is required", status: 401 },
  invalidAuthorization: { code: 3, text: "Invalid authorization", status: 401 },
  invalidToken: { code: 4, text: "Invalid token", status: 403 },
  incorrectIndex: { code: 7, text: "Incorrect index", status: 400 },
  internalError: { code: 8, text: "Internal server error", status: 500 },
  busy: { code: 9, text: "Server is busy", status: 503 },
  channelMissing: { code: 10, text: "Data channel is missing", status: 400 },
  channelInvalid: { code: 11, text: "Invalid data channel", status: 400 },
  queryAuthorization: { code: 16, text: "Query string authorization is not enabled", status: 400 },
  healthy: { code: 17, text: "HEC is healthy", status: 200 },
  unhealthy: { code: 18, text: "HEC is unhealthy, queues are full", status: 503 },
  shuttingDown: { code: 23, text: "Server is shutting down", status: 503 },
  tooLarge: { code: 27, text: "Request entity too large", status: 413 },
} as const satisfies Record<string, CollectorAnswer>;

const BY_CODE: Readonly<Record<string, CollectorAnswer>> = {
  forbidden: COLLECTOR_ANSWERS.tokenDisabled,
  tenant_suspended: COLLECTOR_ANSWERS.tokenDisabled,
  address_forbidden: COLLECTOR_ANSWERS.invalidToken,
  tenant_required: COLLECTOR_ANSWERS.incorrectIndex,
  not_found: COLLECTOR_ANSWERS.incorrectIndex,
  body_empty: COLLECTOR_ANSWERS.noData,
  shutting_down: COLLECTOR_ANSWERS.shuttingDown,
};

/** Puts a fault of the whole request into the collector's numbers. */
export function collectorAnswerOf({ code, status, retryable }: Fault): CollectorAnswer {
  const known = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  if (known !== undefined) return known;
  if (retryable) return COLLECTOR_ANSWERS.busy;
  if (status === 413) return COLLECTOR_ANSWERS.tooLarge;
  return status >= 500 ? COLLECTOR_ANSWERS.internalError : COLLECTOR_ANSWERS.invalidFormat;
}
