import { ERRORS, type ErrorCode } from "@cairn/event";
import { type ApiErrorBody, asFailure, CairnApiError, CairnClientError, type CairnFailure } from "../errors.ts";
import { isRetryable, type RetryPolicy, retryDelayMs } from "../http/backoff.ts";
import { pause, type RetryListener } from "../http/with-retries.ts";
import type { RecordedResult, RecordResult } from "./outcome.ts";
import type { QueuedEvent } from "./queued-event.ts";

/** What sending a batch needs. */
export interface SendContext {
  readonly record: (lines: readonly string[]) => Promise<readonly RecordResult[]>;
  readonly retry: RetryPolicy;
  readonly onRetry: RetryListener | undefined;
  /** Ends waiting and sending; what is unsettled is refused as `closed`. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Sends a batch until each of its events is settled. What can be repeated is repeated, byte for byte the same, so that a
 * batch whose answer was lost comes back as duplicates. Never rejects.
 */
export async function sendBatch(batch: readonly QueuedEvent[], context: SendContext): Promise<void> {
  const startedMs = performance.now();
  let rest = batch;
  for (let attempt = 0; rest.length > 0; attempt++) {
    const tried = await tryBatch(rest, context);
    if (tried.kind === "too_large") return sendHalves(rest, context);
    rest = tried.unsettled;
    if (rest.length === 0) return;
    const { error } = tried;
    if (!isRetryable(error)) return refuse(rest, error);
    const delayMs = retryDelayMs(context.retry, { attempt, error, random: Math.random });
    if (performance.now() - startedMs + delayMs > context.retry.giveUpAfterMs) return refuse(rest, error);
    context.onRetry?.({ error, delayMs });
    try {
      await pause(delayMs, context.signal);
    } catch {
      return refuse(rest, closedError(error));
    }
  }
}

type Attempt =
  | { readonly kind: "tried"; readonly unsettled: readonly QueuedEvent[]; readonly error: CairnFailure }
  | { readonly kind: "too_large" };

async function tryBatch(batch: readonly QueuedEvent[], context: SendContext): Promise<Attempt> {
  let results: readonly RecordResult[];
  try {
    results = await context.record(batch.map((event) => event.json));
  } catch (thrown) {
    const error = asFailure(thrown);
    if (error.code === "aborted") {
      refuse(batch, closedError(error));
      return { kind: "tried", unsettled: [], error };
    }
    if (error instanceof CairnApiError && error.status === 413 && batch.length > 1) return { kind: "too_large" };
    return { kind: "tried", unsettled: batch, error };
  }
  const unsettled: QueuedEvent[] = [];
  let error: CairnFailure = new CairnClientError("response_invalid", "no event was settled");
  for (const [i, event] of batch.entries()) {
    const result = results[i];
    if (result === undefined) continue; // `record` gives a result for each
    if (isRecorded(result)) {
      event.settle({ ok: true, result });
      continue;
    }
    const refusal = apiError(result.error);
    if (result.status === "rejected" && isRetryable(refusal)) {
      unsettled.push(event);
      error = refusal;
    } else event.settle({ ok: false, error: refusal, result });
  }
  return { kind: "tried", unsettled, error };
}

/** A proxy's limit may be lower than the server's: halves get through, down to a single event. */
async function sendHalves(batch: readonly QueuedEvent[], context: SendContext): Promise<void> {
  const middle = Math.ceil(batch.length / 2);
  await sendBatch(batch.slice(0, middle), context);
  await sendBatch(batch.slice(middle), context);
}

function isRecorded(result: RecordResult): result is RecordedResult {
  return result.status === "created" || result.status === "duplicate";
}

function apiError(error: ApiErrorBody): CairnApiError {
  const status = Object.hasOwn(ERRORS, error.code) ? ERRORS[error.code as ErrorCode].status : 422;
  return new CairnApiError(error, { status });
}

function closedError(cause: CairnFailure): CairnClientError {
  return new CairnClientError("closed", `the client was closed before the event was sent: ${cause.message}`, { cause });
}

function refuse(events: readonly QueuedEvent[], error: CairnFailure): void {
  for (const event of events) event.settle({ ok: false, error });
}
