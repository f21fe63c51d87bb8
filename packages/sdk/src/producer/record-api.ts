import { type ApiErrorBody, CairnApiError, CairnClientError } from "../errors.ts";
import { parseAnswer, type Transport } from "../http/transport.ts";
import type { RecordResult } from "./outcome.ts";

/** How a request to record is to be answered. */
export interface RecordOptions {
  /** All events or none; without it each stands for itself. */
  readonly atomic?: boolean;
  /** Answer only when the events are sealed (with proofs), or can be searched. */
  readonly wait?: "sealed" | "searchable";
  /** Gives events without an id one derived from this key and their position. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

/** Sealing takes up to ten seconds when a tenant is quiet. */
const WAIT_TIMEOUT_MS = 30_000;

/**
 * Sends one batch and gives a result for each of its events, in their order. Throws when the request as a whole failed;
 * never repeats.
 */
export async function recordBatch(
  transport: Transport,
  lines: readonly string[],
  options: RecordOptions = {},
): Promise<readonly RecordResult[]> {
  const answer = await transport.send({
    method: "POST",
    path: "/v1/events",
    query: { ...(options.atomic === true ? { atomic: true } : {}), wait: options.wait },
    body: { contentType: "application/x-ndjson", bytes: Buffer.from(lines.join("\n")) },
    headers: options.idempotencyKey === undefined ? {} : { "idempotency-key": options.idempotencyKey },
    signal: options.signal,
    extraTimeoutMs: options.wait === undefined ? 0 : WAIT_TIMEOUT_MS,
    // 422 with results: each event was judged, and none is recorded.
    accept: [422],
  });
  const { results, error } = parseAnswer<RecordAnswer>(answer);
  if (Array.isArray(results) && results.length === lines.length && results.every(isResult)) return results;
  if (typeof error?.code === "string") throw new CairnApiError(error, { status: answer.status });
  throw new CairnClientError("response_invalid", `the answer has not a result for each of the ${lines.length} events`);
}

interface RecordAnswer {
  readonly results?: readonly RecordResult[];
  readonly error?: ApiErrorBody;
}

function isResult(result: unknown): boolean {
  if (typeof result !== "object" || result === null) return false;
  const { status, error, receipt } = result as Record<string, unknown>;
  if (status === "created" || status === "duplicate") return typeof receipt === "object" && receipt !== null;
  return (status === "conflict" || status === "rejected") && typeof error === "object" && error !== null;
}
