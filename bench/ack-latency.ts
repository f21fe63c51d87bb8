import { liveEvents } from "./lib/generators.ts";
import { paced } from "./lib/load.ts";
import { measure } from "./lib/measure.ts";
import { readOptions } from "./lib/options.ts";
import { answerQuestion, progress } from "./lib/report.ts";
import { startServer } from "./lib/server.ts";

// How long does an acknowledgement take at 2,000 events/s? Once with an event a request, once with 20: the latency
// counts from the time at which a request was due.

const options = readOptions({ seconds: 15, "warm-up": 5, rate: 2_000 });
const SHAPES = [
  { name: "oneEventARequest", batch: 1, connections: 128 },
  { name: "twentyEventsARequest", batch: 20, connections: 32 },
] as const;

await answerQuestion(`acknowledgement at ${options.rate} events/s`, async () => {
  const results: Record<string, unknown> = { eventsPerSecond: options.rate };
  let worstP99 = 0;
  for (const { name, batch, connections } of SHAPES) {
    progress(name);
    const server = await startServer();
    try {
      const load = { port: server.port, key: server.key, batch, connections, eventsPerSecond: options.rate };
      const generator = liveEvents();
      const measured = await measure(server, () => paced({ ...load, generator }), {
        seconds: options.seconds,
        warmUpSeconds: options["warm-up"],
      });
      results[name] = measured;
      worstP99 = Math.max(worstP99, measured.latencyMs.p99);
    } finally {
      await server.stop();
    }
  }
  return { worstP99Ms: worstP99, ...results };
});
