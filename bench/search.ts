import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "@cairn/testkit";
import { fillTenant } from "./lib/fill.ts";
import { FACETS, filters } from "./lib/filters.ts";
import { HttpConnection, requestHead } from "./lib/http-connection.ts";
import { Latencies, type Percentiles } from "./lib/latencies.ts";
import { readOptions } from "./lib/options.ts";
import { cpuTimes, watchMemory } from "./lib/processes.ts";
import { answerQuestion, progress } from "./lib/report.ts";
import { type BenchServer, runCairn, startServer } from "./lib/server.ts";

// How long do the newest 50 take by any one filter, or by a rare word, in a tenant of 10 million events? And histogram
// and facets in one of 3 million? `--directory` keeps the loaded data, and uses it again.

const options = readOptions({
  events: 10_000_000,
  "facet-events": 3_000_000,
  repeats: 40,
  directory: "",
  "settle-seconds": 20,
  /** Part of the name of the filters that are measured; all when empty. */
  only: "",
});
const SCOPES = "events:write,events:read";

await answerQuestion("search", async () => {
  const server = await startServer(options.directory === "" ? {} : { directory: options.directory });
  const memory = watchMemory(server.pid);
  try {
    const main = await tenant(server, "search-main", options.events);
    const facet = await tenant(server, "search-facets", options["facet-events"]);
    progress("settling");
    await sleep(options["settle-seconds"] * 1_000);
    const byFilter: Record<string, Percentiles> = {};
    for (const [name, make] of Object.entries(filters()).filter(([each]) => each.includes(options.only))) {
      const path = "/v1/events/search";
      byFilter[name] = await time(server, main.key, path, (random) => ({ q: make(random), limit: 50 }));
      progress(`${name}: p50 ${byFilter[name].p50}, p95 ${byFilter[name].p95} ms`);
    }
    const views = {
      histogram: await time(server, facet.key, "/v1/histogram", () => ({ q: "", interval: "day" })),
      histogramOfAFilter: await time(server, facet.key, "/v1/histogram", (random) => ({
        q: `category:${random.pick(["documents", "access"])}`,
        interval: "day",
      })),
      facets: await time(server, facet.key, "/v1/facets", () => ({ q: "", fields: FACETS })),
      facetsOfAFilter: await time(server, facet.key, "/v1/facets", (random) => ({
        q: `category:${random.pick(["documents", "access"])}`,
        fields: FACETS,
      })),
    };
    const worst = Object.entries(byFilter).reduce((a, b) => (b[1].p95 > a[1].p95 ? b : a));
    return {
      events: options.events,
      loaded: main.filled,
      worstFilter: { name: worst[0], p95Ms: worst[1].p95 },
      byFilterMs: byFilter,
      facetEvents: options["facet-events"],
      worstViewP95Ms: Math.max(...Object.values(views).map(({ p95 }) => p95)),
      viewsMs: views,
      peakMemoryMiB: memory.stop(),
      cpuSeconds: Object.fromEntries([...cpuTimes(server.pid)].map(([name, ns]) => [name, Math.round(ns / 1e9)])),
    };
  } finally {
    memory.stop();
    await server.stop();
  }
});

/** Makes a tenant with a key, and fills it unless an earlier run did. */
async function tenant(server: BenchServer, name: string, events: number) {
  const args = ["--data-dir", server.dataDir, "--tenant", name, "--scopes", SCOPES];
  const key = (await runCairn("keys", "create", ...args)).trim();
  const there = await countEvents(server, key);
  if (there >= events) return { key, filled: "by an earlier run" };
  progress(`loading ${events - there} events into ${name}`);
  return { key, filled: await fillTenant(server, { key, events: events - there }) };
}

async function countEvents(server: BenchServer, key: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${server.port}/v1/tenant`, {
    headers: { authorization: `Bearer ${key}` },
  });
  return ((await response.json()) as { log: { size: number } }).log.size;
}

/** Asks one question again and again over one connection; the first answers, which fill caches, do not count. */
async function time(
  server: BenchServer,
  key: string,
  path: string,
  make: (random: Random) => unknown,
): Promise<Percentiles> {
  const connection = new HttpConnection(server.port, { keepBody: "unless_ok" });
  const random = new Random(11);
  const latencies = new Latencies();
  const warmUps = 3;
  try {
    for (let i = -warmUps; i < options.repeats; i++) {
      const body = Buffer.from(JSON.stringify(make(random)));
      const from = performance.now();
      const answer = await connection.send(requestHead(path, { key, bodyBytes: body.length }), body);
      if (answer.status !== 200) throw new Error(`${path} ${body.toString()}: ${answer.status} ${answer.body}`);
      if (i >= 0) latencies.add(performance.now() - from);
    }
    return latencies.percentiles();
  } finally {
    connection.close();
  }
}
