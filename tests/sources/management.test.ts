import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, errorOf } from "../api/support/call.ts";
import { type SourceServer, startSourceServer } from "./support/server.ts";
import { deliver, makeSource, ownEvents, sample, showSource } from "./support/sources.ts";

const SECRET = "a-secret-that-nobody-sees-again";
const POLLER = {
  ...{ kind: "auth0_poller", name: "Auth0", enabled: false, secrets: { client_secret: SECRET } },
  settings: { url: "https://acme.eu.auth0.com", client_id: "c-1", retention_days: 5 },
};
const DEFINITION = {
  ...{ version: 1, name: "shop", input: { format: "json" } },
  fields: { action: { template: "shop.{/what}", as: "action" }, "actor.id": { from: "/who" } },
};

let server: SourceServer;
let key: string;
let other: string;

beforeAll(async () => {
  server = await startSourceServer({ CAIRN_ALLOW_INSECURE_SOURCES: "false" });
  key = await server.createKey("acme");
  other = await server.createKey("other");
});
afterAll(() => server.remove());

describe("a source", () => {
  test("is made, changed and removed; each is recorded with before and after, and never with a secret", async () => {
    const made = await makeSource(server, key, POLLER);
    const { id } = made;
    expect(made).toMatchObject({ secrets: ["client_secret"], enabled: false, version: 1, url: null, since: null });
    expect(made).not.toHaveProperty("token");
    const settings = { ...POLLER.settings, retention_days: 30 };
    const body = { name: "Auth0 EU", settings, secrets: { client_secret: `${SECRET}-2` } };
    const changed = await call(server, { method: "PATCH", path: `/v1/sources/${id}`, key, body });
    expect(changed.json()).toMatchObject({ name: "Auth0 EU", version: 2, settings });
    const [created] = await ownEvents(server, key, { action: "source.created", about: id });
    expect(created?.changes).toContainEqual({ field: "settings.retention_days", before: null, after: 5 });
    const [updated] = await ownEvents(server, key, { action: "source.updated", about: id });
    expect(updated?.changes).toEqual([
      { field: "name", before: "Auth0", after: "Auth0 EU" },
      { field: "settings.retention_days", before: 5, after: 30 },
    ]);
    expect(updated?.details).toEqual({ kind: "auth0_poller", secrets_changed: ["client_secret"] });
    expect((await call(server, { method: "DELETE", path: `/v1/sources/${id}`, key })).status).toBe(204);
    expect((await call(server, { path: `/v1/sources/${id}`, key })).status).toBe(404);
    const [removed] = await ownEvents(server, key, { action: "source.removed", about: id });
    const said = JSON.stringify([made, changed.json(), created, updated, removed]);
    expect(said).not.toContain(SECRET);
  });

  test("of another tenant is answered like one that does not exist", async () => {
    const { id } = await makeSource(server, key, { kind: "auth0_stream", name: "mine" });
    const nobody = "src_00000000000000000000";
    const asks = (of: string) => [
      { path: `/v1/sources/${of}` },
      { path: `/v1/sources/${of}/rejects` },
      { path: `/v1/sources/${of}/test`, body: { sample: "[]" } },
      { method: "POST", path: `/v1/sources/${of}/token` },
      { method: "POST", path: `/v1/sources/${of}/collect` },
      { method: "PATCH", path: `/v1/sources/${of}`, body: { name: "theirs" } },
      { method: "DELETE", path: `/v1/sources/${of}` },
    ];
    for (const [i, ask] of asks(id).entries()) {
      const there = await call(server, { ...ask, key: other });
      expect(there.status).toBe(404);
      expect(errorOf(there)).toEqual(errorOf(await call(server, { ...asks(nobody)[i]!, key: other })));
    }
    expect((await call(server, { path: "/v1/sources", key: other })).json()).toEqual({ sources: [] });
    expect((await showSource(server, key, id)).name).toBe("mine");
  });

  test("is not changed by two at once: the second is told", async () => {
    const { id } = await makeSource(server, key, { kind: "auth0_stream", name: "raced" });
    const change = (name: string) => call(server, { method: "PATCH", path: `/v1/sources/${id}`, key, body: { name } });
    const answers = await Promise.all(["a", "b", "c", "d"].map(change));
    const won = answers.filter(({ status }) => status === 200);
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    expect((await showSource(server, key, id)).version).toBe(1 + won.length);
  });

  test.each([
    ["an unknown kind", { kind: "carrier_pigeon", name: "x" }],
    ["an unknown setting", { kind: "auth0_stream", name: "x", settings: { colour: "red" } }],
    ["a missing setting", { ...POLLER, settings: { url: "https://acme.eu.auth0.com" } }],
    ["a missing secret", { ...POLLER, secrets: {} }],
    ["an unknown secret", { ...POLLER, secrets: { ...POLLER.secrets, more: "x" } }],
    ["plain HTTP", { ...POLLER, settings: { ...POLLER.settings, url: "http://acme.eu.auth0.com" } }],
    ["a URL with a password", { ...POLLER, settings: { ...POLLER.settings, url: "https://u:p@acme.eu.auth0.com" } }],
    ["no mapping", { kind: "declarative", name: "x" }],
    ["two mappings", { kind: "declarative", name: "x", settings: { preset: "ehr", definition: DEFINITION } }],
    ["an unknown preset", { kind: "declarative", name: "x", settings: { preset: "none" } }],
  ])("%s is refused", async (_what, body) => {
    const answer = await call(server, { path: "/v1/sources", key, body });
    expect(errorOf(answer)).toMatchObject({ status: 400, error: { code: "parameter_invalid" } });
    expect(answer.text).not.toContain(SECRET);
  });

  test.each([
    [
      "a field that is none",
      { ...DEFINITION, fields: { ...DEFINITION.fields, "actor.shoe": { constant: "x" } } },
      "/fields/actor.shoe",
    ],
    ["a zone that is none", { ...DEFINITION, zone: "Mars/Olympus" }, "/zone"],
    ["the server's own source", { ...DEFINITION, name: "cairn" }, "/name"],
    ["one that is too deep", { ...DEFINITION, fields: { action: nested(40) } }, ""],
  ])("a definition with %s is refused with its pointer", async (_what, definition, pointer) => {
    const body = { kind: "declarative", name: "x", settings: { definition } };
    const answer = await call(server, { path: "/v1/sources", key, body });
    expect(errorOf(answer)).toMatchObject({ status: 400, error: { code: "definition_invalid", pointer } });
  });

  test("keeps the place it is polled at", async () => {
    const { id, settings } = await makeSource(server, key, POLLER);
    const body = { settings: { ...settings, url: "https://evil.example" } };
    const answer = await call(server, { method: "PATCH", path: `/v1/sources/${id}`, key, body });
    expect(errorOf(answer)).toMatchObject({ status: 400, error: { code: "parameter_invalid" } });
  });
});

function nested(levels: number): object {
  return levels === 0 ? { constant: "x" } : { first: [nested(levels - 1)] };
}

test("the kinds tell their settings", async () => {
  const { kinds } = (await call(server, { path: "/v1/sources/kinds", key })).json<{
    kinds: { kind: string; arrives: string; settings: { type: string }; secrets: string[] }[];
  }>();
  expect(kinds.map(({ kind }) => kind)).toContain("declarative");
  expect(kinds.find(({ kind }) => kind === "okta_poller")).toMatchObject({
    ...{ arrives: "poller", secrets: ["api_token"], settings: { type: "object" } },
  });
});

test("the mappings that ship are told with a sample that they make events of, and with the schema of mappings", async () => {
  const { presets, schema } = (await call(server, { path: "/v1/sources/presets", key })).json<{
    presets: { name: string; title: string; definition: object; sample: string }[];
    schema: { required: string[]; properties: Record<string, unknown> };
  }>();
  expect(schema.required).toEqual(["version", "name", "input", "fields"]);
  expect(presets.length).toBeGreaterThan(5);
  for (const { name, definition, sample: text } of presets) {
    const body = { definition, sample: text };
    const preview = await call(server, { path: "/v1/sources/preview", key, body });
    const { items } = preview.json<{ items: { kind: string; event?: { source: string } }[] }>();
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) expect(item).toMatchObject({ kind: "event", event: { source: name } });
  }
});

test("what its events call their source is told of each", async () => {
  const own = await makeSource(server, key, {
    kind: "declarative",
    name: "Shop",
    settings: { definition: DEFINITION },
  });
  const okta = await makeSource(server, key, { kind: "okta_hook", name: "hook" });
  expect([own.event_source, okta.event_source]).toEqual(["shop", "okta"]);
});

describe("trying", () => {
  test("a definition shows what becomes of a sample, which rule gave what, and what is left", async () => {
    const preview = await call(server, {
      ...{ path: "/v1/sources/preview", key },
      body: { definition: DEFINITION, sample: '{"what": "Order placed", "who": "u-1", "sum": 3}\n{"what": 1,}' },
    });
    const { items } = preview.json<{ items: Record<string, unknown>[] }>();
    expect(items[0]).toMatchObject({
      kind: "event",
      event: { action: "shop.order_placed", actor: { id: "u-1" } },
      unmapped: ["/what", "/sum"],
    });
    expect(items[0]?.trace).toContainEqual({ field: "actor.id", from: ["/who"], rule: "/fields/actor.id" });
    expect(items[1]).toMatchObject({ kind: "refused", error: { code: "json_invalid", line: 2 } });
  });

  test("a record in which the rule of the action finds nothing says so, in a preview and in the log", async () => {
    const sample = '{"who": "u-7", "sum": 3}';
    const body = { definition: DEFINITION, sample };
    const preview = await call(server, { path: "/v1/sources/preview", key, body });
    const { items } = preview.json<{ items: { event?: Record<string, unknown> }[] }>();
    expect(items[0]?.event).toMatchObject({ action: "unknown", warnings: ["action_missing"] });
    const source = await makeSource(server, key, {
      kind: "declarative",
      name: "Says little",
      settings: { definition: DEFINITION },
    });
    const test = await call(server, { path: `/v1/sources/${source.id}/test`, key, body: { sample } });
    expect(test.json()).toMatchObject({ events: [{ action: "unknown", warnings: ["action_missing"] }] });
  });

  test("a wrong definition says where", async () => {
    const body = { definition: { ...DEFINITION, fields: {} }, sample: "{}" };
    const answer = await call(server, { path: "/v1/sources/preview", key, body });
    expect(errorOf(answer)).toMatchObject({ status: 400, error: { code: "definition_invalid", pointer: "/fields" } });
  });

  test("a webhook with a sample records nothing", async () => {
    const { id } = await makeSource(server, key, { kind: "okta_hook", name: "tried" });
    const tried = await call(server, {
      path: `/v1/sources/${id}/test`,
      key,
      body: { sample: sample("okta/events.json") },
    });
    expect(tried.json()).toMatchObject({ ok: true, count: 6, refused: [] });
    expect((await showSource(server, key, id)).counts).toMatchObject({ received: 0 });
  });

  test("what cannot be reached is said", async () => {
    const settings = { ...POLLER.settings, url: "https://127.0.0.1:1" };
    const { id } = await makeSource(server, key, { ...POLLER, settings });
    const tried = await call(server, { path: `/v1/sources/${id}/test`, key, body: {} });
    expect(tried.json()).toMatchObject({ ok: false, message: "127.0.0.1:1 is not an address of the Internet" });
  });
});

test("secrets and tokens are nowhere on the disk", async () => {
  const made = await makeSource(server, key, { ...POLLER, name: "sealed" });
  const hook = await makeSource(server, key, { kind: "auth0_stream", name: "sealed too" });
  await deliver(server, hook, "[]");
  const { dataDir, stateDir } = server.home;
  await server.restart("SIGKILL", () => {
    for (const directory of [dataDir, stateDir])
      for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
        const path = join(directory, name);
        if (!statSync(path).isFile()) continue;
        const bytes = readFileSync(path);
        expect([name, bytes.includes(SECRET), bytes.includes(hook.token ?? "")]).toEqual([name, false, false]);
      }
  });
  expect((await showSource(server, key, made.id)).secrets).toEqual(["client_secret"]);
});
