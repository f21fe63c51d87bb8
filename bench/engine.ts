import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseQuery } from "@cairn/event";
import {
  createIndex,
  engineClientOptions,
  facets,
  heldLedgers,
  histogram,
  type IndexDatabase,
  openIndexDatabase,
  searchKeys,
  startEmbeddedEngine,
  TABLES,
  upsertSubjects,
} from "@cairn/search";
import { Random } from "@cairn/testkit";
import { createClient } from "@clickhouse/client";
import { FACETS, filters } from "./lib/filters.ts";
import { historyEvents } from "./lib/generators.ts";
import { historyRows } from "./lib/history-rows.ts";
import { Latencies } from "./lib/latencies.ts";
import { readOptions } from "./lib/options.ts";
import { processCpuMs } from "./lib/processes.ts";
import { answerQuestion, progress, round } from "./lib/report.ts";

// What do searching and inserting cost the engine alone, without server and ledger? CPU time of its process beside the
// time that passes: it moves less when the machine is shared. `--directory` keeps the index, and uses it again; three
// million rows are there in two minutes.

const options = readOptions({ events: 3_000_000, "insert-rows": 65_536, repeats: 20, directory: "", only: "" });
const TENANT = 1;
const WARM_UPS = 2;

await answerQuestion("cost of searching in the engine", async () => {
  const directory = options.directory === "" ? mkdtempSync(join(tmpdir(), "cairn-engine-")) : options.directory;
  mkdirSync(directory, { recursive: true });
  const engine = await startEmbeddedEngine({ path: directory, niceness: 0 });
  const client = createClient({ ...engineClientOptions(engine.connection), request_timeout: 600_000 });
  const index = openIndexDatabase(client, { database: "cairn" });
  const cpuMs = (): number => processCpuMs(engine.pid ?? 0);
  try {
    await createIndex(index);
    const inserting = await fill(index, cpuMs);
    const search = searches(index);
    const results: Record<string, unknown> = {};
    for (const [name, ask] of Object.entries(search)) {
      if (!name.includes(options.only)) continue;
      results[name] = await time(ask, cpuMs);
      progress(`${name}: ${JSON.stringify(results[name])}`);
    }
    return { events: options.events, inserting, searching: results };
  } finally {
    await client.close();
    await engine.stop();
    if (options.directory === "" && existsSync(directory)) rmSync(directory, { recursive: true });
  }
});

/** Inserts what an earlier run did not, and tells what that cost with the merges until then. */
async function fill(index: IndexDatabase, cpuMs: () => number) {
  const [held] = await heldLedgers(index);
  const firstSequence = held?.end ?? 0;
  const events = options.events - firstSequence;
  if (events <= 0) return "by an earlier run";
  const from = cpuMs();
  const generator = historyEvents(events);
  for (const { block, facts, rowCount } of historyRows({
    generator,
    tenantNo: TENANT,
    firstSequence,
    events,
    blockRows: options["insert-rows"],
  })) {
    await upsertSubjects(index, facts);
    await index.insert({ table: TABLES.events, block });
    progress(`${rowCount} rows`);
  }
  return { cpuUsPerEvent: round(((cpuMs() - from) * 1_000) / events) };
}

type Search = (random: Random) => Promise<unknown>;

function searches(index: IndexDatabase): Readonly<Record<string, Search>> {
  const nowMs = Date.now();
  const scope = (text: string) => ({
    tenantNo: TENANT,
    query: parseQuery(text, { nowMs }),
    asOf: { ledger: 1, sequence: options.events },
  });
  const category = (random: Random): string => `category:${random.pick(["documents", "access"])}`;
  const fields = FACETS.split(",");
  const byFilter = Object.entries(filters()).map(([name, make]): [string, Search] => [
    name,
    (random) => searchKeys(index, { ...scope(make(random)), nowMs, limit: 50 }),
  ]);
  return {
    ...Object.fromEntries(byFilter),
    histogram: () => histogram(index, { ...scope(""), unit: "day" }),
    "histogram of a filter": (random) => histogram(index, { ...scope(category(random)), unit: "day" }),
    facets: () => facets(index, { ...scope(""), fields, limit: 10 }),
    "facets of a filter": (random) => facets(index, { ...scope(category(random)), fields, limit: 10 }),
  };
}

async function time(ask: Search, cpuMs: () => number) {
  const random = new Random(11);
  const latencies = new Latencies();
  for (let i = 0; i < WARM_UPS; i++) await ask(random);
  const before = cpuMs();
  for (let i = 0; i < options.repeats; i++) {
    const from = performance.now();
    await ask(random);
    latencies.add(performance.now() - from);
  }
  const { p50, p95 } = latencies.percentiles();
  return { cpuMs: round((cpuMs() - before) / options.repeats), p50Ms: p50, p95Ms: p95 };
}
