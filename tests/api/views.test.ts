import { startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, errorOf, record } from "./support/call.ts";
import { byLink, joined, ownEvents, type Visitor } from "./support/people.ts";

interface View {
  readonly id: string;
  readonly name: string;
  readonly q: string;
  readonly shared: boolean;
  readonly default: boolean;
}

let server: TestServer;
let key: string;
let other: string;
let owner: Visitor;
let analyst: Visitor;
let auditor: Visitor;
let walled: Visitor;

beforeAll(async () => {
  server = await startServer();
  key = await server.createKey({ tenant: "acme", scopes: ["admin"] });
  other = await server.createKey({ tenant: "other", scopes: ["admin"] });
  owner = await joined(server, await byLink(server, "--tenant", "acme"), { email: "o@example.com", role: "owner" });
  const expires_at = new Date(Date.now() + 3_600_000).toISOString();
  analyst = await joined(server, owner, { email: "a@example.com", role: "analyst" });
  auditor = await joined(server, owner, { email: "r@example.com", role: "auditor", expires_at });
  walled = await joined(server, owner, { email: "w@example.com", role: "analyst", wall: "location:cardiology" });
  await record(server, key, { action: "record.viewed", actor: { id: "u-1", name: "Jane Doe" } });
}, 120_000);
afterAll(() => server.remove());

const WHOLE = {
  ...{ name: "Nights", q: "action:record.viewed", range: "30d", columns: ["occurred_at", "actor", "details.ward"] },
  ...{ sort: "occurred_at", order: "asc", zone: "Europe/Zurich" },
};
const save = async (by: Visitor, body: object) => by.call({ path: "/v1/views", body });
const listed = async (by: Visitor) =>
  (await by.call({ path: "/v1/views" })).json<{ views: View[]; default: string | null }>();
const names = async (by: Visitor) => (await listed(by)).views.map(({ name }) => name);

describe("views of one's own", () => {
  test("a view comes back as it was saved, to its owner and to nobody else", async () => {
    const made = await save(auditor, WHOLE);
    expect(made.status).toBe(201);
    const view = made.json<View>();
    expect(view).toMatchObject({ ...WHOLE, shared: false, default: false });
    expect((await auditor.call({ path: `/v1/views/${view.id}` })).json()).toEqual(view);
    const nowhere = await owner.call({ path: "/v1/views/vew_00000000000000000000" });
    for (const method of ["GET", "DELETE", "PUT"]) {
      const body = method === "PUT" ? { body: { name: "x" } } : {};
      const answer = await owner.call({ method, path: `/v1/views/${view.id}`, ...body });
      expect(answer.status).toBe(404);
      expect(errorOf(answer)).toEqual(errorOf(nowhere));
    }
    expect(await names(owner)).not.toContain("Nights");
  });

  test("its owner changes and removes it; none of that is recorded", async () => {
    const { id } = (await save(analyst, { name: "Mine", q: "jane" })).json<View>();
    const changed = await analyst.call({ method: "PUT", path: `/v1/views/${id}`, body: { name: "Still mine" } });
    expect(changed.json()).toMatchObject({ id, name: "Still mine", q: "", range: null });
    expect((await analyst.call({ method: "DELETE", path: `/v1/views/${id}` })).status).toBe(204);
    expect(await names(analyst)).not.toContain("Still mine");
    const { views: shared } = await listed(owner);
    expect(shared.some(({ name }) => name.includes("mine"))).toBe(false);
  });

  test.each([
    "24h",
    "7d",
    "30d",
    "12m",
    "all",
    { from: "2026-01-01" },
    { from: "2026-01-01", to: "2026-02-01T12:00:00Z" },
  ])("a stretch of time comes back as it was saved: %j", async (range) => {
    const made = await save(analyst, { name: "Stretch", range });
    expect(made.json()).toMatchObject({ range });
  });

  test("a key has none", async () => {
    const answer = await call(server, { path: "/v1/views", key, body: { name: "x" } });
    expect(errorOf(answer)).toMatchObject({ status: 409, error: { code: "state_conflict" } });
  });
});

describe("shared views", () => {
  test("everybody sees one; it is recorded, with references in place of names", async () => {
    const made = (await save(analyst, { name: "Jane's looks", q: 'actor:"Jane Doe"', shared: true })).json<View>();
    for (const by of [owner, analyst, auditor]) expect(await names(by)).toContain("Jane's looks");
    const [event] = await ownEvents(server, key, "view.created", { about: made.id });
    expect(event?.changes?.find(({ field }) => field === "query")?.after).toMatch(/^actor\.ref:sub_\w+$/);
    await owner.call({ method: "PUT", path: `/v1/views/${made.id}`, body: { name: "Theirs", q: "" } });
    const [updated] = await ownEvents(server, key, "view.updated", { about: made.id });
    expect(updated?.changes).toEqual(
      expect.arrayContaining([{ field: "name", before: "Jane's looks", after: "Theirs" }]),
    );
    await owner.call({ method: "DELETE", path: `/v1/views/${made.id}` });
    expect((await ownEvents(server, key, "view.removed", { about: made.id })).length).toBe(1);
  });

  test("an auditor neither shares nor changes them", async () => {
    expect((await save(auditor, { name: "x", shared: true })).status).toBe(403);
    const { id } = (await save(owner, { name: "Stays", shared: true })).json<View>();
    expect((await auditor.call({ method: "DELETE", path: `/v1/views/${id}` })).status).toBe(403);
    const body = { name: "x" };
    expect((await auditor.call({ method: "PUT", path: `/v1/views/${id}`, body })).status).toBe(403);
    const mine = (await save(auditor, { name: "Own" })).json<View>();
    const share = { name: "Own", shared: true };
    expect((await auditor.call({ method: "PUT", path: `/v1/views/${mine.id}`, body: share })).status).toBe(403);
  });

  test("behind a wall there are only one's own", async () => {
    await save(owner, { name: "Beyond", shared: true });
    await save(walled, { name: "Within" });
    expect(await names(walled)).toEqual(["Within"]);
    expect((await save(walled, { name: "x", shared: true })).status).toBe(403);
  });

  test("another tenant sees none of them", async () => {
    const answer = await call(server, { path: "/v1/views", key: other });
    expect(answer.json()).toEqual({ views: [], default: null });
  });

  test("viewers inside other products have none", async () => {
    const made = await call(server, { path: "/v1/viewer-tokens", key, body: { viewer: "v" } });
    const { token } = made.json<{ token: string }>();
    expect((await call(server, { path: "/v1/views", key: token })).status).toBe(403);
  });
});

describe("the default view", () => {
  test("a shared view becomes it, and goes with it", async () => {
    const { id } = (await save(owner, { name: "First", shared: true })).json<View>();
    const choose = (body: object) => owner.call({ method: "PUT", path: "/v1/default-view", body });
    expect((await choose({ id })).json()).toEqual({ id });
    expect((await listed(analyst)).default).toBe(id);
    expect((await call(server, { path: `/v1/views/${id}`, key })).json()).toMatchObject({ default: true });
    const set = (await ownEvents(server, key, "settings.updated")).at(-1);
    expect(set?.changes).toEqual([{ field: "default_view", before: null, after: id }]);
    expect((await choose({ id: "vew_00000000000000000000" })).status).toBe(404);
    const mine = (await save(owner, { name: "Mine" })).json<View>();
    expect((await choose({ id: mine.id })).status).toBe(404);
    await owner.call({ method: "DELETE", path: `/v1/views/${id}` });
    expect((await listed(analyst)).default).toBe(null);
    const settings = (await owner.call({ path: "/v1/settings" })).json<{ default_view: unknown }>();
    expect(settings.default_view).toBe(null);
  });
});

test.each([
  ["a query that is none", { name: "x", q: "((" }],
  ["a column that is none", { name: "x", columns: ["no.such.field"] }],
  ["a field to sort by that is none", { name: "x", sort: "nonsense" }],
  ["a zone that is none", { name: "x", zone: "Mars/Olympus" }],
  ["a range that is none", { name: "x", range: "1y" }],
  ["no name", { q: "" }],
])("%s is refused", async (_what, body) => {
  expect((await save(owner, body)).status).toBe(400);
});

test("a view is still there after a restart, and nowhere in clear", async () => {
  await save(owner, { name: "Lasting", q: "details.secretword:xyzzyplugh", shared: true });
  await server.stop();
  await server.start();
  expect(await names(analyst)).toContain("Lasting");
});
