import { logIdAt } from "@cairn/sources";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { call } from "../api/support/call.ts";
import { type FakeAuth0, startAuth0 } from "./support/fake-auth0.ts";
import { pretendLastLook } from "./support/pretend-last-look.ts";
import { type SourceServer, startSourceServer } from "./support/server.ts";
import { logged, makeSource, type ShownSource, showSource, until } from "./support/sources.ts";

let server: SourceServer;
let auth0: FakeAuth0;
let key: string;
let tenants = 0;

beforeAll(async () => {
  server = await startSourceServer();
});
afterAll(() => server.remove());
beforeEach(async () => {
  auth0 = await startAuth0();
  key = await server.createKey(`t${++tenants}`);
  return async () => {
    await auth0.stop();
    expect(auth0.violations).toEqual([]);
  };
});

function make(more: object = {}, secret = auth0.credentials.clientSecret): Promise<ShownSource> {
  const settings = {
    url: auth0.url,
    client_id: auth0.credentials.clientId,
    retention_days: 5,
    interval_seconds: 5,
    ...more,
  };
  const secrets = { client_secret: secret };
  return makeSource(server, key, { kind: "auth0_poller", name: "Auth0", settings, secrets });
}

const collect = (id: string) => call(server, { method: "POST", path: `/v1/sources/${id}/collect`, key });
const received = (id: string, created: number) =>
  until(
    () => showSource(server, key, id),
    ({ counts }) => counts.created === created,
  );
const ids = async () => (await logged(server, key)).map(({ id }) => id);
const reads = () => auth0.seen.filter(({ path }) => path === "/api/v2/logs");

describe("polling Auth0", () => {
  test("begins with the oldest log there is, page after page, and goes on with what is new", async () => {
    const first = auth0.happen(250, { atMs: Date.now() - 4 * 86_400_000 });
    const { id } = await make();
    await received(id, 250);
    expect(await ids()).toEqual(first);
    const later = auth0.happen(3);
    await collect(id);
    const shown = await received(id, 253);
    expect(await ids()).toEqual([...first, ...later]);
    expect(shown).toMatchObject({ gap_count: 0, problem: null });
    expect(shown.last_polled_at).not.toBeNull();
    // One token for all of it.
    expect(auth0.seen.filter(({ path }) => path === "/oauth/token")).toHaveLength(1);
  });

  test("begins where it is told to", async () => {
    auth0.happen(5, { atMs: Date.now() - 3 * 86_400_000 });
    const wanted = auth0.happen(2);
    const { id } = await make({ start_at: new Date(Date.now() - 86_400_000).toISOString() });
    await received(id, 2);
    expect(await ids()).toEqual(wanted);
  });

  test("leaves Auth0 alone until the reset of its allowance, and longer when Retry-After says so", async () => {
    auth0.happen(150);
    const resetMs = 2_500;
    auth0.limit(1, resetMs);
    const { id } = await make();
    await received(id, 150);
    const [one, two] = reads();
    // The reset is told in whole seconds.
    expect((two?.atMs ?? 0) - (one?.atMs ?? 0)).toBeGreaterThan(resetMs - 1_000);
    auth0.failNext({ status: 429, headers: { "retry-after": "2" } });
    auth0.happen(1);
    const before = reads().length;
    await collect(id);
    await until(reads, (seen) => seen.length > before);
    // Whoever is impatient does not get through either.
    await collect(id);
    await until(
      () => showSource(server, key, id),
      ({ problem }) => problem?.message.includes("429") === true,
    );
    await received(id, 151);
    const [refused, good] = reads().slice(before);
    expect((good?.atMs ?? 0) - (refused?.atMs ?? 0)).toBeGreaterThanOrEqual(2_000);
    expect((await showSource(server, key, id)).problem).toBeNull();
  });

  test("gets another token when its own ends early", async () => {
    auth0.happen(1);
    const { id } = await make();
    await received(id, 1);
    auth0.revokeTokens();
    auth0.happen(1);
    await collect(id);
    await received(id, 2);
    expect((await showSource(server, key, id)).problem).toBeNull();
  });

  test("says what is wrong, and what trying it says, without the secret", async () => {
    const { id } = await make({}, "not-the-secret");
    const { problem } = await until(
      () => showSource(server, key, id),
      (shown) => shown.problem !== null,
    );
    expect(problem?.message).toBe("the token endpoint answered 401: look at the credentials and what they may do");
    const tried = await call(server, { path: `/v1/sources/${id}/test`, key, body: {} });
    expect(tried.json()).toMatchObject({ ok: false, message: problem?.message });
    const body = { secrets: { client_secret: auth0.credentials.clientSecret } };
    await call(server, { method: "PATCH", path: `/v1/sources/${id}`, key, body });
    auth0.happen(2);
    const again = await call(server, { path: `/v1/sources/${id}/test`, key, body: {} });
    expect(again.json()).toMatchObject({ ok: true, count: 2 });
    await received(id, 2);
  });

  test("an answer that is none is a problem, and nothing is skipped", async () => {
    const happened = auth0.happen(2);
    auth0.failNext({ status: 200, body: { not: "a list" } }, { status: 500, headers: { "retry-after": "0" } });
    const { id } = await make();
    await until(
      () => showSource(server, key, id),
      ({ problem }) => problem !== null,
    );
    await until(
      () => collect(id).then(() => showSource(server, key, id)),
      ({ counts }) => counts.created === 2,
    );
    expect(await ids()).toEqual(happened);
  });

  test("switched off it asks no more; removed, neither", async () => {
    auth0.happen(1);
    const { id } = await make();
    await received(id, 1);
    await call(server, { method: "PATCH", path: `/v1/sources/${id}`, key, body: { enabled: false } });
    const before = reads().length;
    expect((await collect(id)).status).toBe(503);
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    expect(reads().length).toBe(before);
  });

  test("a restart goes on where it was", async () => {
    const first = auth0.happen(120);
    const { id } = await make();
    await received(id, 120);
    let later: string[] = [];
    await server.restart("SIGTERM", () => {
      later = auth0.happen(120);
    });
    await received(id, 240);
    expect(await ids()).toEqual([...first, ...later]);
    // Nothing was asked for twice: the first look after the start began behind the last log.
    expect((await showSource(server, key, id)).counts).toMatchObject({ duplicate: 0 });
  });

  test("back after longer than Auth0 keeps logs, it records what may be missing, once", async () => {
    const { id } = await make();
    await received(id, 0).then(() => until(reads, (seen) => seen.length > 0));
    const awaySinceMs = Date.now() - 9 * DAY_MS;
    let kept: string[] = [];
    await server.restart("SIGKILL", () => {
      pretendLastLook(server.home, id, { lastPolledAtMs: awaySinceMs, checkpoint: { from: logIdAt(awaySinceMs) } });
      kept = auth0.happen(2, { atMs: Date.now() - 4 * DAY_MS });
    });
    const shown = await received(id, 3);
    expect(shown).toMatchObject({ gap_count: 1, gaps: [{ reason: "Auth0 keeps logs for 5 days" }] });
    expect(shown.gaps[0]?.from).toBe(new Date(awaySinceMs).toISOString());
    const [gap, ...logs] = await logged(server, key);
    expect(gap).toMatchObject({ action: "source.gap", source: "auth0", outcome: { result: "failure" } });
    expect(logs.map((log) => log.id)).toEqual(kept);
  });

  test("away for less than that, however quiet it was before, nothing is missing", async () => {
    const { id } = await make();
    await until(reads, (seen) => seen.length > 0);
    await server.restart("SIGKILL", () => {
      pretendLastLook(server.home, id, {
        ...{ lastPolledAtMs: Date.now() - 2 * DAY_MS, checkpoint: { from: logIdAt(Date.now() - 300 * DAY_MS) } },
      });
      auth0.happen(1);
    });
    expect(await received(id, 1)).toMatchObject({ gap_count: 0, gaps: [] });
  });
});

const DAY_MS = 86_400_000;
