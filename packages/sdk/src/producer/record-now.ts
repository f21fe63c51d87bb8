import type { EventInput } from "@cairn/event";
import type { RetryPolicy } from "../http/backoff.ts";
import type { Transport } from "../http/transport.ts";
import { type RetryListener, withRetries } from "../http/with-retries.ts";
import type { RecordResult } from "./outcome.ts";
import type { EventOutcome } from "./queued-event.ts";
import { type RecordOptions, recordBatch } from "./record-api.ts";
import { sendBatch } from "./send-batch.ts";

/** Sends one batch at once and gives a result for each event; see `Producer.record`. */
export async function recordNow(
  transport: Transport,
  events: readonly EventInput[],
  options: {
    readonly retry: RetryPolicy;
    readonly onRetry: RetryListener | undefined;
    readonly request: RecordOptions;
  },
): Promise<readonly RecordResult[]> {
  const { request, onRetry } = options;
  const lines = events.map((event) => JSON.stringify(event));
  if (lines.length === 0) return [];
  const isRepeatable = request.idempotencyKey !== undefined || events.every((event) => event.id !== undefined);
  const retry = isRepeatable ? options.retry : { ...options.retry, giveUpAfterMs: 0 };
  // All or none, and ids by position, mean that the batch must stay whole.
  if (request.atomic === true || request.idempotencyKey !== undefined) {
    const record = () => recordBatch(transport, lines, request);
    return withRetries(record, { policy: retry, signal: request.signal, onRetry });
  }
  const outcomes: EventOutcome[] = [];
  const batch = lines.map((json, i) => ({
    id: events[i]?.id ?? "",
    json,
    bytes: json.length,
    settle: (outcome: EventOutcome) => {
      outcomes[i] = outcome;
    },
  }));
  await sendBatch(batch, {
    record: (some) => recordBatch(transport, some, request),
    retry,
    onRetry,
    signal: request.signal,
  });
  return outcomes.map(resultOf);
}

function resultOf(outcome: EventOutcome): RecordResult {
  if (outcome.ok) return outcome.result;
  if (outcome.result === undefined) throw outcome.error;
  return outcome.result;
}
