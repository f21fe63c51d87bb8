import { setTimeout as sleep } from "node:timers/promises";
import type { Percentiles } from "./latencies.ts";
import type { Load } from "./load.ts";
import { readMetrics } from "./metrics.ts";
import { cpuPerEvent, cpuTimes, type MemoryPeaks, watchMemory } from "./processes.ts";
import { monotonicUs, type Span } from "./profile.ts";
import { progress, round } from "./report.ts";
import { type BenchServer, waitForGauge } from "./server.ts";

/** What a run over HTTP measured. */
export interface Measured {
  readonly seconds: number;
  /** When, for comparison with profiles. */
  readonly span: Span;
  readonly acknowledged: number;
  readonly eventsPerSecond: number;
  readonly requestsPerSecond: number;
  readonly putOff: number;
  readonly latencyMs: Percentiles;
  /** Microseconds per event, by thread or process; `generator` is this process. */
  readonly cpuUsPerEvent: Readonly<Record<string, number>>;
  readonly peakMemoryMiB: MemoryPeaks;
  readonly index: {
    readonly lagEventsMax: number;
    readonly lagEventsAtEnd: number;
    /** How long after the last event search had everything. */
    readonly caughtUpAfterMs: number;
  };
}

export interface MeasureOptions {
  readonly seconds: number;
  /** Not measured: V8 compiles, caches fill. */
  readonly warmUpSeconds: number;
  /** Called when the warm-up is over. */
  readonly onMeasuring?: () => void;
  /** Called when the measurement is over and the load still runs. */
  readonly onMeasured?: () => Promise<void>;
  /** Events that somebody else recorded meanwhile. */
  readonly otherEvents?: () => number;
}

const CATCH_UP_TIMEOUT_MS = 120_000;
const LAG_SAMPLE_MS = 500;

/** Measures a load while it runs, and checks that the server recorded what it acknowledged. */
export async function measure(server: BenchServer, start: () => Load, options: MeasureOptions): Promise<Measured> {
  const committedBefore = (await readMetrics(server.port)).get("cairn_committed_events")!;
  const memory = watchMemory(server.pid);
  const load = start();
  const { counts } = load;
  await sleep(options.warmUpSeconds * 1_000);
  counts.latencies.clear();
  options.onMeasuring?.();
  const [cpuBefore, ownBefore, before] = [cpuTimes(server.pid), process.cpuUsage(), { ...counts }];
  const from = performance.now();
  const fromUs = monotonicUs();
  const lagEventsMax = await watchLag(server, from + options.seconds * 1_000);
  const seconds = (performance.now() - from) / 1_000;
  const span = { fromUs, toUs: monotonicUs() };
  const acknowledged = counts.acknowledged - before.acknowledged;
  const own = process.cpuUsage(ownBefore);
  const cpu = cpuPerEvent(cpuBefore, cpuTimes(server.pid), acknowledged);
  const latencyMs = counts.latencies.percentiles();
  const requests = counts.requests - before.requests;
  await options.onMeasured?.();
  await load.stop();
  const lagEventsAtEnd = (await readMetrics(server.port)).get("cairn_index_lag_events") ?? 0;
  const peakMemoryMiB = memory.stop();
  const caughtUpAfterMs = await waitForGauge(server, {
    name: "cairn_index_lag_events",
    limit: 0,
    timeoutMs: CATCH_UP_TIMEOUT_MS,
  });
  const committed = (await readMetrics(server.port)).get("cairn_committed_events")! - committedBefore;
  const expected = counts.acknowledged + (options.otherEvents?.() ?? 0);
  if (committed !== expected) throw new Error(`${expected} events were acknowledged and ${committed} committed`);
  progress(`${round(acknowledged / seconds)} events/s, p99 ${latencyMs.p99} ms`);
  return {
    seconds: round(seconds),
    span,
    acknowledged,
    eventsPerSecond: round(acknowledged / seconds),
    requestsPerSecond: round(requests / seconds),
    putOff: counts.putOff,
    latencyMs,
    cpuUsPerEvent: { ...cpu, generator: round((own.user + own.system) / acknowledged) },
    peakMemoryMiB,
    index: { lagEventsMax, lagEventsAtEnd, caughtUpAfterMs: round(caughtUpAfterMs) },
  };
}

async function watchLag(server: BenchServer, until: number): Promise<number> {
  let max = 0;
  while (performance.now() < until) {
    await sleep(Math.max(0, Math.min(LAG_SAMPLE_MS, until - performance.now())));
    max = Math.max(max, (await readMetrics(server.port)).get("cairn_index_lag_events") ?? 0);
  }
  return max;
}
