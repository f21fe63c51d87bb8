import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { call } from "../api/support/call.ts";
import { type FakeOkta, startOkta } from "./support/fake-okta.ts";
import { pretendLastLook } from "./support/pretend-last-look.ts";
import { type SourceServer, startSourceServer } from "./support/server.ts";
import { logged, makeSource, type ShownSource, showSource, until } from "./support/sources.ts";

let server: SourceServer;
let okta: FakeOkta;
let key: string;
let tenants = 0;

beforeAll(async () => {
  server = await startSourceServer();
});
afterAll(() => server.remove());
beforeEach(async () => {
  okta = await startOkta();
  key = await server.createKey(`t${++tenants}`);
});
afterEach(async () => {
  await okta.stop();
  expect(okta.violations).toEqual([]);
});

function make(apiToken = okta.token): Promise<ShownSource> {
  const settings = { url: okta.url, interval_seconds: 5 };
  return makeSource(server, key, { kind: "okta_poller", name: "Okta", settings, secrets: { api_token: apiToken } });
}

const collect = (id: string) => call(server, { method: "POST", path: `/v1/sources/${id}/collect`, key });
const received = (id: string, created: number) =>
  until(
    () => showSource(server, key, id),
    ({ counts }) => counts.created === created,
  );
const ids = async () => (await logged(server, key)).map(({ id }) => id);

test("follows the links page after page, and goes on with what is new", async () => {
  const first = okta.happen(1_100);
  const { id } = await make();
  await received(id, 1_100);
  const later = okta.happen(2);
  await collect(id);
  await received(id, 1_102);
  expect(await ids()).toEqual([...first, ...later]);
  expect((await showSource(server, key, id)).counts).toMatchObject({ duplicate: 0, rejected: 0 });
});

test("goes on by time when its cursor has ended, and records nothing twice", async () => {
  const first = okta.happen(10);
  const { id } = await make();
  await received(id, 10);
  okta.endCursors();
  const later = okta.happen(3);
  await collect(id);
  const { counts } = await received(id, 13);
  expect(counts).toMatchObject({ duplicate: 10 });
  expect(await ids()).toEqual([...first, ...later]);
});

test("waits as long as Okta asks", async () => {
  const reset = Math.ceil(Date.now() / 1_000) + 3;
  okta.failNext({ status: 429, headers: { "x-rate-limit-remaining": "0", "x-rate-limit-reset": String(reset) } });
  okta.happen(1);
  const { id } = await make();
  await received(id, 1);
  expect(okta.seen.slice(1).every(({ atMs }) => atMs >= reset * 1_000)).toBe(true);
});

test("a wrong token is said", async () => {
  const { id } = await make("wrong");
  const { problem } = await until(
    () => showSource(server, key, id),
    (shown) => shown.problem !== null,
  );
  expect(problem?.message).toContain("answered 401");
});

test("back after longer than Okta keeps events, it records what may be missing, once", async () => {
  const { id } = await make();
  await until(
    () => showSource(server, key, id),
    ({ last_polled_at: at }) => at !== null,
  );
  const awaySinceMs = Date.now() - 100 * 86_400_000;
  const since = new Date(awaySinceMs).toISOString();
  let kept: string[] = [];
  await server.restart("SIGKILL", () => {
    pretendLastLook(server.home, id, { lastPolledAtMs: awaySinceMs, checkpoint: { since } });
    kept = okta.happen(2);
  });
  const shown = await received(id, 3);
  expect(shown).toMatchObject({ gap_count: 1, gaps: [{ from: since, reason: "Okta keeps events for 90 days" }] });
  expect(await ids()).toEqual([expect.anything(), ...kept]);
});
