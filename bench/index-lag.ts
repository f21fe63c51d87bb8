import { setTimeout as sleep } from "node:timers/promises";
import { liveEvents } from "./lib/generators.ts";
import { Latencies } from "./lib/latencies.ts";
import { paced } from "./lib/load.ts";
import { measure } from "./lib/measure.ts";
import { readOptions } from "./lib/options.ts";
import { answerQuestion, progress, round } from "./lib/report.ts";
import { type BenchServer, startServer } from "./lib/server.ts";

// How long after its acknowledgement is an event found, at 15,000 events/s? Told twice: by the server's own gauge, and
// by single events sent meanwhile with `wait=searchable`, whose answers come once search has them.

const options = readOptions({ seconds: 20, "warm-up": 5, rate: 15_000, batch: 500 });
const PROBE_EVERY_MS = 500;

await answerQuestion(`index lag at ${options.rate} events/s`, async () => {
  const server = await startServer();
  const probes = new Latencies();
  const control = { isStopped: false, sent: 0 };
  try {
    const load = { port: server.port, key: server.key, batch: options.batch, connections: 64 };
    const generator = liveEvents();
    progress("loading");
    const probing = probe(server, probes, control);
    // Stopped early, a probe fails; what counts then is the first error.
    probing.catch(() => undefined);
    const measured = await measure(server, () => paced({ ...load, generator, eventsPerSecond: options.rate }), {
      seconds: options.seconds,
      warmUpSeconds: options["warm-up"],
      onMeasuring: () => probes.clear(),
      otherEvents: () => control.sent,
      onMeasured: async () => {
        control.isStopped = true;
        await probing;
      },
    });
    return {
      searchableAfterMs: probes.percentiles(),
      lagSecondsMax: round(measured.index.lagEventsMax / options.rate),
      ...measured,
    };
  } finally {
    control.isStopped = true;
    await server.stop();
  }
});

/** Sends single events and waits until search finds each. */
async function probe(
  server: BenchServer,
  latencies: Latencies,
  control: { isStopped: boolean; sent: number },
): Promise<void> {
  const generator = liveEvents();
  const event = Buffer.alloc(1_000);
  while (!control.isStopped) {
    const from = performance.now();
    const response = await fetch(`http://127.0.0.1:${server.port}/v1/events?wait=searchable`, {
      method: "POST",
      headers: { authorization: `Bearer ${server.key}`, "content-type": "application/json" },
      body: event.subarray(0, generator.writeEvent(event, 0)),
    });
    const text = await response.text();
    // Too late to be found while the server waits is an answer, too: the event is recorded.
    if (response.status !== 200 && !text.includes('"wait_timeout"'))
      throw new Error(`the probe was answered ${response.status}: ${text}`);
    latencies.add(performance.now() - from);
    control.sent++;
    await sleep(PROBE_EVERY_MS);
  }
}
