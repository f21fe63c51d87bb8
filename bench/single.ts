import { liveEvents } from "./lib/generators.ts";
import { closedLoop } from "./lib/load.ts";
import { measure } from "./lib/measure.ts";
import { readOptions } from "./lib/options.ts";
import { answerQuestion } from "./lib/report.ts";
import { startServer } from "./lib/server.ts";

// How many requests per second with one event each are acknowledged as durable, over 64 connections?

const options = readOptions({ seconds: 15, "warm-up": 5, connections: 64 });

await answerQuestion("single-event requests", async () => {
  const server = await startServer();
  try {
    const load = { port: server.port, key: server.key, batch: 1, connections: options.connections };
    const generator = liveEvents();
    const measured = await measure(server, () => closedLoop({ ...load, generator }), {
      seconds: options.seconds,
      warmUpSeconds: options["warm-up"],
    });
    return { connections: options.connections, ...measured };
  } finally {
    await server.stop();
  }
});
