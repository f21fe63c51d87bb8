import { setTimeout as sleep } from "node:timers/promises";
import { historyEvents } from "./generators.ts";
import { closedLoop } from "./load.ts";
import { progress, round } from "./report.ts";
import { type BenchServer, waitForGauge } from "./server.ts";

/** Events a request: the most that the API takes. */
const BATCH = 1_000;
const CONNECTIONS = 6;
const TELL_EVERY_MS = 15_000;
const CATCH_UP_TIMEOUT_MS = 3_600_000;

/** What filling took. */
export interface Filled {
  readonly events: number;
  readonly eventsPerSecond: number;
  /** Loading and indexing together. */
  readonly seconds: number;
}

/** Loads 90 days of history into the tenant of a key, over the API, and waits until search has all of it. */
export async function fillTenant(
  server: BenchServer,
  options: { readonly key: string; readonly events: number },
): Promise<Filled> {
  const from = performance.now();
  const load = closedLoop({
    port: server.port,
    key: options.key,
    batch: BATCH,
    connections: CONNECTIONS,
    generator: historyEvents(options.events),
    maxEvents: options.events,
  });
  const control = { isDone: false };
  const telling = tell(() => load.counts.acknowledged, options.events, control);
  await load.finished.finally(() => {
    control.isDone = true;
  });
  await telling;
  const loadedSeconds = (performance.now() - from) / 1_000;
  progress("waiting for the index");
  await waitForGauge(server, { name: "cairn_index_lag_events", limit: 0, timeoutMs: CATCH_UP_TIMEOUT_MS });
  return {
    events: load.counts.acknowledged,
    eventsPerSecond: round(load.counts.acknowledged / loadedSeconds),
    seconds: round((performance.now() - from) / 1_000),
  };
}

async function tell(acknowledged: () => number, events: number, control: { isDone: boolean }): Promise<void> {
  for (let at = performance.now(); !control.isDone; await sleep(100)) {
    if (performance.now() - at < TELL_EVERY_MS) continue;
    at = performance.now();
    progress(`${acknowledged()} of ${events}`);
  }
}
