import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { demoTenants } from "../../apps/server/src/features/demo/demo-data.ts";
import { call } from "./support/call.ts";
import { cairn } from "./support/people.ts";

const SEED = 7;
const END = "2026-06-30T12:00:00Z";
const ORDER = { seed: SEED, endMs: Date.parse(END) };
/** The promise is a minute, on a machine that does nothing else. */
const ADD_TIMEOUT_MS = 180_000;

let server: TestServer;
let added: { readonly events: number; readonly tenants: readonly { readonly id: string; readonly url: string }[] };
let keys: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await startServer();
  added = JSON.parse(
    await cairn(server, "demo", "add", "--seed", String(SEED), "--end", END, "--json"),
  ) as typeof added;
  const key = (tenant: string) => server.createKey({ project: "demo", tenant, scopes: ["events:read"] });
  keys = { clinic: await key("clinic"), saas: await key("saas") };
  await untilSearchable();
}, ADD_TIMEOUT_MS);
afterAll(() => server.remove());

const search = (tenant: string, body: object) => call(server, { path: "/v1/events/search", key: keys[tenant], body });
/** Search follows what was recorded within seconds. */
async function untilSearchable(): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    if (/^cairn_index_lag_events 0$/m.test(metrics)) return;
    await delay(200);
  }
  throw new Error("search has not followed");
}

const stories = [...demoTenants(ORDER)].flatMap(({ id, stories: told }) =>
  told.map((story) => ({ tenant: id, ...story })),
);

test("the same seed and end make the same events, others make others", () => {
  const bodies = (order: typeof ORDER) => JSON.stringify([...demoTenants(order)].map(({ events }) => events));
  expect(bodies(ORDER)).toBe(bodies(ORDER));
  expect(bodies({ ...ORDER, seed: SEED + 1 })).not.toBe(bodies(ORDER));
});

test("fifty thousand events within the year before, all labelled", async () => {
  expect(added.events).toBe(50_000);
  for (const { events } of demoTenants(ORDER)) {
    const times = (events as { occurred_at: string }[]).map(({ occurred_at: time }) => Date.parse(time));
    expect(Math.max(...times)).toBeLessThanOrEqual(ORDER.endMs);
    expect(Math.min(...times)).toBeGreaterThan(ORDER.endMs - 366 * 86_400_000);
  }
  for (const tenant of ["clinic", "saas"]) {
    const bars = await call(server, {
      path: "/v1/histogram",
      key: keys[tenant],
      body: { q: "labels.demo:true", interval: "month" },
    });
    const { buckets } = bars.json<{ buckets: { count: number }[] }>();
    expect(buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(25_000);
    expect(buckets.length).toBeGreaterThanOrEqual(12);
  }
});

test.each(stories.map(({ id, ...story }) => [id, story] as const))(
  "%s: its query finds it and nothing else",
  async (_id, story) => {
    const { events } = (await search(story.tenant, { q: story.query, limit: 1_000 })).json<{
      events: { description: string; occurred_at: string }[];
    }>();
    const told = story.events.map(({ atMs, description }) => `${new Date(atMs).toISOString()} ${description}`);
    expect(events.map((event) => `${event.occurred_at} ${event.description}`).toSorted()).toEqual(told.toSorted());
  },
);

test("docs/demo.md has the query of each story", () => {
  const page = readFileSync(new URL("../../docs/demo.md", import.meta.url), "utf8");
  const queries = [...page.matchAll(/^```\n(.*)\n```$/gm)].map(([, query]) => query);
  expect(queries).toEqual(stories.map(({ query }) => query));
});

test(
  "added once, not twice; removed by one command; added again under other names",
  async () => {
    await expect(cairn(server, "demo", "add")).rejects.toThrow(/there already/);
    expect(await cairn(server, "demo", "remove")).toMatch(/clinic and saas/);
    expect((await search("clinic", {})).status).toBe(401);
    expect(await cairn(server, "demo", "remove")).toMatch(/no demo data/);
    const again = JSON.parse(await cairn(server, "demo", "add", "--json")) as typeof added;
    expect(again.tenants.map(({ id }) => id)).toEqual(["clinic-2", "saas-2"]);
  },
  ADD_TIMEOUT_MS,
);

test(
  "a project of that name which is somebody's own is left alone",
  async () => {
    const another = await startServer();
    try {
      await another.createKey({ project: "demo", tenant: "real", scopes: ["events:read"] });
      await expect(cairn(another, "demo", "add")).rejects.toThrow(/not for trying out/);
      expect(await cairn(another, "demo", "remove")).toMatch(/no demo data/);
    } finally {
      await another.remove();
    }
  },
  ADD_TIMEOUT_MS,
);
