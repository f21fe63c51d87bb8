import { startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, type Call, call, errorOf, record } from "./support/call.ts";
import { finishedExport } from "./support/exports.ts";

/** What a request can name: things of one tenant, or things that nobody has. */
interface Things {
  readonly id: string;
  readonly ledger: number;
  readonly sequence: number;
  readonly exportId: string;
  readonly logId: string;
  readonly action: string;
}

interface RouteCase {
  /** `public`: nobody needs a key. `log`: a key of the tenant whose log it is. Else the scope. */
  readonly access: "public" | "log" | "events:write" | "events:read" | "exports" | "catalog:write";
  /** Whose it is: what belongs to a project is shared by its tenants. */
  readonly owner: "tenant" | "project" | "nobody";
  readonly call: (things: Things) => Call;
}

/** Every route of `/openapi.json`. A route without a line here fails the test. */
const ROUTES: Readonly<Record<string, RouteCase>> = {
  "POST /v1/events": write("events:write", () => ({ path: "/v1/events", body: { action: "a.b" } })),
  "GET /v1/events": read(() => ({ path: "/v1/events" })),
  "GET /v1/events/{ledger}/{sequence}": read((t) => ({ path: `/v1/events/${t.ledger}/${t.sequence}` })),
  "GET /v1/events/{ledger}/{sequence}/proof": read((t) => ({ path: `/v1/events/${t.ledger}/${t.sequence}/proof` })),
  "POST /v1/events/search": read((t) => ({ path: "/v1/events/search", body: { q: `id:${t.id}` } })),
  "GET /v1/events/{id}": read((t) => ({ path: `/v1/events/${t.id}` })),
  "GET /v1/facets": read(() => ({ path: "/v1/facets?fields=action,actor,target,ip" })),
  "POST /v1/facets": read(() => ({ path: "/v1/facets", body: {} })),
  "GET /v1/histogram": read(() => ({ path: "/v1/histogram" })),
  "POST /v1/histogram": read(() => ({ path: "/v1/histogram", body: {} })),
  "GET /v1/changes": read(() => ({ path: "/v1/changes" })),
  "GET /v1/refused": { access: "events:write", owner: "tenant", call: () => ({ path: "/v1/refused" }) },
  "GET /v1/tenant": read(() => ({ path: "/v1/tenant" })),
  "POST /v1/exports": write("exports", () => ({ path: "/v1/exports", body: { format: "csv" } })),
  "GET /v1/exports": { access: "exports", owner: "tenant", call: () => ({ path: "/v1/exports" }) },
  "GET /v1/exports/{id}": write("exports", (t) => ({ path: `/v1/exports/${t.exportId}` })),
  "DELETE /v1/exports/{id}": write("exports", (t) => ({ method: "DELETE", path: `/v1/exports/${t.exportId}` })),
  "GET /v1/exports/{id}/file": write("exports", (t) => ({ path: `/v1/exports/${t.exportId}/file` })),
  "GET /log/{logId}/{*}": { access: "log", owner: "tenant", call: (t) => ({ path: `/log/${t.logId}/checkpoint` }) },
  "GET /v1/actions": { access: "events:read", owner: "project", call: () => ({ path: "/v1/actions" }) },
  "GET /v1/actions/{action}": {
    access: "events:read",
    owner: "project",
    call: (t) => ({ path: `/v1/actions/${t.action}` }),
  },
  "PUT /v1/actions/{action}": {
    access: "catalog:write",
    owner: "project",
    call: () => ({ method: "PUT", path: "/v1/actions/made.here", body: {} }),
  },
  "GET /v1/categories": { access: "events:read", owner: "project", call: () => ({ path: "/v1/categories" }) },
  "PUT /v1/categories": {
    access: "catalog:write",
    owner: "project",
    call: () => ({ method: "PUT", path: "/v1/categories", body: { preset: "default" } }),
  },
  "POST /v1/session/end": open({ method: "POST", path: "/v1/session/end" }),
  "GET /healthz": open({ path: "/healthz" }),
  "GET /readyz": open({ path: "/readyz" }),
  "GET /metrics": open({ path: "/metrics" }),
  "GET /schemas/event.json": open({ path: "/schemas/event.json" }),
};

function read(make: RouteCase["call"]): RouteCase {
  return { access: "events:read", owner: "tenant", call: make };
}

function write(access: RouteCase["access"], make: RouteCase["call"]): RouteCase {
  return { access, owner: "tenant", call: make };
}

function open(request: Call): RouteCase {
  return { access: "public", owner: "nobody", call: () => request };
}

const ALL_SCOPES = ["events:write", "events:read", "exports", "catalog:write"];
const MARK = "onlyacmeknows";
const NOBODYS: Things = {
  id: "00000000-0000-7000-8000-000000000000",
  ledger: 1,
  sequence: 999_999,
  exportId: "00000000-0000-7000-8000-000000000001",
  logId: "ffffffffffffffffffff",
  action: "never.declared",
};

let server: TestServer;
let acme: Things;
let keys: Record<"acme" | "other" | "elsewhere" | "project", string>;
let scoped: Record<string, string>;

beforeAll(async () => {
  server = await startServer();
  const [acmeKey, other, elsewhere, project, ...partial] = await Promise.all([
    server.createKey({ tenant: "acme", scopes: ALL_SCOPES }),
    server.createKey({ tenant: "other", scopes: ALL_SCOPES }),
    server.createKey({ project: "elsewhere", tenant: "acme", scopes: ALL_SCOPES }),
    server.createKey({ project: "elsewhere", scopes: ALL_SCOPES }),
    ...ALL_SCOPES.map((scope) => server.createKey({ tenant: "acme", scopes: [scope] })),
  ]);
  keys = { acme: acmeKey, other, elsewhere, project };
  scoped = Object.fromEntries(ALL_SCOPES.map((scope, i) => [scope, partial[i] ?? ""]));
  const events = Array.from({ length: 30 }, (_, i) => ({
    action: `${MARK}.viewed`,
    actor: { id: `${MARK}-${i}`, name: MARK },
    targets: [{ type: "document", id: `${MARK}-d` }],
    context: { ip: "203.0.113.77" },
  }));
  const answer = await record(server, acmeKey, events);
  const [first] = answer.json<{ results: { id: string }[] }>().results;
  await record(server, acmeKey, { action: "Not Valid", description: MARK }, "");
  await record(server, acmeKey, { action: "seal.now" }, "wait=sealed");
  await call(server, { method: "PUT", path: `/v1/actions/${MARK}.viewed`, key: acmeKey, body: {} });
  const { log } = (await call(server, { path: "/v1/tenant", key: acmeKey })).json<{ log: { id: string } }>();
  acme = {
    id: first?.id ?? "",
    ledger: 1,
    sequence: 20,
    exportId: (await finishedExport(server, acmeKey, { format: "ndjson" })).id,
    logId: log.id,
    action: `${MARK}.viewed`,
  };
});
afterAll(() => server.remove());

const names = Object.keys(ROUTES);
const send = (
  name: string,
  options: { things: Things; key?: string | undefined; headers?: Record<string, string> },
) => {
  const route = ROUTES[name]!;
  const { things, key, headers } = options;
  return call(server, { ...route.call(things), key, ...(headers === undefined ? {} : { headers }) });
};

test("every route of the description has a case, and every case a route", async () => {
  const { paths } = (await call(server, { path: "/openapi.json" })).json<{ paths: Record<string, object> }>();
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.toSorted()).toEqual(names.toSorted());
});

const guarded = names.filter((name) => ROUTES[name]?.access !== "public");

describe.each(guarded)("%s", (name) => {
  test.each([
    ["no key", undefined],
    ["a key that is none", "cairn_0000000000000000000000000000000000000000000"],
    ["a key that is nonsense", "x"],
  ])("%s: the same answer, whether there is something or not", async (_what, key) => {
    const there = await send(name, { things: acme, key });
    const nowhere = await send(name, { things: NOBODYS, key });
    expect(there.status).toBe(401);
    expect(errorOf(there)).toEqual(errorOf(nowhere));
    expect(there.headers.get("www-authenticate")).toBe("Bearer");
    expect(there.text).not.toContain(MARK);
  });

  const { access } = ROUTES[name]!;
  const lacking = ALL_SCOPES.filter((scope) => scope !== access && !(access === "log" && scope === "events:read"));
  test.each(lacking)("a key with %s only: the same answer, whether there is something or not", async (scope) => {
    const there = await send(name, { things: acme, key: scoped[scope] });
    const nowhere = await send(name, { things: NOBODYS, key: scoped[scope] });
    // Whether a log is there is answered before the scope is looked at: the path names it, and it may be public.
    if (access === "log") expect([there.status, nowhere.status]).toEqual([403, 404]);
    else {
      expect(there.status).toBe(403);
      expect(errorOf(there)).toEqual(errorOf(nowhere));
    }
    expect(there.text).not.toContain(MARK);
  });

  test.each(["other", "elsewhere"] as const)(
    "the key of a tenant %s: nothing of it, and no sign of it",
    async (who) => {
      const there = await send(name, { things: acme, key: keys[who] });
      expect(there.status).toBeLessThan(500);
      const { owner } = ROUTES[name]!;
      // The catalog belongs to the project, and `other` is of the same one.
      if (owner === "project" && who === "other") return;
      if (there.status >= 400)
        expect(errorOf(there)).toEqual(errorOf(await send(name, { things: NOBODYS, key: keys[who] })));
      expect(there.text).not.toContain(MARK);
      expect(there.text).not.toContain("203.0.113.77");
    },
  );

  test("a key of another project that names the tenant: as if it did not exist", async () => {
    const ask = (tenant: string, things: Things): Promise<Answer> =>
      send(name, { things, key: keys.project, headers: { "cairn-tenant": tenant } });
    const known = await ask("other", acme);
    const unknown = await ask("nosuchtenant", NOBODYS);
    expect(known.status).toBeLessThan(500);
    if (known.status >= 400) expect(errorOf(known)).toEqual(errorOf(unknown));
    expect(known.text).not.toContain(MARK);
  });

  test("its own key: it works", async () => {
    if (name.startsWith("DELETE")) return;
    const answer = await send(name, { things: acme, key: keys.acme });
    expect(answer.status).toBeLessThan(300);
  });
});

test("what a tenant's key may not see does not disappear either: the export is still there", async () => {
  const { state } = (await call(server, { path: `/v1/exports/${acme.exportId}`, key: keys.acme })).json<{
    state: string;
  }>();
  expect(state).toBe("done");
});

test("routes without a key tell nothing of a tenant", async () => {
  for (const name of names.filter((each) => ROUTES[each]?.access === "public")) {
    const answer = await send(name, { things: acme });
    expect(answer.status).toBeLessThan(300);
    expect(answer.text).not.toContain(MARK);
  }
});

test("an expired key and a key in another place are no keys", async () => {
  const expired = await server.createKey({ tenant: "acme", scopes: ALL_SCOPES, expiresDays: 1e-9 });
  expect((await call(server, { path: "/v1/events", key: expired })).status).toBe(401);
  const basic = Buffer.from(`x:${keys.acme}`).toString("base64");
  for (const authorization of [`Basic ${basic}`, keys.acme, `Bearer  ${keys.acme}`, `Bearer ${keys.acme} x`, "Bearer"])
    expect((await call(server, { path: "/v1/events", headers: { authorization } })).status).toBe(401);
  expect((await call(server, { path: `/v1/events?key=${keys.acme}` })).status).toBe(401);
});
