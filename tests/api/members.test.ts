import { startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Call, call, record } from "./support/call.ts";
import {
  byLink,
  cairn,
  joined,
  type OwnEvent,
  ownEvents,
  PASSWORD,
  tokenOf,
  type Visitor,
  visitor,
} from "./support/people.ts";

let server: TestServer;
let key: string;
let owner: Visitor & { readonly id: string };
let operator: Visitor;
const HOUR_MS = 3_600_000;
const later = (ms = HOUR_MS) => new Date(Date.now() + ms).toISOString();

beforeAll(async () => {
  server = await startServer({ args: ["--operator-name", "CareAR Operations"] });
  key = await server.createKey({ tenant: "acme", scopes: ["events:write", "events:read"] });
  await record(server, key, [
    { action: "document.viewed", actor: { id: "u-1", name: "Jane Doe" }, context: { location: "cardiology" } },
    { action: "document.deleted", actor: { id: "u-2", name: "Joe Roe" }, context: { location: "surgery" } },
  ]);
  const link = await byLink(server, "--tenant", "acme");
  owner = await joined(server, link, { email: "Olga@Example.com", name: "Olga Owner", role: "owner" });
  operator = await byLink(server, "--operator");
});
afterAll(() => server.remove());

const changesOf = (event: OwnEvent | undefined) =>
  Object.fromEntries((event?.changes ?? []).map(({ field, before, after }) => [field, [before, after]]));

describe("members", () => {
  test("are invited, changed and removed, and the log says by whom, with before and after", async () => {
    const made = await owner.call({
      path: "/v1/members",
      body: { email: "ann@example.com", name: "Ann", role: "analyst" },
    });
    expect(made.status).toBe(201);
    const { id } = made.json<{ id: string }>();
    const changed = await owner.call({ method: "PATCH", path: `/v1/members/${id}`, body: { role: "administrator" } });
    expect(changed.json()).toMatchObject({ role: "administrator", state: "invited", email: "ann@example.com" });
    expect((await owner.call({ method: "DELETE", path: `/v1/members/${id}` })).status).toBe(204);
    const { members } = (await owner.call({ path: "/v1/members" })).json<{
      members: { id: string; state: string; name: string }[];
    }>();
    expect(members.find((each) => each.id === id)).toMatchObject({ state: "removed", name: "Ann" });

    const [invited] = await ownEvents(server, key, "member.invited", { about: id });
    expect(invited?.actor).toMatchObject({ type: "user", id: owner.id, name: "Olga Owner", email: "olga@example.com" });
    expect(changesOf(invited)).toMatchObject({ role: [null, "analyst"], email: [null, "ann@example.com"] });
    const [updated] = await ownEvents(server, key, "member.updated");
    expect(changesOf(updated)).toEqual({ role: ["analyst", "administrator"] });
    const [removed] = await ownEvents(server, key, "member.removed");
    expect(changesOf(removed)).toMatchObject({ state: ["invited", "removed"] });
    expect(removed?.context?.ip).toBe("127.0.0.1");
  });

  test("what belongs to nobody, and what is another tenant's, is not found in the same way", async () => {
    const other = await byLink(server, "--tenant", "default").catch(() => undefined);
    const stranger = other ?? (await byLink(server, "--operator"));
    const there = await stranger.call({ path: `/v1/members/${owner.id}` });
    const nowhere = await stranger.call({ path: "/v1/members/mem_00000000000000000000" });
    const { error: a } = there.json<{ error: Record<string, unknown> }>();
    const { error: b } = nowhere.json<{ error: Record<string, unknown> }>();
    expect([there.status, { ...a, request_id: "" }]).toEqual([nowhere.status, { ...b, request_id: "" }]);
    expect(there.status).toBe(404);
  });

  test("nobody gives more than they have, and a tenant keeps an owner", async () => {
    const admin = await joined(server, owner, { email: "adam@example.com", role: "administrator" });
    const asOwner = await admin.call({ path: "/v1/members", body: { email: "x@example.com", role: "owner" } });
    expect(asOwner.status).toBe(403);
    expect((await admin.call({ method: "DELETE", path: `/v1/members/${owner.id}` })).status).toBe(403);
    expect((await owner.call({ method: "DELETE", path: `/v1/members/${owner.id}` })).status).toBe(409);
    const analyst = await joined(server, owner, { email: "anna@example.com", role: "analyst" });
    expect((await analyst.call({ path: "/v1/members" })).status).toBe(403);
    expect((await analyst.call({ path: "/v1/events" })).status).toBe(200);
    const grant = { method: "PUT", path: "/v1/operator-access", body: { expires_at: later() } };
    expect((await admin.call(grant)).status).toBe(403);
    expect((await owner.call({ path: "/v1/members", body: { email: "y@example.com", role: "operator" } })).status).toBe(
      400,
    );
  });

  test("an auditor's time is limited, and ends by itself", async () => {
    const email = "audit@example.com";
    expect((await owner.call({ path: "/v1/members", body: { email, role: "auditor" } })).status).toBe(400);
    const auditor = await joined(server, owner, { email, role: "auditor", expires_at: later(2_500) });
    expect((await auditor.call({ path: "/v1/events" })).status).toBe(200);
    expect((await auditor.call({ method: "PATCH", path: "/v1/settings", body: {} })).status).toBe(403);
    await new Promise((resolve) => setTimeout(resolve, 2_600));
    expect((await auditor.call({ path: "/v1/events" })).status).toBe(401);
  });

  test("a removed member is out at once", async () => {
    const member = await joined(server, owner, { email: "gone@example.com", role: "analyst" });
    expect((await member.call({ path: "/v1/events" })).status).toBe(200);
    await owner.call({ method: "DELETE", path: `/v1/members/${member.id}` });
    expect((await member.call({ path: "/v1/events" })).status).toBe(401);
    const again = await visitor(server).call({
      path: "/v1/session",
      body: { email: "gone@example.com", password: PASSWORD },
    });
    expect(again.status).toBe(401);
  });

  test("addresses and names are nowhere in clear in the database", async () => {
    const { readFileSync } = await import("node:fs");
    const bytes = ["cairn.db", "cairn.db-wal"].map((file) => readFileSync(`${server.dataDir}/${file}`));
    for (const name of ["olga@example.com", "Olga Owner", "adam@example.com", "location:cardiology"])
      for (const file of bytes) expect(file.includes(name)).toBe(false);
  });
});

describe("keys", () => {
  type Made = { readonly id: string; readonly key: string };
  const make = async (body: object) => {
    const answer = await owner.call({ path: "/v1/keys", body: { name: "a key", scopes: ["events:read"], ...body } });
    expect(answer.status).toBe(201);
    return answer.json<Made>();
  };
  const works = async (text: string) => (await call(server, { path: "/v1/events", key: text })).status;

  test("are made, listed without their text, and revoked at once", async () => {
    const { id, key: text } = await make({});
    expect(await works(text)).toBe(200);
    const listed = await owner.call({ path: "/v1/keys" });
    expect(listed.text).toContain(id);
    expect(listed.text).not.toContain(text);
    expect((await owner.call({ method: "DELETE", path: `/v1/keys/${id}` })).status).toBe(204);
    expect(await works(text)).toBe(401);
    const [revoked] = await ownEvents(server, key, "api_key.revoked");
    expect(revoked?.targets?.[0]).toMatchObject({ type: "api_key", id });
  });

  test("are rotated: both work, until the older one ends", async () => {
    const { id, key: old } = await make({});
    const rotated = await owner.call({ path: `/v1/keys/${id}/rotate`, body: { overlap_hours: 1.5 / 3_600 } });
    expect(rotated.status).toBe(201);
    const fresh = rotated.json<Made>();
    expect([await works(old), await works(fresh.key)]).toEqual([200, 200]);
    expect((await owner.call({ path: `/v1/keys/${id}/rotate`, body: {} })).status).toBe(409);
    await new Promise((resolve) => setTimeout(resolve, 1_600));
    expect([await works(old), await works(fresh.key)]).toEqual([401, 200]);
  });

  test("are bound to networks", async () => {
    const { id, key: text } = await make({ addresses: ["203.0.113.0/24"] });
    const refused = await call(server, { path: "/v1/events", key: text });
    expect([refused.status, refused.json<{ error: { code: string } }>().error.code]).toEqual([
      403,
      "address_forbidden",
    ]);
    await owner.call({
      method: "PATCH",
      path: `/v1/keys/${id}`,
      body: { addresses: ["203.0.113.0/24", "127.0.0.0/8"] },
    });
    expect(await works(text)).toBe(200);
    expect(
      (await owner.call({ path: "/v1/keys", body: { name: "x", scopes: ["exports"], addresses: ["nowhere"] } })).status,
    ).toBe(400);
  });

  test("give nobody more than they have", async () => {
    const admin = await joined(server, owner, { email: "keys@example.com", role: "administrator" });
    const asked = await admin.call({ path: "/v1/keys", body: { name: "mighty", scopes: ["admin"] } });
    expect(asked.status).toBe(403);
    expect(
      (await admin.call({ path: "/v1/keys", body: { name: "all", scopes: ["events:write"], of: "project" } })).status,
    ).toBe(403);
  });

  test("of a script do what the portal does, as the Provisioning API", async () => {
    const { key: admin } = await make({ scopes: ["admin"], name: "script" });
    const made = await call(server, {
      path: "/v1/members",
      key: admin,
      body: { email: "s@example.com", role: "analyst" },
    });
    expect(made.status).toBe(201);
    const { id } = made.json<{ id: string }>();
    const [event] = await ownEvents(server, key, "member.invited", { about: id });
    expect(event?.actor).toMatchObject({ type: "api", name: "Provisioning API" });
    const used = (await owner.call({ path: "/v1/keys" })).json<{
      keys: { name: string; last_used_at: string | null }[];
    }>();
    expect(used.keys.find(({ name }) => name === "script")?.last_used_at).not.toBeNull();
  });
});

describe("walls", () => {
  test("hold every way of reading", async () => {
    const group = (
      await owner.call({ path: "/v1/groups", body: { name: "Cardiology", wall: "location:cardiology" } })
    ).json<{ id: string }>();
    const member = await joined(server, owner, {
      email: "wally@example.com",
      role: "administrator",
      groups: [group.id],
    });
    const full = (await owner.call({ path: "/v1/events?q=action:document.*" })).json<{
      events: { id: string; sequence: number; action: string }[];
    }>();
    const inside = full.events.find(({ action }) => action === "document.viewed")!;
    const outside = full.events.find(({ action }) => action === "document.deleted")!;
    const read = async (path: string) => member.call({ path });

    const found = (await read("/v1/events?total=true")).json<{
      events: unknown[];
      total: { count: number };
      as_of: unknown;
    }>();
    expect(found).toMatchObject({ total: { count: 1, exact: true }, as_of: null });
    expect(found.events).toHaveLength(1);
    for (const path of [
      "/v1/events?q=*",
      "/v1/events?q=action:document.deleted%20OR%20*",
      "/v1/changes?after=",
      "/v1/facets?fields=action,actor",
    ])
      expect((await read(path)).text).not.toMatch(/document\.deleted|Joe Roe|member\./);
    const bars = (await read("/v1/histogram")).json<{ buckets: { count: number }[] }>();
    expect(bars.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(1);
    for (const what of ["", "/proof"]) {
      const there = await read(`/v1/events/1/${outside.sequence}${what}`);
      const nowhere = await read(`/v1/events/1/999999${what}`);
      expect([there.status, nowhere.status]).toEqual([404, 404]);
      const message = (text: string) => (JSON.parse(text) as { error: { message: string } }).error.message;
      expect(message(there.text)).toBe(message(nowhere.text));
    }
    expect((await read(`/v1/events/1/${inside.sequence}`)).status).toBe(200);
    expect((await read(`/v1/events/${outside.id}`)).status).toBe(404);
    expect((await read("/v1/actions")).text).not.toContain("document.deleted");
    const { log } = (await read("/v1/tenant")).json<{ log: unknown }>();
    expect(log).toBeNull();
    const { log: real } = (await owner.call({ path: "/v1/tenant" })).json<{ log: { id: string } }>();
    expect((await read(`/log/${real.id}/checkpoint`)).status).toBe(404);
    expect((await owner.call({ path: `/log/${real.id}/checkpoint` })).status).toBe(200);
    // An administrator behind a wall administers nothing: it would lead around it.
    for (const path of ["/v1/members", "/v1/keys", "/v1/refused", "/v1/settings"])
      expect((await read(path)).status).toBe(403);
    expect((await member.call({ path: "/v1/exports", body: { format: "evidence" } })).status).toBe(403);

    const { next } = (await read("/v1/changes?after=")).json<{ next: string }>();
    expect(next).not.toMatch(/^\d+\.\d+$/);
    expect((await read(`/v1/changes?after=${next}`)).json()).toMatchObject({ changes: [] });
    // However small the steps: as many calls as there are events within, and one that finds nothing more.
    const step = (await read("/v1/changes?limit=1&after=")).json<{ changes: unknown[]; next: string }>();
    expect(step.changes).toHaveLength(1);
    const waiting = read(`/v1/changes?wait_seconds=2&after=${step.next}`);
    const sentAt = performance.now();
    await record(server, key, { action: "document.deleted", context: { location: "pharmacy" } });
    expect((await waiting).json()).toMatchObject({ changes: [] });
    expect(performance.now() - sentAt).toBeGreaterThan(1_500);
    expect((await owner.call({ method: "DELETE", path: `/v1/groups/${group.id}` })).status).toBe(409);
  });

  test("hold exports: what is in the file, whose are seen", async () => {
    await owner.call({ path: "/v1/exports", body: { format: "ndjson" } });
    const member = await joined(server, owner, {
      email: "wanda@example.com",
      role: "analyst",
      wall: "location:surgery",
    });
    const asked = await member.call({ path: "/v1/exports", body: { format: "ndjson" } });
    expect(asked.status).toBe(202);
    const { id } = asked.json<{ id: string }>();
    let job = asked.json<{ state: string; file: { url: string } | null }>();
    while (job.state !== "done" && job.state !== "failed")
      job = (await member.call({ path: `/v1/exports/${id}` })).json<typeof job>();
    const file = await member.call({ path: job.file?.url ?? "" });
    expect(
      file.text
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { action: string }).action),
    ).toEqual(["document.deleted"]);
    const { exports } = (await member.call({ path: "/v1/exports" })).json<{ exports: { id: string }[] }>();
    expect(exports.map((each) => each.id)).toEqual([id]);
  });
});

describe("tenants and operators", () => {
  const acme = { "cairn-project": "default", "cairn-tenant": "acme" };

  test("an operator manages, and reads what was recorded only while the tenant lets them, which it sees", async () => {
    expect((await operator.call({ path: "/v1/members", headers: acme })).status).toBe(200);
    const refused = await operator.call({ path: "/v1/events", headers: acme });
    expect([refused.status, refused.json<{ error: { code: string } }>().error.code]).toEqual([403, "grant_required"]);
    const reading = await operator.call({
      path: "/v1/keys",
      headers: acme,
      body: { name: "sly", scopes: ["events:read"] },
    });
    expect(reading.status).toBe(403);
    await owner.call({ method: "PUT", path: "/v1/operator-access", body: { expires_at: later() } });
    expect((await operator.call({ path: "/v1/events", headers: acme })).status).toBe(200);
    expect((await owner.call({ method: "DELETE", path: "/v1/operator-access" })).status).toBe(204);
    expect((await operator.call({ path: "/v1/events", headers: acme })).status).toBe(403);
    const [granted] = await ownEvents(server, key, "operator_access.granted");
    expect(changesOf(granted)).toHaveProperty("operator_access_until");
  });

  test("are made, suspended and resumed by operators, whom the log names as it is set", async () => {
    const headers = { "cairn-project": "default" };
    const made = await operator.call({ path: "/v1/tenants", headers, body: { id: "beta", name: "Beta" } });
    expect(made.status).toBe(201);
    const betaKey = await server.createKey({ tenant: "beta", scopes: ["events:read", "events:write"] });
    expect((await call(server, { path: "/v1/events", key: betaKey })).status).toBe(200);
    expect((await operator.call({ method: "POST", path: "/v1/tenants/beta/suspend", headers })).status).toBe(200);
    const out = await call(server, { path: "/v1/events", key: betaKey });
    expect([out.status, out.json<{ error: { code: string } }>().error.code]).toEqual([403, "tenant_suspended"]);
    const projectKey = await server.createKey({ scopes: ["events:write", "tenants:create"] });
    const written = await record(server, projectKey, { action: "a.b", tenant: "beta" }, "");
    expect(written.status).toBe(422);
    expect((await operator.call({ method: "POST", path: "/v1/tenants/beta/resume", headers })).status).toBe(200);
    expect((await call(server, { path: "/v1/events", key: betaKey })).status).toBe(200);
    const [suspended] = await ownEvents(server, betaKey, "tenant.suspended");
    expect(suspended?.actor).toMatchObject({ type: "operator", name: "CareAR Operations" });
  });

  test("expire by themselves: the System suspends them", async () => {
    const headers = { "cairn-project": "default" };
    await operator.call({ path: "/v1/tenants", headers, body: { id: "brief", expires_at: later(6_000) } });
    const briefKey = await server.createKey({ tenant: "brief", scopes: ["events:read"] });
    expect((await call(server, { path: "/v1/events", key: briefKey })).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 6_100));
    expect((await call(server, { path: "/v1/events", key: briefKey })).status).toBe(403);
    const state = async () =>
      (await operator.call({ path: "/v1/tenants/brief", headers })).json<{ suspended_at: string | null }>()
        .suspended_at;
    for (let i = 0; i < 200 && (await state()) === null; i++) await new Promise((resolve) => setTimeout(resolve, 100));
    await operator.call({ method: "POST", path: "/v1/tenants/brief/resume", headers });
    const [expired] = await ownEvents(server, briefKey, "tenant.expired");
    expect(expired?.actor).toMatchObject({ type: "system", name: "System" });
  });

  test("are deleted by two operators, or not at all when one cancels", async () => {
    const headers = { "cairn-project": "default" };
    await operator.call({ path: "/v1/tenants", headers, body: { id: "doomed" } });
    const doomedKey = await server.createKey({ tenant: "doomed", scopes: ["events:read"] });
    const deletion = { method: "POST", path: "/v1/tenants/doomed/deletion", headers };
    const one = await joined(server, operator, { email: "op1@example.com", role: "operator" });
    const two = await joined(server, operator, { email: "op2@example.com", role: "operator" });
    expect((await one.call(deletion)).status).toBe(202);
    expect((await one.call(deletion)).status).toBe(409);
    expect((await two.call({ ...deletion, method: "DELETE" })).status).toBe(200);
    expect((await one.call(deletion)).status).toBe(202);
    expect((await call(server, { path: "/v1/events", key: doomedKey })).status).toBe(200);
    expect((await two.call(deletion)).status).toBe(204);
    expect((await call(server, { path: "/v1/events", key: doomedKey })).status).toBe(401);
    expect((await one.call({ path: "/v1/tenants/doomed", headers })).status).toBe(404);
    expect((await one.call({ path: "/v1/tenants", headers })).text).not.toContain("doomed");
  });

  test("are not deleted by one operator with a key or a link beside", async () => {
    const headers = { "cairn-project": "default" };
    await operator.call({ path: "/v1/tenants", headers, body: { id: "lonely" } });
    const deletion = { method: "POST", path: "/v1/tenants/lonely/deletion", headers };
    const alone = await joined(server, operator, { email: "op3@example.com", role: "operator" });
    const key = await server.createKey({ project: "operator", tenant: "operator", scopes: ["admin"] });
    for (const askedBy of [(ask: Call) => operator.call(ask), (ask: Call) => call(server, { ...ask, key })]) {
      expect((await askedBy(deletion)).status).toBe(202);
      expect((await alone.call(deletion)).status).toBe(409);
      expect((await alone.call({ ...deletion, method: "DELETE" })).status).toBe(200);
    }
    expect((await alone.call({ path: "/v1/tenants/lonely", headers })).status).toBe(200);
  });

  test("the instance's own log has what belongs to no tenant", async () => {
    const made = await operator.call({ path: "/v1/projects", body: { id: "fresh", name: "Fresh" } });
    expect(made.status).toBe(201);
    expect((await operator.call({ path: "/v1/projects", body: { id: "operator" } })).status).toBe(409);
    const instanceKey = await server.createKey({ project: "operator", tenant: "operator", scopes: ["events:read"] });
    const [created] = await ownEvents(server, instanceKey, "project.created");
    expect(created?.targets?.[0]).toMatchObject({ type: "project", id: "fresh" });
    expect((await owner.call({ path: "/v1/projects" })).status).toBe(403);
  });

  test("settings are recorded with before and after", async () => {
    await owner.call({
      method: "PATCH",
      path: "/v1/settings",
      body: { person_target_types: ["guest"], public_log: true },
    });
    await owner.call({ method: "PATCH", path: "/v1/settings", body: { public_log: false } });
    const events = await ownEvents(server, key, "settings.updated");
    expect(events.map(changesOf)).toEqual([
      { person_target_types: [[], ["guest"]], public_log: [false, true] },
      { public_log: [true, false] },
    ]);
  });
});

test("cairn members reset: a link that sets a new password, once, and ends every session", async () => {
  const member = await joined(server, owner, { email: "lost@example.com", role: "analyst" });
  const url = await cairn(server, "members", "reset", "--email", "lost@example.com");
  const fresh = visitor(server);
  const accept = { path: "/v1/invitations/accept", body: { token: tokenOf(url), password: "another long password" } };
  expect((await fresh.call({ path: "/v1/invitations/inspect", body: { token: tokenOf(url) } })).json()).toMatchObject({
    is_reset: true,
  });
  expect((await fresh.call(accept)).status).toBe(200);
  expect((await fresh.call(accept)).status).toBe(403);
  expect((await member.call({ path: "/v1/events" })).status).toBe(401);
  expect((await fresh.call({ path: "/v1/events" })).status).toBe(200);
});
