import { setTimeout as sleep } from "node:timers/promises";
import { type EventGenerator, GENERATED_EVENT_MAX_BYTES } from "@cairn/testkit";
import { HttpConnection, requestHead } from "./http-connection.ts";
import { Latencies } from "./latencies.ts";

/** What is sent, to whom. */
export interface LoadOptions {
  readonly port: number;
  readonly key: string;
  readonly generator: EventGenerator;
  /** Events a request; 1 sends a bare object. */
  readonly batch: number;
  readonly connections: number;
  readonly path?: string;
  /** Stops by itself once this many events were sent. */
  readonly maxEvents?: number;
}

/** Counts of a running load. */
export interface LoadCounts {
  /** Events that were sent, answered or not. */
  sent: number;
  /** Events acknowledged. */
  acknowledged: number;
  requests: number;
  /** Requests answered with 429 or 503 and sent again after a while. */
  putOff: number;
  readonly latencies: Latencies;
}

/** A load that runs until it is stopped. */
export interface Load {
  readonly counts: LoadCounts;
  /** Settles when a load with a limit has reached it. */
  readonly finished: Promise<unknown>;
  /** Stops sending and waits for the last answers. @throws the first error that a sender met */
  stop(): Promise<void>;
}

interface Sender {
  readonly connection: HttpConnection;
  readonly body: Buffer;
}

/** Every connection sends its next request as soon as the last is answered. */
export function closedLoop(options: LoadOptions): Load {
  const counts = newCounts();
  const control = { isStopped: false };
  const runs = Array.from({ length: options.connections }, async () => {
    const sender = openSender(options);
    try {
      while (!control.isStopped && mayGoOn(options, counts)) {
        const from = performance.now();
        await sendOnce(sender, options, counts);
        counts.latencies.add(performance.now() - from);
      }
    } finally {
      sender.connection.close();
    }
  });
  return stoppable(counts, control, Promise.all(runs));
}

/** How often the paced sender looks whether something is due. */
const TICK_MS = 1;

/**
 * Requests start at fixed times, whatever the server does, and their latency counts from the time at which they were
 * due: a server that stands still is charged for everything that had to wait.
 */
export function paced(
  options: LoadOptions & {
    readonly eventsPerSecond: number;
    /** In bursts of so many seconds, one in every so many. */
    readonly bursts?: { readonly seconds: number; readonly everySeconds: number };
  },
): Load {
  const counts = newCounts();
  const control = { isStopped: false };
  const idle = Array.from({ length: options.connections }, () => openSender(options));
  const all = [...idle];
  const intervalMs = (1_000 * options.batch) / options.eventsPerSecond;
  const running = new Set<Promise<void>>();
  let failure: unknown;
  const run = async (): Promise<void> => {
    let due = performance.now();
    let burst = due;
    while (!control.isStopped && failure === undefined && mayGoOn(options, counts)) {
      while (due <= performance.now()) {
        const sender = idle.pop();
        if (sender === undefined) break;
        const one = sendPaced(sender, due).catch((error: unknown) => {
          failure = error;
        });
        running.add(one);
        void one.finally(() => running.delete(one));
        due += intervalMs;
        if (options.bursts === undefined || due - burst < options.bursts.seconds * 1_000) continue;
        burst += options.bursts.everySeconds * 1_000;
        due = burst;
      }
      await sleep(TICK_MS);
    }
    await Promise.all(running);
    for (const { connection } of all) connection.close();
    if (failure !== undefined) throw failure;
  };
  async function sendPaced(sender: Sender, due: number): Promise<void> {
    await sendOnce(sender, options, counts);
    counts.latencies.add(performance.now() - due);
    idle.push(sender);
  }
  return stoppable(counts, control, run());
}

function newCounts(): LoadCounts {
  return { sent: 0, acknowledged: 0, requests: 0, putOff: 0, latencies: new Latencies() };
}

function stoppable(counts: LoadCounts, control: { isStopped: boolean }, done: Promise<unknown>): Load {
  // Reported by stop(); until then a failure must not count as unhandled.
  done.catch(() => undefined);
  return {
    counts,
    finished: done,
    async stop() {
      control.isStopped = true;
      await done;
    },
  };
}

function mayGoOn({ maxEvents }: LoadOptions, counts: LoadCounts): boolean {
  return maxEvents === undefined || counts.sent < maxEvents;
}

function openSender({ port, batch }: LoadOptions): Sender {
  return {
    connection: new HttpConnection(port, { keepBody: "unless_ok" }),
    body: Buffer.allocUnsafe(batch * GENERATED_EVENT_MAX_BYTES + 64),
  };
}

async function sendOnce(sender: Sender, options: LoadOptions, counts: LoadCounts): Promise<void> {
  const { generator, batch } = options;
  counts.sent += batch;
  const length = batch === 1 ? generator.writeEvent(sender.body, 0) : generator.writeBatch(sender.body, batch);
  const head = requestHead(options.path ?? "/v1/events", { key: options.key, bodyBytes: length });
  const body = sender.body.subarray(0, length);
  for (;;) {
    const answer = await sender.connection.send(head, body);
    if (answer.status === 200) break;
    if (answer.status !== 429 && answer.status !== 503)
      throw new Error(`the server answered ${answer.status}: ${answer.body.slice(0, 500)}`);
    counts.putOff++;
    await sleep((answer.retryAfterSeconds ?? 1) * 1_000);
  }
  counts.requests++;
  counts.acknowledged += batch;
}
