import type { EventInput } from "@cairn/event";
import { CairnClientError, type CairnFailure } from "../errors.ts";
import type { Transport } from "../http/transport.ts";
import type { ResolvedOptions } from "../options.ts";
import { createBatcher } from "./batcher.ts";
import type { ActionName, LogEvent } from "./catalog-types.ts";
import { installExitHooks } from "./exit-hooks.ts";
import type { RecordedResult, RecordResult } from "./outcome.ts";
import type { EventOutcome, QueuedEvent } from "./queued-event.ts";
import { type RecordOptions, recordBatch } from "./record-api.ts";
import { recordNow } from "./record-now.ts";
import { sendBatch } from "./send-batch.ts";
import { createUuidV7 } from "./uuid-v7.ts";

/** The side of the client that records. */
export interface Producer<C> {
  /**
   * Takes an event and returns its id; the event is sent in the background. Whatever becomes of it that is not "recorded"
   * is told to `onRefused`. Throws only with `whenFull: "throw"`, when the queue is full.
   */
  log<A extends ActionName<C>>(event: LogEvent<C, A>): string;
  /**
   * Takes an event and resolves with its receipt once it is durable, or rejects with why it was refused. Waits while the
   * queue is full, so that awaiting it is back-pressure.
   */
  logAndWait<A extends ActionName<C>>(event: LogEvent<C, A>): Promise<RecordedResult>;
  /**
   * Sends up to 1,000 events, now and exactly as they are, and gives a result for each: for importers, `atomic` and
   * `wait: "sealed"`. Failures are repeated where that is safe: when every event has an id, or with an `idempotencyKey`.
   * Rejects when a request as a whole failed.
   */
  record(events: readonly EventInput[], options?: RecordOptions): Promise<readonly RecordResult[]>;
  /** Sends everything logged so far; resolves when it is settled, or after `timeoutMs`, with how many are unsettled. */
  flush(options?: { readonly timeoutMs?: number }): Promise<{ readonly unsettled: number }>;
  /** Flushes, then takes no more; what could not be sent within `timeoutMs` (30 s) is refused as `closed`. */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
  /** Events not settled yet. */
  readonly pending: number;
}

const DEFAULT_CLOSE_TIMEOUT_MS = 30_000;

/** Makes the recording side of a client. */
export function createProducer<C>(transport: Transport, options: ResolvedOptions): Producer<C> {
  const newId = createUuidV7();
  const closing = new AbortController();
  /** Set by `close`, never unset. */
  let isClosed = false;
  /** Everything that is not settled, in order, for the last moment of the process. */
  const unsettled = new Set<QueuedEvent>();

  const batcher = createBatcher({
    ...options,
    send: (batch) =>
      sendBatch(batch, {
        record: (lines) => recordBatch(transport, lines, { signal: closing.signal }),
        retry: options.retry,
        onRetry: options.onRetry,
        signal: closing.signal,
      }),
  });

  function encode(event: LogEvent<C>, settle: (event: QueuedEvent, outcome: EventOutcome) => void): QueuedEvent {
    const input = event as unknown as EventInput;
    const id = input.id ?? newId();
    const json = JSON.stringify({
      ...input,
      id,
      // Set here, not by the server: batches travel late, and a repeated one must be the same.
      occurred_at: input.occurred_at ?? new Date(),
      source: input.source ?? options.source,
    });
    let isSettled = false;
    const queued: QueuedEvent = {
      id,
      json,
      bytes: Buffer.byteLength(json),
      settle(outcome) {
        if (isSettled) return;
        isSettled = true;
        unsettled.delete(queued);
        settle(queued, outcome);
      },
    };
    return queued;
  }

  function reportRefusal(queued: QueuedEvent, outcome: EventOutcome): void {
    if (!outcome.ok) {
      options.onRefused({ id: queued.id, event: JSON.parse(queued.json) as unknown, error: outcome.error });
    }
  }

  function hasRoomFor(event: QueuedEvent): boolean {
    const { events, bytes } = batcher.pending;
    // One event of any size fits into an empty queue.
    return events === 0 || (events < options.maxQueuedEvents && bytes + event.bytes <= options.maxQueuedBytes);
  }

  function enqueue(event: QueuedEvent): void {
    unsettled.add(event);
    batcher.push(event);
  }

  async function flush(timeoutMs: number | undefined): Promise<{ readonly unsettled: number }> {
    const done = batcher.flush();
    await (timeoutMs === undefined ? done : withTimeout(done, timeoutMs));
    return { unsettled: batcher.pending.events };
  }

  async function close(timeoutMs: number): Promise<void> {
    isClosed = true;
    await flush(timeoutMs);
    if (batcher.pending.events > 0) {
      const error = new CairnClientError("closed", "the client was closed before the event was sent");
      for (const event of batcher.takeQueued()) event.settle({ ok: false, error });
      closing.abort();
      await batcher.flush();
    }
    uninstallExitHooks?.();
  }

  function abandon(): void {
    const error = new CairnClientError("closed", "the process ended before the event was sent");
    for (const event of [...unsettled]) event.settle({ ok: false, error });
  }

  const uninstallExitHooks = options.flushAtExit
    ? installExitHooks({
        flush: () => flush(options.exitTimeoutMs),
        hasPending: () => unsettled.size > 0,
        abandon,
      })
    : undefined;

  return {
    log(event) {
      let queued: QueuedEvent;
      try {
        queued = encode(event as LogEvent<C>, reportRefusal);
      } catch (cause) {
        const id = typeof event.id === "string" ? event.id : newId();
        options.onRefused({ id, event: undefined, error: notSerializable(cause) });
        return id;
      }
      if (isClosed) {
        queued.settle({ ok: false, error: new CairnClientError("closed", "the client is closed") });
      } else if (hasRoomFor(queued)) {
        enqueue(queued);
      } else {
        const error = queueFull(options);
        if (options.whenFull === "throw") throw error;
        queued.settle({ ok: false, error });
      }
      return queued.id;
    },

    async logAndWait(event) {
      let finish: (outcome: EventOutcome) => void = () => {};
      const settled = new Promise<EventOutcome>((resolve) => {
        finish = resolve;
      });
      let queued: QueuedEvent;
      try {
        queued = encode(event as LogEvent<C>, (_, outcome) => finish(outcome));
      } catch (cause) {
        throw notSerializable(cause);
      }
      while (!isClosed && !hasRoomFor(queued)) await batcher.nextSettled();
      if (isClosed) throw new CairnClientError("closed", "the client is closed");
      enqueue(queued);
      const outcome = await settled;
      if (outcome.ok) return outcome.result;
      throw outcome.error;
    },

    record: (events, recordOptions = {}) => recordNow(transport, events, { ...options, request: recordOptions }),

    flush: (flushOptions) => flush(flushOptions?.timeoutMs),
    close: (closeOptions) => close(closeOptions?.timeoutMs ?? DEFAULT_CLOSE_TIMEOUT_MS),
    get pending() {
      return batcher.pending.events;
    },
  };
}

function notSerializable(cause: unknown): CairnFailure {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new CairnClientError("not_serializable", `the event has no JSON form: ${message}`, { cause });
}

function queueFull(options: ResolvedOptions): CairnClientError {
  const limit = `${options.maxQueuedEvents} events or ${options.maxQueuedBytes} bytes`;
  return new CairnClientError("queue_full", `${limit} are waiting already: the server takes them too slowly`);
}

/** Resolves with the promise or after the time, whichever comes first; the timer does not outlive it. */
async function withTimeout(promise: Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([promise, timeout]);
  clearTimeout(timer);
}
