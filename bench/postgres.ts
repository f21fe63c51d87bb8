import { setTimeout as sleep } from "node:timers/promises";
import type { EventInput } from "@cairn/event";
import { diskBytes } from "./lib/disk-usage.ts";
import { liveEvents } from "./lib/generators.ts";
import { Latencies } from "./lib/latencies.ts";
import { readOptions } from "./lib/options.ts";
import type { PostgresConnection } from "./lib/postgres-connection.ts";
import { type PostgresServer, startPostgres } from "./lib/postgres-server.ts";
import {
  CREATE_INDEXES,
  CREATE_TABLE,
  CREATE_TEXT_INDEX,
  insertParameters,
  insertStatement,
} from "./lib/postgres-table.ts";
import { cpuTimes, watchMemory } from "./lib/processes.ts";
import { answerQuestion, progress, round } from "./lib/report.ts";

// What most people would use instead: the same events in a PostgreSQL table with the usual indexes, batches of 500 in
// one prepared statement each, every commit synced. No commitments, no proofs, no sealed persons. Once with indexes for
// filters alone, once with one for words as well. The client's CPU (JSON to columns) is told apart from the server's.

const options = readOptions({ seconds: 15, "warm-up": 5, connections: 8, batch: 500 });

await answerQuestion("PostgreSQL table with the usual indexes", async () => ({
  batch: options.batch,
  connections: options.connections,
  withoutWords: await run("without words", CREATE_INDEXES),
  withWords: await run("with words", [...CREATE_INDEXES, CREATE_TEXT_INDEX]),
}));

async function run(name: string, indexes: readonly string[]) {
  progress(name);
  const server = await startPostgres();
  try {
    const admin = await server.open();
    const [[version] = []] = await admin.query("SHOW server_version");
    for (const statement of [CREATE_TABLE, ...indexes]) await admin.query(statement);
    const emptyBytes = diskBytes(server.dataDir);
    const measured = await load(server);
    await admin.query("CHECKPOINT");
    const [[tableBytes] = []] = await admin.query("SELECT pg_total_relation_size('events')");
    const [[count] = []] = await admin.query("SELECT count(*) FROM events");
    admin.close();
    if (Number(count) !== measured.allEvents) throw new Error(`${measured.allEvents} were sent, ${count} are there`);
    return {
      postgres: version,
      ...measured,
      bytesPerEvent: round(Number(tableBytes) / Number(count)),
      bytesPerEventWithLog: round((diskBytes(server.dataDir) - emptyBytes) / Number(count)),
    };
  } finally {
    await server.stop();
  }
}

async function load(server: PostgresServer) {
  const generator = liveEvents();
  const latencies = new Latencies();
  const state = { isStopped: false, events: 0 };
  const memory = watchMemory(server.pid);
  const connections = await Promise.all(Array.from({ length: options.connections }, () => server.open()));
  const statement = insertStatement(options.batch);
  for (const connection of connections) await connection.prepare(statement);
  const send = async (connection: PostgresConnection): Promise<void> => {
    while (!state.isStopped) {
      const { events } = JSON.parse(generator.batch(options.batch).toString("utf8")) as { events: EventInput[] };
      const parameters = insertParameters(events);
      const from = performance.now();
      await connection.run(parameters);
      latencies.add(performance.now() - from);
      state.events += events.length;
    }
    connection.close();
  };
  const sending = Promise.all(connections.map(send));
  sending.catch(() => undefined);
  await sleep(options["warm-up"] * 1_000);
  latencies.clear();
  const [before, cpuBefore, ownBefore, from] = [state.events, cpuSum(server), process.cpuUsage(), performance.now()];
  await Promise.race([sleep(options.seconds * 1_000), sending]);
  const seconds = (performance.now() - from) / 1_000;
  const events = state.events - before;
  const own = process.cpuUsage(ownBefore);
  const cpuUs = (cpuSum(server) - cpuBefore) / 1_000;
  const latencyMs = latencies.percentiles();
  state.isStopped = true;
  await sending;
  const { proportionalSum } = memory.stop();
  progress(`${round(events / seconds)} events/s`);
  return {
    seconds: round(seconds),
    allEvents: state.events,
    eventsPerSecond: round(events / seconds),
    latencyMs,
    cpuUsPerEvent: { postgres: round(cpuUs / events), client: round((own.user + own.system) / events) },
    peakMemoryMiB: proportionalSum,
  };
}

/** CPU time of the server and all its processes, nanoseconds. */
function cpuSum(server: PostgresServer): number {
  let sum = 0;
  for (const ns of cpuTimes(server.pid).values()) sum += ns;
  return sum;
}
