import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "@cairn/testkit";
import { fillTenant } from "./lib/fill.ts";
import { historyEvents } from "./lib/generators.ts";
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
});
const SCOPES = "events:write,events:read";

/** Makes the queries of one filter; each repeat has another value. */
type QueryMaker = (random: Random) => string;

/** The filters of the first question: each of one field, and rare and common words. */
function filters(): Readonly<Record<string, QueryMaker>> {
  const { subjects, targets, actions, words } = historyEvents(1);
  const people = subjects.filter(({ name }) => !name.includes('"'));
  const patients = targets.filter(({ type }) => type === "patient");
  const documents = targets.filter(({ type }) => type === "document");
  const byWeight = [...actions].sort((a, b) => b.weight - a.weight);
  return {
    everything: () => "",
    action: (random) => `action:${random.pick(actions).action}`,
    "action, most frequent": () => `action:${byWeight[0]!.action}`,
    "action, least frequent": () => `action:${byWeight.at(-1)!.action}`,
    "action, wildcard": () => "action:patient.record.*",
    category: (random) => `category:${random.pick(actions).category}`,
    verb: (random) => `verb:${random.pick(["read", "update", "delete", "login", "export"])}`,
    outcome: (random) => `outcome:${random.pick(["failure", "denied", "success"])}`,
    "actor by e-mail": (random) => `actor:${random.pick(people).email}`,
    "actor by id": (random) => `actor.id:${random.pick(people).id}`,
    "actor by name": (random) => `actor.name:"${random.pick(people).name}"`,
    "actor, busiest": () => `actor:${people[0]!.email}`,
    role: (random) => `role:${random.pick(people).role}`,
    "target by id": (random) => `target.id:${random.pick(documents).id}`,
    "target type": (random) => `target.type:${random.pick(["patient", "setting", "document"])}`,
    patient: (random) => `target.id:${random.pick(patients).id}`,
    ip: (random) => `ip:${random.pick(people).ips[0]}`,
    "ip range": () => "ip:203.0.113.0/26",
    "user agent": () => "user_agent:Safari",
    "details, word": (random) => `details.section:${random.pick(["labs", "imaging", "consent"])}`,
    "details, number": (random) => `details.bytes:>${3_900_000 + random.below(90_000)}`,
    "changed field": () => "changes.field:limit",
    "common word": () => "record",
    "word of middling frequency": (random) => words.common[500 + random.below(500)]!,
    "rare word": (random) => random.pick(words.rare),
    "word that is nowhere": (random) => `qqz${random.below(1e6)}`,
  };
}

const FACETS = "action,category,outcome,actor.role,target.type";

await answerQuestion("search", async () => {
  const server = await startServer(options.directory === "" ? {} : { directory: options.directory });
  const memory = watchMemory(server.pid);
  try {
    const main = await tenant(server, "search-main", options.events);
    const facet = await tenant(server, "search-facets", options["facet-events"]);
    progress("settling");
    await sleep(options["settle-seconds"] * 1_000);
    const byFilter: Record<string, Percentiles> = {};
    for (const [name, make] of Object.entries(filters())) {
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
