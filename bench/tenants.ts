import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { diskBytes } from "./lib/disk-usage.ts";
import { liveEvents } from "./lib/generators.ts";
import { closedLoop, paced } from "./lib/load.ts";
import { measure } from "./lib/measure.ts";
import { readMetrics } from "./lib/metrics.ts";
import { readOptions } from "./lib/options.ts";
import { answerQuestion, progress, round } from "./lib/report.ts";
import { projectKey, startServer } from "./lib/server.ts";

// 10,000 tenants, each of which records an event a second for five seconds and is quiet for fifteen, sent by their product
// with one key in requests of 100: how long do acknowledgements take, and how many files and bytes are there? The first
// event of each makes its tenant. A quarter of them is in a burst at any time; `--together 1`: all at once, then none.

const options = readOptions({
  ...{ seconds: 60, "warm-up": 20, tenants: 10_000, batch: 100 },
  ...{ burst: 5, every: 20, together: 0 },
});
const SHARES = options.every / options.burst;
const share = options.tenants / SHARES;

/** Those of a share in turn, as often as a burst has seconds; then the next share. */
const inBursts = (made: number): number =>
  (Math.floor(made / (share * options.burst)) % SHARES) * share + (made % share);

await answerQuestion(`${options.tenants} tenants, bursts of an event a second each`, async () => {
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
    await settled(server.port);
    const before = diskBytes(server.directory);
    const measured = await measure(
      server,
      () =>
        paced({
          ...{ ...load, connections: 64 },
          ...(options.together === 0
            ? { eventsPerSecond: share, generator: liveEvents({ tenants: options.tenants, tenantOf: inBursts }) }
            : {
                eventsPerSecond: options.tenants,
                bursts: { seconds: options.burst, everySeconds: options.every },
              }),
        }),
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

/** Waits until each new tenant's own log says that it was made, which is written after the answer: nothing is committed for a second. */
async function settled(port: number): Promise<void> {
  const committed = async () => (await readMetrics(port)).get("cairn_committed_events")!;
  for (let before = -1, now = await committed(); now !== before; now = await committed()) {
    before = now;
    await sleep(1_000);
  }
}
