import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { call } from "../api/support/call.ts";
import { type FakeOffice, startOffice } from "./support/fake-office.ts";
import { pretendLastLook } from "./support/pretend-last-look.ts";
import { type SourceServer, startSourceServer } from "./support/server.ts";
import { logged, makeSource, type ShownSource, showSource, until } from "./support/sources.ts";

let server: SourceServer;
let office: FakeOffice;
let key: string;
let tenants = 0;

const HOUR_MS = 3_600_000;

beforeAll(async () => {
  server = await startSourceServer();
});
afterAll(() => server.remove());
beforeEach(async () => {
  office = await startOffice();
  key = await server.createKey(`t${++tenants}`);
});
afterEach(async () => {
  await office.stop();
  expect(office.violations).toEqual([]);
});

function make(): Promise<ShownSource> {
  const { url, directoryId, clientSecret } = office;
  const settings = {
    ...{ tenant_id: directoryId, client_id: "app-1", login_url: url, api_url: url },
    content_types: ["Audit.AzureActiveDirectory", "Audit.Exchange"],
  };
  const secrets = { client_secret: clientSecret };
  return makeSource(server, key, { kind: "microsoft365_poller", name: "Microsoft 365", settings, secrets });
}

const received = (id: string, created: number) =>
  until(
    () => showSource(server, key, id),
    ({ counts }) => counts.created === created,
  );

test("subscribes, lists day by day and page by page, and fetches each blob once", async () => {
  const nowMs = Date.now();
  const first = [
    ...office.publish("Audit.AzureActiveDirectory", [2, 3, 4, 5, 6], nowMs - 100 * HOUR_MS),
    ...office.publish("Audit.AzureActiveDirectory", [1], nowMs - HOUR_MS),
    ...office.publish("Audit.Exchange", [2, 2], nowMs - 30 * HOUR_MS),
  ];
  const { id } = await make();
  expect(await received(id, 25)).toMatchObject({ counts: { duplicate: 0 }, problem: null, gap_count: 0 });
  const ids = async () => (await logged(server, key)).map((event) => event.id).toSorted();
  expect(await ids()).toEqual(first.toSorted());
  const fetched = office.seen.flatMap(({ path }) => (path.includes("/audit/") ? [path] : []));
  expect(new Set(fetched).size).toBe(fetched.length);
});

test("what is subscribed already is no problem", async () => {
  office.publish("Audit.Exchange", [1]);
  const { id } = await make();
  await received(id, 1);
  await call(server, { method: "DELETE", path: `/v1/sources/${id}`, key });
  const other = await make();
  const shown = await until(
    () => showSource(server, key, other.id),
    ({ counts }) => counts.duplicate === 1,
  );
  expect(shown.problem).toBeNull();
});

test("a first day that is listed on several pages is read to its end, and is no gap", async () => {
  const oldest = office.publish("Audit.Exchange", [1, 1, 1, 1, 1, 1, 1], Date.now() - 166.5 * HOUR_MS);
  const { id } = await make();
  expect(await received(id, oldest.length)).toMatchObject({ gap_count: 0, problem: null });
});

test("back after longer than it is kept, it records what may be missing, once, and goes on", async () => {
  const { id } = await make();
  await until(
    () => showSource(server, key, id),
    ({ last_polled_at: at }) => at !== null,
  );
  const awaySinceMs = Date.now() - 9 * 24 * HOUR_MS;
  const since = new Date(awaySinceMs).toISOString();
  let kept: string[] = [];
  await server.restart("SIGKILL", () => {
    const reading = { since, blobs: [] };
    pretendLastLook(server.home, id, {
      lastPolledAtMs: awaySinceMs,
      checkpoint: { turn: 0, types: { "Audit.AzureActiveDirectory": reading } },
    });
    kept = office.publish("Audit.AzureActiveDirectory", [1, 1, 1, 1], Date.now() - 166.5 * HOUR_MS);
  });
  const shown = await received(id, 5);
  expect(shown).toMatchObject({ gap_count: 1, gaps: [{ from: since, reason: expect.stringContaining("7 days") }] });
  const [gap, ...events] = await logged(server, key);
  expect(gap).toMatchObject({ action: "source.gap", source: "microsoft365" });
  expect(events.map((event) => event.id).toSorted()).toEqual(kept.toSorted());
});
