import { startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, call, record } from "./support/call.ts";
import { byLink, joined, type OwnEvent, ownEvents, type Visitor } from "./support/people.ts";

let server: TestServer;
let writer: string;
let reader: string;
let owner: Visitor & { readonly id: string };
let operator: Visitor;
let events: readonly { readonly id: string; readonly sequence: number; readonly actor: { readonly ref?: string } }[];

beforeAll(async () => {
  server = await startServer();
  writer = await server.createKey({ tenant: "acme", scopes: ["events:write", "events:read", "viewer-tokens"] });
  reader = await server.createKey({ tenant: "acme", scopes: ["events:read"] });
  owner = await joined(server, await byLink(server, "--tenant", "acme"), { email: "o@example.com", role: "owner" });
  operator = await byLink(server, "--operator");
  const made = Array.from({ length: 3 }, (_, i) => ({
    action: "record.viewed",
    actor: { id: "u-77", name: "Jane Doe", email: "jane@example.com" },
    targets: [{ type: "patient", id: `p-${i}`, name: `Patient ${i}` }],
    context: { location: i === 0 ? "cardiology" : "surgery" },
  }));
  await record(server, writer, made);
  await record(server, writer, { action: "seal.now" }, "wait=sealed");
  events = (await call(server, { path: "/v1/events?q=action:record.viewed", key: reader })).json<{
    events: typeof events;
  }>().events;
});
afterAll(() => server.remove());

/** What is counted is written when its time is over, or the server stops. */
async function afterRestart(): Promise<void> {
  expect(await server.stop()).toBe(0);
  await server.start();
}

describe("what people and machines read", () => {
  let searches: readonly OwnEvent[];
  let views: readonly OwnEvent[];
  let reads: readonly OwnEvent[];
  const mine = (list: readonly OwnEvent[], id = owner.id) => list.filter(({ actor }) => actor.id === id);

  beforeAll(async () => {
    const ask = (q: string) => owner.call({ path: "/v1/events/search", body: { q } });
    for (let i = 0; i < 3; i++) await ask("actor:jane@example.com");
    await owner.call({ path: "/v1/facets", body: { q: "actor:jane@example.com" } });
    await ask("Jane NOT action:nothing.like.it");
    await ask("actor:who@knows.example");
    const spans = [
      { from: "2026-03-02T00:00:00Z", to: "2026-03-03T00:00:00Z" },
      { from: "2026-03-01T02:00:00+02:00", to: "2026-03-01T12:00:00Z" },
    ];
    for (const span of spans) await owner.call({ path: "/v1/events/search", body: { q: "action:in.spans", ...span } });
    for (const span of [{}, spans[0]])
      await owner.call({ path: "/v1/histogram", body: { q: "action:at.any.time", ...span } });
    const wrong = { q: "action:of.no.time", from: "Jane Doe" };
    expect((await owner.call({ path: "/v1/events/search", body: wrong })).status).toBe(400);
    const [first] = events;
    for (const what of ["", "/proof", ""]) await owner.call({ path: `/v1/events/1/${first?.sequence}${what}` });
    await owner.call({ path: `/v1/events/${first?.id}` });
    for (let i = 0; i < 4; i++) await call(server, { path: "/v1/events?q=action:record.viewed", key: reader });
    await owner.call({
      method: "PUT",
      path: "/v1/operator-access",
      body: { expires_at: new Date(Date.now() + 60_000).toISOString() },
    });
    const headers = { "cairn-project": "default", "cairn-tenant": "acme" };
    expect((await operator.call({ path: "/v1/events?q=action:record.viewed", headers })).status).toBe(200);
    await afterRestart();
    searches = await ownEvents(server, reader, "log.searched", { count: 6 });
    views = await ownEvents(server, reader, "log.event.viewed");
    reads = await ownEvents(server, reader, "log.read");
  });

  test("the same query is one event, with how often, and people in it are references", () => {
    const ref = events[0]?.actor.ref;
    const told = mine(searches).map(({ details }) => [details?.query, details?.count]);
    expect(told).toContainEqual([`actor.ref:${ref}`, 4]);
    expect(told).toContainEqual([`subject.ref:${ref} NOT action:nothing.like.it`, 1]);
    expect(told).toContainEqual(['actor.ref:"nobody known"', 1]);
    expect(JSON.stringify(searches.map(({ details }) => details))).not.toMatch(/jane|who@knows/i);
    expect(searches[0]?.category).toBe("administration");
  });

  test("a query over one stretch of time after the other is one event, of all of that time", () => {
    const of = (query: string) => mine(searches).flatMap(({ details }) => (details?.query === query ? [details] : []));
    expect(of("action:in.spans")).toMatchObject([
      { count: 2, from: "2026-03-01T00:00:00.000Z", to: "2026-03-03T00:00:00.000Z" },
    ]);
    expect(of("action:at.any.time")).toHaveLength(1);
    expect(of("action:at.any.time")[0]).not.toHaveProperty("from");
    expect(of("action:of.no.time")).toEqual([]);
  });

  test("an event that was looked at is one event, its proof included", () => {
    expect(mine(views)).toHaveLength(1);
    expect(mine(views)[0]).toMatchObject({ targets: [{ type: "event", id: events[0]?.id }], details: { count: 4 } });
  });

  test("a key's reading is one event an hour, with the range", () => {
    const counted = reads.flatMap(({ details }) => details?.requests as { search: number });
    expect(counted.reduce((sum, { search }) => sum + search, 0)).toBeGreaterThanOrEqual(5);
    expect(reads.length).toBeLessThanOrEqual(2);
    const last = Math.max(...events.map(({ sequence }) => sequence));
    expect(reads[0]?.details?.ranges).toMatchObject([{ ledger: 1, last }]);
    expect(reads[0]?.actor).toMatchObject({ type: "api" });
  });

  test("an operator's reading is there for the tenant to see", () => {
    const foreign = searches.filter(({ actor }) => actor.type === "operator");
    expect(foreign).toHaveLength(1);
    expect(foreign[0]?.actor.name).toBe("Operations");
  });

  test("nothing is recorded because of a record of reading: a follower comes to rest", async () => {
    const size = async () =>
      (await call(server, { path: "/v1/tenant", key: reader })).json<{ log: { size: number } }>().log.size;
    const [record] = views;
    await owner.call({ path: `/v1/events/1/${record?.sequence}` });
    await afterRestart();
    await ownEvents(server, reader, "log.read");
    await afterRestart();
    const before = await size();
    // Whoever only sees records of reading has read nothing.
    await call(server, { path: `/v1/changes?after=1.${before - 1}`, key: reader });
    await call(server, { path: `/v1/changes?after=1.${before}`, key: reader });
    await owner.call({ path: `/v1/changes?after=1.${before}` });
    await afterRestart();
    expect(await size()).toBe(before);
    expect(mine(await ownEvents(server, reader, "log.event.viewed"))).toHaveLength(1);
  });
});

describe("viewer tokens", () => {
  const ORIGIN = "https://product.example";
  const token = async (body: object, key = writer) => {
    const answer = await call(server, { path: "/v1/viewer-tokens", key, body });
    expect(answer.status).toBe(201);
    return answer.json<{ token: string; expires_at: string }>();
  };
  const read = (key: string, path = "/v1/events", headers: Record<string, string> = {}): Promise<Answer> =>
    call(server, { path, key, headers });

  test("read for five minutes, in the viewer's name, and nothing else", async () => {
    const { token: text, expires_at: expires } = await token({ viewer: "customer-5" });
    const leftMs = Date.parse(expires) - Date.now();
    expect(leftMs).toBeGreaterThan(4.5 * 60_000);
    expect(leftMs).toBeLessThanOrEqual(5 * 60_000);
    expect((await read(text, "/v1/events?q=action:record.viewed")).status).toBe(200);
    for (const path of ["/v1/members", "/v1/keys", "/v1/exports", "/v1/settings", "/v1/refused"])
      expect((await read(text, path)).status).toBe(403);
    expect((await call(server, { path: "/v1/events", key: text, body: { action: "a.b" } })).status).toBe(403);
    for (const broken of [`${text}x`, text.slice(0, -2), "cairn_view_", "cairn_view_AAAA"])
      expect((await read(broken)).status).toBe(401);
    await afterRestart();
    const seen = (await ownEvents(server, reader, "log.searched")).filter(({ actor }) => actor.id === "customer-5");
    expect(seen).toHaveLength(1);
    expect((await ownEvents(server, reader, "viewer_token.created"))[0]).toMatchObject({ details: { count: 1 } });
  });

  test("what is read stands in the log under the viewer's id: queries, and each event looked at", async () => {
    const { token: text } = await token({ viewer: "customer-6" });
    const [first] = events;
    for (let i = 0; i < 2; i++) await read(text, "/v1/events?q=actor:jane@example.com");
    await read(text, `/v1/events/1/${first?.sequence}`);
    await afterRestart();
    const of = async (action: string) =>
      (await ownEvents(server, reader, action)).filter(({ actor }) => actor.id === "customer-6");
    const [search, ...others] = await of("log.searched");
    expect(others).toEqual([]);
    expect(search).toMatchObject({ details: { count: 2 } });
    expect(search?.details?.query).toContain(first?.actor.ref);
    expect(await of("log.event.viewed")).toMatchObject([{ targets: [{ type: "event", id: first?.id }] }]);
  });

  test("with a wall see what is inside, whatever they ask", async () => {
    const { token: text } = await token({ viewer: "c", wall: "location:cardiology" });
    for (const q of ["", "*", "location:surgery OR location:cardiology", "action:record.viewed"]) {
      const found = (await read(text, `/v1/events?q=${encodeURIComponent(q)}`)).json<{
        events: { targets: { id: string }[] }[];
      }>();
      expect(found.events.map(({ targets }) => targets[0]?.id)).toEqual(["p-0"]);
    }
    expect(
      (await call(server, { path: "/v1/viewer-tokens", key: writer, body: { viewer: "c", wall: "(" } })).status,
    ).toBe(400);
    expect((await call(server, { path: "/v1/viewer-tokens", key: reader, body: { viewer: "c" } })).status).toBe(403);
  });

  test("end with the key that made them", async () => {
    const made = await owner.call({ path: "/v1/keys", body: { name: "embedding", scopes: ["viewer-tokens"] } });
    const { status } = made;
    expect(status).toBe(201);
    const { id, key } = made.json<{ id: string; key: string }>();
    const { token: text } = await token({ viewer: "c" }, key);
    expect((await read(text)).status).toBe(200);
    await owner.call({ method: "DELETE", path: `/v1/keys/${id}` });
    expect((await read(text)).status).toBe(401);
  });

  test("work from the pages of allowed origins, and of no other", async () => {
    const allowed = { method: "PATCH", path: "/v1/projects/default", body: { allowed_origins: [ORIGIN] } };
    const { token: text } = await token({ viewer: "c" });
    const preflight = (origin: string) =>
      call(server, {
        method: "OPTIONS",
        path: "/v1/events/search",
        headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
      });
    expect((await read(text, "/v1/events", { origin: ORIGIN })).status).toBe(403);
    expect((await preflight(ORIGIN)).status).toBe(403);
    expect((await operator.call(allowed)).status).toBe(200);
    const before = await preflight(ORIGIN);
    expect([before.status, before.headers.get("access-control-allow-origin")]).toEqual([204, ORIGIN]);
    const answer = await read(text, "/v1/events", { origin: ORIGIN });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([200, ORIGIN]);
    expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
    for (const origin of ["https://product.example.evil.example", "http://product.example", "null"]) {
      const refused = await read(text, "/v1/events", { origin });
      expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([403, null]);
      expect((await preflight(origin)).status).toBe(403);
    }
    // That a token has run out a page may know, or it could not get another one; of the pages of others, none.
    const ended = (origin: string) => read(`${text.slice(0, -4)}AAAA`, "/v1/events", { origin });
    const told = await ended(ORIGIN);
    expect([told.status, told.headers.get("access-control-allow-origin")]).toEqual([401, ORIGIN]);
    expect(told.headers.get("vary")).toBe("origin");
    const untold = await ended("https://product.example.evil.example");
    expect([untold.status, untold.headers.get("access-control-allow-origin")]).toEqual([401, null]);
    expect(
      (await read("cairn_nobody", "/v1/events", { origin: ORIGIN })).headers.get("access-control-allow-origin"),
    ).toBeNull();
    // A key in a page is a mistake that nothing shall make work.
    expect(
      (await read(reader, "/v1/events", { origin: ORIGIN })).headers.get("access-control-allow-origin"),
    ).toBeNull();
  });
});

test("every answer carries what protects a browser", async () => {
  for (const path of ["/v1/events", "/", "/healthz", "/nowhere"]) {
    const { headers } = await call(server, { path });
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("content-security-policy")).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
  }
});

test("a crash loses neither what was changed nor that it is recorded", async () => {
  const made = owner.call({ path: "/v1/groups", body: { name: "before the crash" } });
  await owner.call({ path: "/v1/events/search", body: { q: "action:only.before.the.crash" } });
  expect((await made).status).toBe(201);
  await server.kill();
  await server.start();
  expect((await owner.call({ path: "/v1/groups" })).text).toContain("before the crash");
  expect(await ownEvents(server, reader, "group.created")).toHaveLength(1);
});
