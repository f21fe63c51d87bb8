import type { QueuedEvent } from "./queued-event.ts";

/** How events are gathered into batches. */
export interface BatcherOptions {
  readonly maxBatchEvents: number;
  readonly maxBatchBytes: number;
  /** How long an event waits for company while a request could be made. */
  readonly lingerMs: number;
  /** Requests under way at a time. */
  readonly concurrency: number;
  /** Sends a batch until each of its events is settled. Never rejects. */
  readonly send: (batch: readonly QueuedEvent[]) => Promise<void>;
}

/** Gathers events into batches and keeps a number of them under way. */
export interface Batcher {
  /** Events and bytes not settled yet, those under way included. */
  readonly pending: { readonly events: number; readonly bytes: number };
  push(event: QueuedEvent): void;
  /** Sends without lingering; resolves when everything pushed before is settled. */
  flush(): Promise<void>;
  /** Resolves when something was settled since the call. */
  nextSettled(): Promise<void>;
  /** Takes back what has not been handed to `send` yet. */
  takeQueued(): readonly QueuedEvent[];
}

/** Queue positions before this are given back to memory at once. */
const COMPACT_AFTER = 4_096;

/**
 * Makes a batcher. Its linger timer keeps the process alive: a program that logs and then ends still sends.
 */
export function createBatcher(options: BatcherOptions): Batcher {
  const { maxBatchEvents, maxBatchBytes, lingerMs, concurrency } = options;
  /** Waiting events are those from `head` on; only `push`, `takeBatch` and `takeQueued` change the three. */
  let queue: QueuedEvent[] = [];
  let head = 0;
  let queuedBytes = 0;
  const pending = { events: 0, bytes: 0 };
  /** Tickets number the events as pushed; the first ticket of each batch under way, for `flush`. */
  let nextTicket = 0;
  const underWay = new Set<number>();
  let flushTo = 0;
  let timer: NodeJS.Timeout | undefined;
  let flushWaiters: { readonly ticket: number; readonly resolve: () => void }[] = [];
  const settleWaiters: (() => void)[] = [];

  function queuedCount(): number {
    return queue.length - head;
  }

  function firstQueuedTicket(): number {
    return nextTicket - queuedCount();
  }

  function isDue(): boolean {
    return firstQueuedTicket() < flushTo || queuedCount() >= maxBatchEvents || queuedBytes >= maxBatchBytes;
  }

  function pump(): void {
    while (underWay.size < concurrency && queuedCount() > 0 && isDue()) dispatch();
    if (queuedCount() === 0 || underWay.size >= concurrency) {
      clearTimeout(timer);
      timer = undefined;
    } else timer ??= setTimeout(lingered, lingerMs);
  }

  function lingered(): void {
    timer = undefined;
    flushTo = nextTicket;
    pump();
  }

  function dispatch(): void {
    const ticket = firstQueuedTicket();
    const batch = takeBatch();
    underWay.add(ticket);
    void options.send(batch).then(() => {
      underWay.delete(ticket);
      for (const event of batch) forget(event);
      wake();
      pump();
    });
  }

  function takeBatch(): readonly QueuedEvent[] {
    let end = head;
    let bytes = 0;
    while (end < queue.length && end - head < maxBatchEvents) {
      const size = (queue[end]?.bytes ?? 0) + 1; // and its newline
      if (end > head && bytes + size > maxBatchBytes) break;
      bytes += size;
      end++;
    }
    const batch = queue.slice(head, end);
    head = end;
    for (const event of batch) queuedBytes -= event.bytes;
    if (head >= COMPACT_AFTER || head === queue.length) {
      queue = queue.slice(head);
      head = 0;
    }
    return batch;
  }

  function forget(event: QueuedEvent): void {
    pending.events--;
    pending.bytes -= event.bytes;
  }

  function wake(): void {
    const settledTo = Math.min(firstQueuedTicket(), ...underWay);
    for (const { ticket, resolve } of flushWaiters) if (ticket <= settledTo) resolve();
    flushWaiters = flushWaiters.filter(({ ticket }) => ticket > settledTo);
    for (const resolve of settleWaiters.splice(0)) resolve();
  }

  return {
    pending,

    push(event) {
      queue.push(event);
      nextTicket++;
      queuedBytes += event.bytes;
      pending.events++;
      pending.bytes += event.bytes;
      pump();
    },

    flush() {
      if (pending.events === 0) return Promise.resolve();
      flushTo = nextTicket;
      const { promise, resolve } = deferred();
      flushWaiters.push({ ticket: nextTicket, resolve });
      pump();
      return promise;
    },

    nextSettled() {
      const { promise, resolve } = deferred();
      settleWaiters.push(resolve);
      return promise;
    },

    takeQueued() {
      const taken = queue.slice(head);
      queue = [];
      head = 0;
      queuedBytes = 0;
      for (const event of taken) forget(event);
      clearTimeout(timer);
      timer = undefined;
      wake();
      return taken;
    },
  };
}

/** `Promise.withResolvers`, which Node 20 has not. */
function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
