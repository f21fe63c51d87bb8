import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Random } from "@cairn/testkit";
import { fillTenant } from "./lib/fill.ts";
import { filters } from "./lib/filters.ts";
import { Latencies, type Percentiles } from "./lib/latencies.ts";
import { readOptions } from "./lib/options.ts";
import { type SignedIn, signIn } from "./lib/portal-page.ts";
import { answerQuestion, progress } from "./lib/report.ts";
import { type BenchServer, runCairn, startServer } from "./lib/server.ts";

// How long does somebody wait in front of the page, in a real browser, with a million events: for the first list, and for
// the events of a filter? `--directory` keeps the loaded data, and uses it again.

const options = readOptions({ events: 1_000_000, repeats: 10, directory: "", "settle-seconds": 20 });
const BUILD = fileURLToPath(new URL("../scripts/build.ts", import.meta.url));
const TENANT = "portal";
/** Ten of the filters of bench/search.ts: one field of each kind, and words. */
const TEN = [
  "action",
  "category",
  "outcome",
  "actor by e-mail",
  "actor, busiest",
  "target by id",
  "ip",
  "details, word",
  "common word",
  "rare word",
];

await answerQuestion("the page in a browser", async () => {
  await promisify(execFile)(process.execPath, [BUILD]);
  const server = await startServer(options.directory === "" ? {} : { directory: options.directory });
  let reader: SignedIn | undefined;
  try {
    const loaded = await fill(server);
    progress("settling");
    await sleep(options["settle-seconds"] * 1_000);
    reader = await signIn(await linkOf(server));
    const firstListMs = await timeFirstLists(reader);
    const byFilterMs = await timeFilters(reader);
    const worst = Object.entries(byFilterMs).reduce((a, b) => (b[1].p95 > a[1].p95 ? b : a));
    return {
      events: options.events,
      loaded,
      firstListMs,
      worstFilter: { name: worst[0], p50Ms: worst[1].p50, p95Ms: worst[1].p95 },
      byFilterMs,
    };
  } finally {
    await reader?.close();
    await server.stop();
  }
});

/** Fills the tenant over the API, unless an earlier run did. */
async function fill(server: BenchServer): Promise<unknown> {
  const args = ["--data-dir", server.dataDir, "--tenant", TENANT, "--scopes", "events:write,events:read"];
  const key = (await runCairn("keys", "create", ...args)).trim();
  const response = await fetch(`http://127.0.0.1:${server.port}/v1/tenant`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const { size } = ((await response.json()) as { readonly log: { readonly size: number } }).log;
  if (size >= options.events) return "by an earlier run";
  progress(`loading ${options.events - size} events`);
  return fillTenant(server, { key, events: options.events - size });
}

/** A link that signs in once. */
async function linkOf(server: BenchServer): Promise<string> {
  const text = await runCairn("link", "--data-dir", server.dataDir, "--tenant", TENANT);
  const [path = ""] = /\/first-use\?token=\S+/.exec(text) ?? [];
  return `http://127.0.0.1:${server.port}${path}`;
}

/** Opens the page again and again, with an empty cache; the first time, which warms up the server, does not count. */
async function timeFirstLists(reader: SignedIn): Promise<Percentiles> {
  const latencies = new Latencies();
  for (let i = -1; i < options.repeats; i++) {
    const page = await reader.open();
    if (i >= 0) latencies.add(page.firstListMs);
    await page.close();
  }
  const percentiles = latencies.percentiles();
  progress(`first list: p50 ${percentiles.p50}, p95 ${percentiles.p95} ms`);
  return percentiles;
}

/** Asks each filter again and again, on one page; the first of each does not count. */
async function timeFilters(reader: SignedIn): Promise<Readonly<Record<string, Percentiles>>> {
  const makers = filters();
  const random = new Random(11);
  const page = await reader.open();
  const byFilter: Record<string, Percentiles> = {};
  try {
    for (const name of TEN) {
      const make = makers[name];
      if (make === undefined) throw new Error(`BUG: there is no filter ${name}`);
      const latencies = new Latencies();
      for (let i = -1; i < options.repeats; i++) {
        const tookMs = await page.ask(make(random));
        if (i >= 0) latencies.add(tookMs);
      }
      byFilter[name] = latencies.percentiles();
      progress(`${name}: p50 ${byFilter[name].p50}, p95 ${byFilter[name].p95} ms`);
    }
  } finally {
    await page.close();
  }
  return byFilter;
}
