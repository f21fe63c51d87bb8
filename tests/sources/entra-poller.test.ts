import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { call } from "../api/support/call.ts";
import { type FakeGraph, startGraph } from "./support/fake-graph.ts";
import { pretendLastLook } from "./support/pretend-last-look.ts";
import { type SourceServer, startSourceServer } from "./support/server.ts";
import { logged, makeSource, type ShownSource, showSource, until } from "./support/sources.ts";

let server: SourceServer;
let graph: FakeGraph;
let key: string;
let tenants = 0;

const HOUR_MS = 3_600_000;

beforeAll(async () => {
  server = await startSourceServer();
});
afterAll(() => server.remove());
beforeEach(async () => {
  graph = await startGraph();
  key = await server.createKey(`t${++tenants}`);
});
afterEach(async () => {
  await graph.stop();
  expect(graph.violations).toEqual([]);
});

function make(more: object = {}): Promise<ShownSource> {
  const { url, directoryId, clientSecret } = graph;
  const settings = {
    tenant_id: directoryId,
    client_id: "app-1",
    login_url: url,
    graph_url: url,
    retention_days: 3,
    ...more,
  };
  return makeSource(server, key, {
    kind: "entra_poller",
    name: "Entra",
    settings,
    secrets: { client_secret: clientSecret },
  });
}

const received = (id: string, created: number) =>
  until(
    () => showSource(server, key, id),
    ({ counts }) => counts.created === created,
  );
const ids = async () => (await logged(server, key)).map(({ id }) => id).toSorted();

test("both logs are read, span by span and page by page, and what became visible late, too", async () => {
  const nowMs = Date.now();
  const first = [
    ...graph.signIns(45, nowMs - 60 * HOUR_MS),
    ...graph.signIns(30, nowMs - 20 * HOUR_MS),
    ...graph.audits(25, nowMs - 5 * HOUR_MS),
  ];
  const { id } = await make();
  await received(id, 100);
  expect(await ids()).toEqual(first.toSorted());
  const late = [...graph.signIns(1, nowMs - HOUR_MS / 2), ...graph.audits(1)];
  await call(server, { method: "POST", path: `/v1/sources/${id}/collect`, key });
  expect(await received(id, 102)).toMatchObject({ gap_count: 0, problem: null });
  expect(await ids()).toEqual([...first, ...late].toSorted());
});

test("a link that ended begins its span anew, and nothing is recorded twice", async () => {
  const happened = graph.signIns(45, Date.now() - HOUR_MS);
  graph.endNextLink();
  const { id } = await make({ logs: ["signIns"] });
  expect((await received(id, 45)).counts).toMatchObject({ duplicate: 20, rejected: 0 });
  expect(await ids()).toEqual(happened.toSorted());
});

test("back after longer than the logs are kept, it records what may be missing, once", async () => {
  const { id } = await make({ logs: ["signIns"] });
  await until(
    () => showSource(server, key, id),
    ({ last_polled_at: at }) => at !== null,
  );
  const awaySinceMs = Date.now() - 100 * HOUR_MS;
  const since = new Date(awaySinceMs).toISOString();
  let kept: string[] = [];
  await server.restart("SIGKILL", () => {
    pretendLastLook(server.home, id, {
      ...{ lastPolledAtMs: awaySinceMs, checkpoint: { turn: 0, logs: { signIns: { since } } } },
    });
    kept = graph.signIns(2, Date.now() - HOUR_MS);
  });
  const shown = await received(id, 3);
  expect(shown).toMatchObject({ gap_count: 1, gaps: [{ from: since, reason: expect.stringContaining("keep") }] });
  expect((await logged(server, key)).map((event) => event.action)).toContain("source.gap");
  expect(await ids()).toEqual(expect.arrayContaining(kept));
});
