import { setTimeout as delay } from "node:timers/promises";
import { CATEGORY_PRESETS } from "@cairn/event";
import { startServer, type TestServer } from "@cairn/testkit";
import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, errorOf, record } from "./support/call.ts";
import { byLink, joined, ownEvents, PASSWORD, type Visitor, visitor } from "./support/people.ts";

let server: TestServer;
let key: string;
let operatorKey: string;
let owner: Visitor;

beforeAll(async () => {
  server = await startServer({ args: ["--session-idle-minutes", "60", "--session-hours", "10"] });
  key = await server.createKey({ tenant: "acme", scopes: ["admin"] });
  operatorKey = await server.createKey({ project: "operator", tenant: "operator", scopes: ["admin"] });
  owner = await byLink(server, "--tenant", "acme");
}, 120_000);
afterAll(() => server.remove());

const set = (body: object) => call(server, { method: "PATCH", path: "/v1/settings", key, body });

describe("a second factor that members must have", () => {
  test("signing in leads to setting one up, and until then to nothing else", async () => {
    const email = "second@example.com";
    const member = await joined(server, owner, { email, role: "administrator" });
    const thief = visitor(server);
    await thief.call({ path: "/v1/session", body: { email, password: PASSWORD } });
    expect((await member.call({ path: "/v1/events" })).status).toBe(200);
    expect((await set({ second_factor_required: true })).json()).toMatchObject({ second_factor_required: true });
    for (const path of ["/v1/events", "/v1/members", "/v1/views", "/v1/subjects", "/v1/settings"])
      expect(errorOf(await member.call({ path }))).toMatchObject({
        status: 403,
        error: { code: "second_factor_missing" },
      });
    // Nor does it take away what the member signs in with, or is signed in with.
    const refused = [
      { path: "/v1/me/password", body: { current: PASSWORD, password: "another long password" } },
      { method: "DELETE", path: "/v1/me/passkeys/none" },
      { method: "PATCH", path: "/v1/me", body: { name: "x" } },
      { path: "/v1/me/sessions" },
      { method: "DELETE", path: "/v1/me/sessions/none" },
    ];
    for (const request of refused)
      expect(errorOf(await thief.call(request))).toMatchObject({
        status: 403,
        error: { code: "second_factor_missing" },
      });
    const session = (await member.call({ path: "/v1/session" })).json();
    expect(session).toMatchObject({ second_factor_missing: true, permissions: [] });

    const begun = (await member.call({ method: "POST", path: "/v1/me/totp" })).json<{
      secret: string;
      state: string;
    }>();
    const app = new TOTP({ secret: Secret.fromBase32(begun.secret) });
    const confirm = { path: "/v1/me/totp/confirm", body: { state: begun.state, code: app.generate() } };
    expect((await member.call(confirm)).status).toBe(200);
    expect((await member.call({ path: "/v1/events" })).status).toBe(200);
    expect((await member.call({ path: "/v1/session" })).json()).toMatchObject({ second_factor_missing: false });
    // Whoever knew no more than the password is out.
    expect((await thief.call({ path: "/v1/events" })).status).toBe(401);
    const again = await visitor(server).call({ path: "/v1/session", body: { email, password: PASSWORD } });
    expect(errorOf(again)).toMatchObject({ status: 401, error: { code: "second_factor_required" } });
    await set({ second_factor_required: false });
  });

  test("it is recorded, and asked of no other tenant", async () => {
    const changes = (await ownEvents(server, key, "settings.updated")).flatMap((event) => event.changes ?? []);
    expect(changes).toContainEqual({ field: "second_factor_required", before: false, after: true });
    const link = await byLink(server, "--operator");
    const other = await joined(server, link, { email: "op@example.com", role: "operator" });
    expect((await other.call({ path: "/v1/projects" })).status).toBe(200);
  });
});

describe("how long sessions last", () => {
  test("as long as the tenant says, and never longer than the instance allows", async () => {
    expect((await set({ session_hours: 11 })).status).toBe(400);
    expect((await set({ session_idle_minutes: 61 })).status).toBe(400);
    const shown = (await set({ session_hours: 2, session_idle_minutes: 5 })).json();
    expect(shown).toMatchObject({ session_hours: 2, session_idle_minutes: 5 });
    await joined(server, owner, { email: "hours@example.com", role: "analyst" });
    const body = { email: "hours@example.com", password: PASSWORD };
    const { expires_at: expires } = (await visitor(server).call({ path: "/v1/session", body })).json<{
      expires_at: string;
    }>();
    const hours = (Date.parse(expires) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(1.9);
    expect(hours).toBeLessThanOrEqual(2);
    expect((await set({ session_hours: null, session_idle_minutes: null })).json()).toMatchObject({
      session_hours: null,
      session_idle_minutes: null,
      instance: { session_idle_minutes: 60, session_hours: 10 },
    });
  });
});

describe("what the server records by itself", () => {
  test("a tenant that a key makes by recording for it", async () => {
    const maker = await server.createKey({
      project: "many",
      scopes: ["events:write", "events:read", "tenants:create"],
    });
    await record(server, maker, [
      { action: "a.b", tenant: "first" },
      { action: "a.b", tenant: "second" },
    ]);
    await record(server, maker, { action: "a.b", tenant: "third" });
    for (const tenant of ["first", "second", "third"]) {
      const headers = { "cairn-tenant": tenant };
      const events = await ownEvents(server, maker, "tenant.created", { headers });
      await expect
        .poll(async () => (await ownEvents(server, maker, "tenant.created", { headers })).length, { timeout: 20_000 })
        .toBe(1);
      const [event] = events.length > 0 ? events : await ownEvents(server, maker, "tenant.created", { headers });
      expect(event).toMatchObject({
        actor: { type: "api", name: "Provisioning API" },
        targets: [{ type: "tenant", id: tenant }],
      });
    }
  });

  test("a key of a whole project whose time is over, in the operator's log", async () => {
    await server.createKey({ project: "many", scopes: ["events:write"], expiresDays: 1 / 86_400 });
    await delay(1_500);
    await server.stop();
    await server.start();
    const events = await ownEvents(server, operatorKey, "api_key.expired");
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ actor: { type: "system", name: "System" }, details: { project: "many" } });
  });
});

describe("changes at one time", () => {
  const settings = async () => (await call(server, { path: "/v1/settings", key })).json<Record<string, unknown>>();
  const until = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

  test.each([1, 2, 3])("all count, whatever their order (%i)", async (round) => {
    const view = await owner.call({ path: "/v1/views", body: { name: `view ${round}`, shared: true } });
    const { id } = view.json<{ id: string }>();
    const expiry = until(round);
    const answers = await Promise.all([
      set({ session_hours: round }),
      owner.call({ method: "PUT", path: "/v1/operator-access", body: { expires_at: expiry } }),
      set({ session_idle_minutes: 10 + round }),
      owner.call({ method: "PUT", path: "/v1/default-view", body: { id } }),
      set({ person_target_types: [`type-${round}`], name: `Acme ${round}` }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await settings()).toMatchObject({
      name: `Acme ${round}`,
      session_hours: round,
      session_idle_minutes: 10 + round,
      operator_access_until: expiry,
      default_view: id,
      person_target_types: [`type-${round}`],
    });
  });

  test("access of operators that ends while settings are changed has ended", async () => {
    await owner.call({ method: "PUT", path: "/v1/operator-access", body: { expires_at: until(60) } });
    await Promise.all([
      set({ session_hours: 4 }),
      owner.call({ method: "DELETE", path: "/v1/operator-access" }),
      set({ session_hours: 5 }),
    ]);
    expect((await settings()).operator_access_until).toBeNull();
  });

  test("the log tells of each from what it was before to what it was then", async () => {
    await set({ session_hours: 1 });
    await Promise.all([2, 3, 4].map((hours) => set({ session_hours: hours })));
    const hours = (each: unknown) => (each === null ? "none" : String(each));
    // Each change begins where another ended: as many begin at a value as end there, but for the first and the last.
    await expect
      .poll(async () => {
        const found = await ownEvents(server, key, "settings.updated");
        const steps = found.flatMap(({ changes = [] }) => changes.filter(({ field }) => field === "session_hours"));
        const begun = [...steps.map(({ before }) => hours(before)), hours((await settings()).session_hours)];
        const ended = ["none", ...steps.map(({ after }) => hours(after))];
        return steps.length < 4 ? "too few yet" : begun.toSorted().join() === ended.toSorted().join();
      })
      .toBe(true);
  });

  test("of a project, too", async () => {
    const path = "/v1/projects/together";
    const whole = await server.createKey({ project: "together", scopes: ["admin"] });
    const change = (body: object) => call(server, { method: "PATCH", path, key: whole, body });
    await Promise.all([
      change({ allowed_origins: ["https://app.example.com"] }),
      change({ free_text_is_personal: true }),
      call(server, { method: "PUT", path: "/v1/categories", key: whole, body: { preset: "tenant_portal" } }),
      change({ name: "Together" }),
    ]);
    expect((await call(server, { path, key: whole })).json()).toMatchObject({
      name: "Together",
      free_text_is_personal: true,
      allowed_origins: ["https://app.example.com"],
    });
    const { categories } = (await call(server, { path: "/v1/categories", key: whole })).json<{
      categories: unknown;
    }>();
    expect(categories).toEqual(CATEGORY_PRESETS.tenant_portal);
  });

  test("of a tenant, too", async () => {
    const path = "/v1/tenants/acme";
    const headers = { "cairn-project": "default" };
    const change = (body: object) => call(server, { method: "PATCH", path, key: operatorKey, headers, body });
    const expiry = until(600);
    await Promise.all([change({ name: "Both" }), change({ expires_at: expiry }), set({ session_hours: 6 })]);
    const shown = (await call(server, { path, key: operatorKey, headers })).json();
    expect(shown).toMatchObject({ name: "Both", expires_at: expiry });
    expect(await settings()).toMatchObject({ session_hours: 6 });
    await change({ expires_at: null });
  });
});
