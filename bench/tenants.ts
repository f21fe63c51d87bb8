import { readdirSync } from "node:fs";
import { diskBytes } from "./lib/disk-usage.ts";
import { liveEvents } from "./lib/generators.ts";
import { closedLoop, paced } from "./lib/load.ts";
import { measure } from "./lib/measure.ts";
import { readOptions } from "./lib/options.ts";
import { answerQuestion, progress, round } from "./lib/report.ts";
import { projectKey, startServer } from "./lib/server.ts";

// 10,000 tenants that record an event a second each, sent by their product with one key in requests of 100: how long do
// acknowledgements take, and how many files and bytes are there? The first event of each makes its tenant.

const options = readOptions({ seconds: 15, "warm-up": 5, tenants: 10_000, batch: 100 });

await answerQuestion(`${options.tenants} tenants, an event a second each`, async () => {
  const server = await startServer();
  try {
    const key = await projectKey(server);
    const generator = liveEvents({ tenants: options.tenants });
    const load = { port: server.port, key, generator, batch: options.batch };
    progress("making the tenants");
    const from = performance.now();
    const making = closedLoop({ ...load, connections: 4, maxEvents: options.tenants });
    await making.finished;
    const madeSeconds = (performance.now() - from) / 1_000;
    progress(`${options.tenants} tenants in ${round(madeSeconds)} s`);
    const before = diskBytes(server.directory);
    const measured = await measure(
      server,
      () => paced({ ...load, connections: 64, eventsPerSecond: options.tenants }),
      { seconds: options.seconds, warmUpSeconds: options["warm-up"] },
    );
    const after = diskBytes(server.directory);
    return {
      tenants: options.tenants,
      tenantsMadePerSecond: round(options.tenants / madeSeconds),
      bytesPerTenant: round(before / options.tenants),
      bytesPerEvent: round((after - before) / measured.acknowledged),
      files: readdirSync(server.directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
        .length,
      ...measured,
    };
  } finally {
    await server.stop();
  }
});
