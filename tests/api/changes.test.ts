import { startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, record } from "./support/call.ts";

interface Changes {
  readonly changes: readonly {
    readonly event: {
      readonly sequence: number;
      readonly action: string;
      readonly actor: { readonly id?: string };
    };
  }[];
  readonly next: string;
}

const COUNT = 240;
let server: TestServer;
let key: string;
let other: string;

beforeAll(async () => {
  server = await startServer();
  const scopes = ["events:write", "events:read"];
  [key, other] = await Promise.all([
    server.createKey({ tenant: "acme", scopes }),
    server.createKey({ tenant: "other", scopes }),
  ]);
  const events = Array.from({ length: COUNT }, (_, i) => ({
    action: ["door.opened", "door.closed", "room.entered"][i % 3],
    actor: { id: `u-${i % 7}`, name: `Person ${i % 7}` },
  }));
  await record(server, key, events);
});
afterAll(() => server.remove());

const changes = async (query: string, as = key) =>
  (await call(server, { path: `/v1/changes?${query}`, key: as })).json<Changes>();

test("every event in order of sequence, always with a next", async () => {
  const seen: number[] = [];
  let after = "";
  for (;;) {
    const got = await changes(`limit=70&after=${after}`);
    expect(got.next).toEqual(expect.any(String));
    if (got.changes.length === 0) break;
    seen.push(...got.changes.map(({ event }) => event.sequence));
    after = got.next;
  }
  expect(seen).toEqual(seen.map((_, i) => i));
  expect(seen.length).toBeGreaterThan(COUNT);
  // At the end the cursor stays good.
  await record(server, key, { action: "after.the.end" });
  expect((await changes(`after=${after}`)).changes.map(({ event }) => event.action)).toEqual(["after.the.end"]);
});

test("from now on; a call that waits answers as soon as there is something", async () => {
  const { next, changes: none } = await changes("after=now");
  expect(none).toEqual([]);
  const startedAt = performance.now();
  const waiting = changes(`after=${next}&wait_seconds=30`);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await record(server, key, { action: "just.happened" }, "");
  expect((await waiting).changes.map(({ event }) => event.action)).toEqual(["just.happened"]);
  expect(performance.now() - startedAt).toBeLessThan(20_000);
});

test("a call that waits in vain ends in time, with the same next", async () => {
  const { next } = await changes("after=now");
  const startedAt = performance.now();
  expect(await changes(`after=${next}&wait_seconds=1`)).toEqual({ changes: [], next });
  expect(performance.now() - startedAt).toBeGreaterThan(900);
});

test("with a query only what matches, and the cursor passes the rest", async () => {
  const first = await changes("limit=100&q=action:door.opened");
  expect(first.changes.length).toBeGreaterThan(20);
  expect(new Set(first.changes.map(({ event }) => event.action))).toEqual(new Set(["door.opened"]));
  const second = await changes(`limit=100&q=action:door.opened&after=${first.next}`);
  expect(second.changes[0]!.event.sequence).toBeGreaterThan(first.changes.at(-1)!.event.sequence);
  const byName = await changes(`limit=1000&q=${encodeURIComponent("actor:u-3")}`);
  expect(byName.changes.length).toBeGreaterThan(10);
  expect(new Set(byName.changes.map(({ event }) => event.actor.id))).toEqual(new Set(["u-3"]));
});

test.each(["x", "1", "1.x", "-1.0", "1.0.0", "99999.0", "1.9999999999999999"])("%s is no cursor", async (after) => {
  const answer = await call(server, { path: `/v1/changes?after=${after}`, key });
  expect([answer.status, answer.json<{ error: { code: string } }>().error.code]).toEqual([400, "cursor_invalid"]);
});

test("a cursor beyond the end, or of an epoch to come, gives nothing and breaks nothing", async () => {
  expect((await changes("after=1.99999999")).changes).toEqual([]);
  expect((await changes("after=7.0")).changes).toEqual([]);
});

test("another tenant's cursor shows this tenant's own log", async () => {
  const { next } = await changes("limit=5");
  expect((await changes(`after=${next}`, other)).changes).toEqual([]);
  const own = await changes("", other);
  expect(own.changes.map(({ event }) => event.action)).toEqual(["api_key.created"]);
});
