import { liveEvents } from "./lib/generators.ts";
import { closedLoop, paced } from "./lib/load.ts";
import { measure } from "./lib/measure.ts";
import { readOptions } from "./lib/options.ts";
import { answerQuestion, progress } from "./lib/report.ts";
import { startServer } from "./lib/server.ts";

// How many events per second are acknowledged as durable over HTTP, in batches of 500, with commitments and index?
// `--rate` events/s at fixed times; `--rate 0` sends as fast as `--connections` connections are answered.

const options = readOptions({
  seconds: 20,
  "warm-up": 5,
  connections: 8,
  batch: 500,
  rate: 0,
  names: "some_beyond_ascii",
  "ingest-threads": 0,
  /** Options of Node for the server, to try levers: `--node-args "--max-semi-space-size=64"`. */
  "node-args": "",
});

await answerQuestion("sustained ingest over HTTP", async () => {
  const args = options["ingest-threads"] === 0 ? [] : ["--ingest-threads", String(options["ingest-threads"])];
  progress("starting the server");
  const server = await startServer({ args, nodeArgs: options["node-args"].split(" ").filter(Boolean) });
  try {
    const load = {
      port: server.port,
      key: server.key,
      batch: options.batch,
      connections: options.connections,
      generator: liveEvents({ names: options.names }),
    };
    const start = () =>
      options.rate === 0 ? closedLoop(load) : paced({ ...load, eventsPerSecond: options.rate, connections: 64 });
    progress(options.rate === 0 ? "closed loop" : `paced at ${options.rate} events/s`);
    return {
      mode: options.rate === 0 ? "closed loop" : "paced",
      batch: options.batch,
      connections: options.connections,
      names: options.names,
      ...(await measure(server, start, {
        seconds: options.seconds,
        warmUpSeconds: options["warm-up"],
      })),
    };
  } finally {
    await server.stop();
  }
});
