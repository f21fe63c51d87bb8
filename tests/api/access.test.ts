import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, type Call, call, errorOf, record } from "./support/call.ts";
import { finishedExport } from "./support/exports.ts";
import { byLink, joined, type Visitor } from "./support/people.ts";
import { PROTOCOL_ROUTES } from "./support/protocol-routes.ts";

const MARK = "onlyacmeknows";
const CREDENTIAL = { id: "x", rawId: "x", type: "public-key", response: {} };
const CREDENTIAL_OF_NOBODY = { ...CREDENTIAL, response: { userHandle: "bm9ib2R5" } };

/** What a request can name: things of one tenant, or things that nobody has. */
interface Things {
  readonly id: string;
  readonly ledger: number;
  readonly sequence: number;
  readonly exportId: string;
  readonly logId: string;
  readonly action: string;
  readonly member: string;
  readonly group: string;
  readonly key: string;
  readonly session: string;
  readonly subject: string;
  readonly view: string;
  readonly source: string;
  readonly tenant: string;
  readonly project: string;
}

interface RouteCase {
  /**
   * `public`: nobody needs a key. `door`: the same, but it wants something to let in. `log`: a key of the tenant whose log
   * it is. `self`: a member about themselves. Else the permission of docs/access.md.
   */
  readonly access: string;
  /** Whose it is: what belongs to a project is shared by its tenants. */
  readonly owner: "tenant" | "project" | "instance" | "nobody";
  readonly call: (things: Things) => Call;
  /** Done, it would end what the other cases need: only refusals are looked at. */
  readonly isHarmful?: true;
  /** It holds for all tenants of the project, which has several: whoever is bound to one of them may not. */
  readonly isShared?: true;
  /** Its protocol answers a key that nobody has otherwise than none at all. */
  readonly unknownKey?: 403;
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
  "GET /v1/refused": { access: "refused:read", owner: "tenant", call: () => ({ path: "/v1/refused" }) },
  "GET /v1/tenant": read(() => ({ path: "/v1/tenant" })),
  "POST /v1/exports": write("exports", () => ({ path: "/v1/exports", body: { format: "csv" } })),
  "GET /v1/exports": write("exports", () => ({ path: "/v1/exports" })),
  "GET /v1/exports/{id}": write("exports", (t) => ({ path: `/v1/exports/${t.exportId}` })),
  "DELETE /v1/exports/{id}": harm("exports", (t) => ({ method: "DELETE", path: `/v1/exports/${t.exportId}` })),
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
    isShared: true,
    call: () => ({ method: "PUT", path: "/v1/actions/made.here", body: {} }),
  },
  "GET /v1/categories": { access: "events:read", owner: "project", call: () => ({ path: "/v1/categories" }) },
  "PUT /v1/categories": {
    access: "catalog:write",
    owner: "project",
    isShared: true,
    call: () => ({ method: "PUT", path: "/v1/categories", body: { preset: "default" } }),
  },
  "GET /v1/members": write("members:read", () => ({ path: "/v1/members" })),
  "GET /v1/members/{id}": write("members:read", (t) => ({ path: `/v1/members/${t.member}` })),
  "POST /v1/members": write("members:write", () => ({
    path: "/v1/members",
    body: { email: newEmail(), role: "analyst" },
  })),
  "PATCH /v1/members/{id}": write("members:write", (t) => ({
    ...{ method: "PATCH", path: `/v1/members/${t.member}` },
    body: { name: MARK },
  })),
  "DELETE /v1/members/{id}": harm("members:write", (t) => ({ method: "DELETE", path: `/v1/members/${t.member}` })),
  "POST /v1/members/{id}/invitation": write("members:write", (t) => ({
    path: `/v1/members/${t.member}/invitation`,
    body: {},
  })),
  "GET /v1/groups": write("members:read", () => ({ path: "/v1/groups" })),
  "POST /v1/groups": write("members:write", () => ({ path: "/v1/groups", body: { name: "made here" } })),
  "PATCH /v1/groups/{id}": write("members:write", (t) => ({
    ...{ method: "PATCH", path: `/v1/groups/${t.group}` },
    body: { name: MARK },
  })),
  "DELETE /v1/groups/{id}": harm("members:write", (t) => ({ method: "DELETE", path: `/v1/groups/${t.group}` })),
  "GET /v1/sessions": write("members:read", () => ({ path: "/v1/sessions" })),
  "DELETE /v1/sessions/{id}": harm("members:write", (t) => ({ method: "DELETE", path: `/v1/sessions/${t.session}` })),
  "GET /v1/keys": write("keys:read", () => ({ path: "/v1/keys" })),
  "GET /v1/keys/{id}": write("keys:read", (t) => ({ path: `/v1/keys/${t.key}` })),
  "POST /v1/keys": write("keys:write", () => ({ path: "/v1/keys", body: { name: "x", scopes: ["events:write"] } })),
  "PATCH /v1/keys/{id}": write("keys:write", (t) => ({
    ...{ method: "PATCH", path: `/v1/keys/${t.key}` },
    body: { name: MARK },
  })),
  "POST /v1/keys/{id}/rotate": harm("keys:write", (t) => ({ path: `/v1/keys/${t.key}/rotate`, body: {} })),
  "DELETE /v1/keys/{id}": harm("keys:write", (t) => ({ method: "DELETE", path: `/v1/keys/${t.key}` })),
  "GET /v1/settings": write("settings:read", () => ({ path: "/v1/settings" })),
  "PATCH /v1/settings": write("settings:write", () => ({ method: "PATCH", path: "/v1/settings", body: {} })),
  "PUT /v1/operator-access": harm("grants:write", () => ({
    ...{ method: "PUT", path: "/v1/operator-access" },
    body: { expires_at: "2100-01-01T00:00:00Z" },
  })),
  "DELETE /v1/operator-access": harm("grants:write", () => ({ method: "DELETE", path: "/v1/operator-access" })),
  "GET /v1/identity-provider": write("settings:read", () => ({ path: "/v1/identity-provider" })),
  "PUT /v1/identity-provider": harm("sign-in:write", () => ({
    ...{ method: "PUT", path: "/v1/identity-provider" },
    body: { issuer: "https://id.example.com", client_id: "x", client_secret: "y" },
  })),
  "DELETE /v1/identity-provider": harm("sign-in:write", () => ({ method: "DELETE", path: "/v1/identity-provider" })),
  "GET /v1/sources": write("sources:read", () => ({ path: "/v1/sources" })),
  "GET /v1/sources/kinds": write("sources:read", () => ({ path: "/v1/sources/kinds" })),
  "GET /v1/sources/presets": write("sources:read", () => ({ path: "/v1/sources/presets" })),
  "POST /v1/sources": write("sources:write", () => ({ path: "/v1/sources", body: { kind: "okta_hook", name: "x" } })),
  "POST /v1/sources/preview": write("sources:write", () => ({
    path: "/v1/sources/preview",
    body: {
      definition: { version: 1, name: "x", input: { format: "json" }, fields: { action: { constant: "x.y" } } },
      sample: "{}",
    },
  })),
  "GET /v1/sources/{id}": write("sources:read", (t) => ({ path: `/v1/sources/${t.source}` })),
  "PATCH /v1/sources/{id}": write("sources:write", (t) => ({
    ...{ method: "PATCH", path: `/v1/sources/${t.source}` },
    body: { name: MARK },
  })),
  "DELETE /v1/sources/{id}": harm("sources:write", (t) => ({ method: "DELETE", path: `/v1/sources/${t.source}` })),
  "POST /v1/sources/{id}/token": harm("sources:write", (t) => ({
    method: "POST",
    path: `/v1/sources/${t.source}/token`,
  })),
  "POST /v1/sources/{id}/test": write("sources:write", (t) => ({ path: `/v1/sources/${t.source}/test`, body: {} })),
  "POST /v1/sources/{id}/collect": write("sources:write", (t) => ({
    method: "POST",
    path: `/v1/sources/${t.source}/collect`,
  })),
  "GET /v1/sources/{id}/rejects": write("refused:read", (t) => ({ path: `/v1/sources/${t.source}/rejects` })),
  "POST /v1/sources/{id}/events": door({ path: "/v1/sources/src_00000000000000000000/events", body: [] }),
  "GET /v1/sources/{id}/events": door({ path: "/v1/sources/src_00000000000000000000/events" }),
  "POST /v1/viewer-tokens": write("viewer-tokens", () => ({ path: "/v1/viewer-tokens", body: { viewer: "v" } })),
  "GET /v1/tenants": instance("tenants:write", () => ({ path: "/v1/tenants" })),
  "POST /v1/tenants": {
    ...instance("tenants:write", () => ({ path: "/v1/tenants", body: { id: "new" } })),
    isHarmful: true,
  },
  "GET /v1/tenants/{tenant}": instance("tenants:write", (t) => ({ path: `/v1/tenants/${t.tenant}` })),
  "PATCH /v1/tenants/{tenant}": instance("tenants:write", (t) => ({
    ...{ method: "PATCH", path: `/v1/tenants/${t.tenant}` },
    body: {},
  })),
  "POST /v1/tenants/{tenant}/suspend": harmInstance((t) => ({
    method: "POST",
    path: `/v1/tenants/${t.tenant}/suspend`,
  })),
  "POST /v1/tenants/{tenant}/resume": harmInstance((t) => ({ method: "POST", path: `/v1/tenants/${t.tenant}/resume` })),
  "POST /v1/tenants/{tenant}/deletion": harmInstance((t) => ({
    method: "POST",
    path: `/v1/tenants/${t.tenant}/deletion`,
  })),
  "DELETE /v1/tenants/{tenant}/deletion": harmInstance((t) => ({
    method: "DELETE",
    path: `/v1/tenants/${t.tenant}/deletion`,
  })),
  "PUT /v1/tenants/{tenant}/domains": harmInstance((t) => ({
    ...{ method: "PUT", path: `/v1/tenants/${t.tenant}/domains` },
    body: { domains: [] },
  })),
  "GET /v1/projects": instance("projects:write", () => ({ path: "/v1/projects" })),
  "POST /v1/projects": harmInstance(() => ({ path: "/v1/projects", body: { id: "new" } })),
  "GET /v1/projects/{project}": instance("projects:write", (t) => ({ path: `/v1/projects/${t.project}` })),
  "PATCH /v1/projects/{project}": instance("projects:write", (t) => ({
    ...{ method: "PATCH", path: `/v1/projects/${t.project}` },
    body: {},
  })),
  "GET /v1/subjects": read(() => ({ path: "/v1/subjects" })),
  "POST /v1/subjects/search": read(() => ({ path: "/v1/subjects/search", body: {} })),
  "GET /v1/subjects/{ref}": read((t) => ({ path: `/v1/subjects/${t.subject}` })),
  "PUT /v1/subjects/{namespace}/{value}": write("subjects:write", () => ({
    ...{ method: "PUT", path: `/v1/subjects/user/${MARK}-0` },
    body: { name: "Somebody" },
  })),
  "PUT /v1/subjects/{ref}": write("subjects:write", (t) => ({
    ...{ method: "PUT", path: `/v1/subjects/${t.subject}` },
    body: { groups: ["day shift"] },
  })),
  "PUT /v1/subjects/{ref}/same-as/{other}": write("subjects:write", (t) => ({
    ...{ method: "PUT", path: `/v1/subjects/${t.subject}/same-as/${t.subject}` },
  })),
  "DELETE /v1/subjects/{ref}/same-as": write("subjects:write", (t) => ({
    ...{ method: "DELETE", path: `/v1/subjects/${t.subject}/same-as` },
  })),
  "POST /v1/subjects": write("subjects:write", () => ({
    path: "/v1/subjects",
    body: { subjects: [{ namespace: "user", value: `${MARK}-1`, groups: ["night shift"] }] },
  })),
  "GET /v1/views": read(() => ({ path: "/v1/views" })),
  "GET /v1/views/{id}": read((t) => ({ path: `/v1/views/${t.view}` })),
  "POST /v1/views": write("views:write", () => ({ path: "/v1/views", body: { name: "everything", shared: true } })),
  "PUT /v1/views/{id}": write("views:write", (t) => ({
    ...{ method: "PUT", path: `/v1/views/${t.view}` },
    body: { name: MARK, shared: true },
  })),
  "DELETE /v1/views/{id}": harm("views:write", (t) => ({ method: "DELETE", path: `/v1/views/${t.view}` })),
  "PUT /v1/default-view": write("views:write", (t) => ({
    ...{ method: "PUT", path: "/v1/default-view" },
    body: { id: t.view },
  })),
  // Last of those that name a tenant: recording by them makes the tenant in the project of the key.
  ...PROTOCOL_ROUTES,
  "GET /v1/me": self(() => ({ path: "/v1/me" })),
  "PATCH /v1/me": self(() => ({ method: "PATCH", path: "/v1/me", body: { name: "Somebody" } })),
  "GET /v1/me/sessions": self(() => ({ path: "/v1/me/sessions" })),
  "DELETE /v1/me/sessions/{id}": self((t) => ({ method: "DELETE", path: `/v1/me/sessions/${t.session}` })),
  "POST /v1/me/password": self(() => ({ path: "/v1/me/password", body: { current: "x", password: "too short" } })),
  "POST /v1/me/totp": self(() => ({ method: "POST", path: "/v1/me/totp" })),
  "POST /v1/me/totp/confirm": self(() => ({ path: "/v1/me/totp/confirm", body: { state: "x", code: "000000" } })),
  "POST /v1/me/totp/remove": self(() => ({ path: "/v1/me/totp/remove", body: { password: "x" } })),
  "POST /v1/me/recovery-codes": self(() => ({ path: "/v1/me/recovery-codes", body: { password: "x" } })),
  "POST /v1/me/passkeys/options": self(() => ({ method: "POST", path: "/v1/me/passkeys/options" })),
  "POST /v1/me/passkeys": self(() => ({
    path: "/v1/me/passkeys",
    body: { state: "x", name: "y", response: CREDENTIAL },
  })),
  "DELETE /v1/me/passkeys/{id}": self(() => ({ method: "DELETE", path: "/v1/me/passkeys/none" })),
  "POST /v1/me/member": self(() => ({
    path: "/v1/me/member",
    body: { email: "me@example.com", name: "Me", password: "long enough for a password" },
  })),
  "GET /v1/session": door({ path: "/v1/session" }),
  "POST /v1/session": door({ path: "/v1/session", body: { email: "nobody@example.com", password: "x" } }),
  "POST /v1/session/methods": door({ path: "/v1/session/methods", body: { email: "nobody@example.com" } }),
  "POST /v1/session/passkey/options": door({ method: "POST", path: "/v1/session/passkey/options" }),
  "POST /v1/session/passkey": door({
    path: "/v1/session/passkey",
    body: { state: "x", response: CREDENTIAL_OF_NOBODY },
  }),
  "GET /v1/session/oidc": door({ path: "/v1/session/oidc?email=nobody@example.com" }),
  "GET /v1/session/oidc/callback": door({ path: "/v1/session/oidc/callback?code=x&state=y" }),
  "POST /v1/invitations/inspect": door({ path: "/v1/invitations/inspect", body: { token: "x" } }),
  "POST /v1/invitations/accept": door({ path: "/v1/invitations/accept", body: { token: "x", password: "y" } }),
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

function harm(access: RouteCase["access"], make: RouteCase["call"]): RouteCase {
  return { ...write(access, make), isHarmful: true };
}

function instance(access: RouteCase["access"], make: RouteCase["call"]): RouteCase {
  return { access, owner: "instance", call: make };
}

function harmInstance(make: RouteCase["call"]): RouteCase {
  return { ...instance("instance:write", make), isHarmful: true };
}

function self(make: RouteCase["call"]): RouteCase {
  return { access: "self", owner: "nobody", call: make };
}

function door(request: Call): RouteCase {
  return { access: "door", owner: "nobody", call: () => request };
}

function open(request: Call): RouteCase {
  return { access: "public", owner: "nobody", call: () => request };
}

function newEmail(): string {
  return `${randomUUID()}@example.com`;
}

const ALL_SCOPES = ["events:write", "events:read", "exports", "catalog:write"];
/** What a key with one scope may do. */
const SCOPE_GIVES: Readonly<Record<string, readonly string[]>> = {
  "events:write": ["events:write", "refused:read", "subjects:write"],
  "events:read": ["events:read", "log"],
  exports: ["exports"],
  "catalog:write": ["catalog:write"],
};
const NOBODYS: Things = {
  id: "00000000-0000-7000-8000-000000000000",
  ledger: 1,
  sequence: 999_999,
  exportId: "00000000-0000-7000-8000-000000000001",
  logId: "ffffffffffffffffffff",
  action: "never.declared",
  member: "mem_00000000000000000000",
  group: "grp_00000000000000000000",
  key: "00000000-0000-4000-8000-000000000000",
  session: "ses_00000000000000000000",
  subject: "sub_0000000000000000",
  view: "vew_00000000000000000000",
  source: "src_00000000000000000000",
  tenant: "nosuchtenant",
  project: "nosuchproject",
};

let server: TestServer;
let acme: Things;
let keys: Record<"acme" | "other" | "elsewhere" | "project", string>;
let scoped: Record<string, string>;
let people: Readonly<Record<string, Visitor>>;

beforeAll(async () => {
  server = await startServer();
  const [acmeKey, other, elsewhere, project, ...partial] = await Promise.all([
    server.createKey({ tenant: "acme", scopes: [...ALL_SCOPES, "admin"] }),
    server.createKey({ tenant: "other", scopes: [...ALL_SCOPES, "admin"] }),
    server.createKey({ project: "elsewhere", tenant: "acme", scopes: [...ALL_SCOPES, "admin"] }),
    server.createKey({ project: "elsewhere", scopes: [...ALL_SCOPES, "admin"] }),
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
  const catalogKey = await server.createKey({ scopes: ["catalog:write"] });
  await call(server, { method: "PUT", path: `/v1/actions/${MARK}.viewed`, key: catalogKey, body: {} });
  const { log } = (await call(server, { path: "/v1/tenant", key: acmeKey })).json<{ log: { id: string } }>();
  acme = {
    id: first?.id ?? "",
    ledger: 1,
    sequence: 20,
    exportId: (await finishedExport(server, acmeKey, { format: "ndjson" })).id,
    logId: log.id,
    action: `${MARK}.viewed`,
    ...(await makePeople(acmeKey)),
    subject: await refOf(acmeKey, first?.id ?? ""),
    tenant: "acme",
    project: "default",
  };
});
afterAll(() => server.remove());

/** The reference of who did something. */
async function refOf(key: string, id: string): Promise<string> {
  const { actor } = (await call(server, { path: `/v1/events/${id}`, key })).json<{ actor: { ref: string } }>();
  return actor.ref;
}

/** A member of each role, one behind a wall, and the things that can be named. */
async function makePeople(
  admin: string,
): Promise<Pick<Things, "member" | "group" | "key" | "session" | "source" | "view">> {
  const link = await byLink(server, "--tenant", "acme");
  const made = async <T>(path: string, body: object) => (await call(server, { path, key: admin, body })).json<T>();
  const expires = new Date(Date.now() + 3_600_000).toISOString();
  const join = (role: string, more: object = {}) =>
    joined(server, link, { email: newEmail(), role, name: MARK, ...more });
  people = {
    owner: await join("owner"),
    administrator: await join("administrator"),
    analyst: await join("analyst"),
    auditor: await join("auditor", { expires_at: expires }),
    operator: await joined(server, await byLink(server, "--operator"), { email: newEmail(), role: "operator" }),
    walled: await join("administrator", { wall: "action:nothing.is.here" }),
  };
  const member = await made<{ id: string }>("/v1/members", { email: newEmail(), role: "analyst", name: MARK });
  const group = await made<{ id: string }>("/v1/groups", { name: MARK });
  const key = await made<{ id: string }>("/v1/keys", { name: MARK, scopes: ["events:write"] });
  // Polled where nobody answers, and where the server does not go.
  const source = await made<{ id: string }>("/v1/sources", {
    ...{ kind: "okta_poller", name: MARK, secrets: { api_token: MARK }, settings: { url: "https://127.0.0.1:1" } },
  });
  const { sessions } = (await call(server, { path: "/v1/sessions", key: admin })).json<{
    sessions: { id: string }[];
  }>();
  const view = await made<{ id: string }>("/v1/views", { name: MARK, q: `actor:${MARK}-0`, shared: true });
  const session = sessions[0]?.id ?? "";
  return { member: member.id, group: group.id, key: key.id, session, source: source.id, view: view.id };
}

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

const guarded = names.filter((name) => !["public", "door"].includes(ROUTES[name]?.access ?? ""));

describe.each(guarded)("%s", (name) => {
  test.each([
    ["no key", undefined],
    ["a key that is none", "cairn_0000000000000000000000000000000000000000000"],
    ["a key that is nonsense", "x"],
  ])("%s: the same answer, whether there is something or not", async (_what, key) => {
    const there = await send(name, { things: acme, key });
    const nowhere = await send(name, { things: NOBODYS, key });
    const status = key === undefined ? 401 : (ROUTES[name]?.unknownKey ?? 401);
    expect(there.status).toBe(status);
    expect(errorOf(there)).toEqual(errorOf(nowhere));
    expect(there.headers.get("www-authenticate")).toBe(status === 401 ? "Bearer" : null);
    expect(there.text).not.toContain(MARK);
  });

  const { access } = ROUTES[name]!;
  const lacking = ALL_SCOPES.filter((scope) => SCOPE_GIVES[scope]?.includes(access) !== true);
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
      const { owner, isHarmful } = ROUTES[name]!;
      // The catalog belongs to the project, and `other` is of the same one.
      if (owner === "project" && who === "other") return;
      // Names that nobody else has are looked for by all; what they are called is theirs.
      if (owner === "tenant" && isHarmful !== true) expect([200, 201, 202, 404]).toContain(there.status);
      if (there.status >= 400)
        expect(errorOf(there)).toEqual(errorOf(await send(name, { things: NOBODYS, key: keys[who] })));
      expect(there.text).not.toContain(MARK);
      expect(there.text).not.toContain("203.0.113.77");
    },
  );

  test("a key of another project that names the tenant: as if it did not exist", async () => {
    const ask = (tenant: string, things: Things): Promise<Answer> =>
      send(name, { things, key: keys.project, headers: { "cairn-tenant": tenant } });
    // What a protocol names beside the header is the same tenant.
    const known = await ask("other", { ...acme, tenant: "other" });
    const unknown = await ask("nosuchtenant", NOBODYS);
    expect(known.status).toBeLessThan(500);
    if (known.status >= 400) expect(errorOf(known)).toEqual(errorOf(unknown));
    expect(known.text).not.toContain(MARK);
  });

  const { isHarmful, owner, isShared } = ROUTES[name]!;
  if (isHarmful === true || access === "self" || owner === "instance") return;
  test("its own key: it works", async () => {
    const answer = await send(name, { things: acme, key: keys.acme });
    if (isShared === true) expect([answer.status, answer.text]).toEqual([403, SHARED]);
    else expect(answer.status).toBeLessThan(300);
  });
});

/** What somebody bound to one of several tenants is told of what holds for all. */
const SHARED = expect.stringContaining("the catalog holds for every tenant of the project") as string;

/** Roles by permission, as docs/access.md has them. */
const TABLE = new Map(
  [
    ...readFileSync(new URL("../../docs/access.md", import.meta.url), "utf8").matchAll(
      /^\| `([a-z:-]+)` \|[^|]*\|(.*)\|$/gm,
    ),
  ].map(([, permission = "", marks = ""]) => {
    const roles = ["operator", "owner", "administrator", "analyst", "auditor"];
    return [permission, roles.filter((_, i) => marks.split("|")[i]?.trim() === "●")] as const;
  }),
);
/** What an operator needs a grant for. */
const CONTENTS = ["events:read", "exports", "refused:read", "views:write"];
const OF_ACME = { "cairn-project": "default", "cairn-tenant": "acme" };

describe.each(guarded.filter((name) => !["self", "log"].includes(ROUTES[name]?.access ?? "")))("%s", (name) => {
  const { access, isHarmful, isShared, call: make } = ROUTES[name]!;
  const ask = (role: string, things: Things) =>
    people[role]!.call({ ...make(things), headers: role === "operator" ? OF_ACME : {} });

  test.each(["operator", "owner", "administrator", "analyst", "auditor"])(
    "%s: as docs/access.md says",
    async (role) => {
      expect(TABLE.has(access)).toBe(true);
      const isAllowed = TABLE.get(access)?.includes(role) === true;
      const isOfTenant = ![
        ...["GET /v1/categories", "GET /v1/actions/{action}"],
        "GET /audit_logs/actions/{action}/schemas",
      ].includes(name);
      const isContent = (CONTENTS.includes(access) && isOfTenant) || access === "viewer-tokens";
      const needsGrant = role === "operator" && isContent;
      if (isAllowed && !needsGrant) {
        if (isHarmful === true) return;
        if (isShared === true && role !== "operator") {
          const { status, text } = await ask(role, acme);
          expect([status, text]).toEqual([403, SHARED]);
          return;
        }
        expect([200, 201, 202]).toContain((await ask(role, acme)).status);
        return;
      }
      const there = await ask(role, acme);
      const nowhere = await ask(role, NOBODYS);
      expect(there.status).toBe(403);
      expect(errorOf(there)).toEqual(errorOf(nowhere));
      expect(there.text).not.toContain(MARK);
    },
  );

  test("a member behind a wall that nothing is inside: nothing, and no sign of anything", async () => {
    const there = await ask("walled", acme);
    if (!["events:read", "exports"].includes(access)) return expect(there.status).toBe(403);
    expect(there.status).toBeLessThan(500);
    if (there.status >= 400) expect(errorOf(there)).toEqual(errorOf(await ask("walled", NOBODYS)));
    // The catalog is the project's.
    if (ROUTES[name]?.owner === "project") return;
    expect(there.text).not.toContain(MARK);
    expect(there.text).not.toMatch(/"count":[1-9]/);
  });
});

test.each(names.filter((name) => ROUTES[name]?.access === "door"))("%s tells a stranger nothing", async (name) => {
  const answer = await send(name, { things: acme });
  expect(answer.status).toBeLessThan(500);
  expect(answer.text).not.toContain(MARK);
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
