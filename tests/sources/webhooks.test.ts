import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, errorOf } from "../api/support/call.ts";
import { type SourceServer, startSourceServer } from "./support/server.ts";
import {
  deliver,
  logged,
  makeSource,
  rejects,
  type ShownSource,
  sample,
  showSource,
  until,
} from "./support/sources.ts";

interface Golden {
  readonly action: string;
  readonly source: string;
  readonly outcome: { readonly result: string };
}

let server: SourceServer;
let tenants = 0;

beforeAll(async () => {
  server = await startSourceServer();
});
afterAll(() => server.remove());

/** A tenant that nobody else has, and a source in it. */
async function fresh(body: object): Promise<{ readonly key: string; readonly source: ShownSource }> {
  const key = await server.createKey(`t${++tenants}`);
  return { key, source: await makeSource(server, key, { name: "here", ...body }) };
}

const PRESETS = ["portal", "dutycall", "ehr", "http", "nginx", "aws_alb", "github", "google_workspace", "ringcx"];
const SESSIONS = "ringcentral/session-report.csv";
const REPORT = { zone: "America/New_York", account: "+12135550199" };
const DESKTOP = { zone: "Europe/Zurich", site: "Clinic A" };
const summary = ({ action, source, outcome }: Golden) => `${source} ${action} ${outcome.result}`;
const golden = (path: string) => JSON.parse(sample(path)) as Golden[];

describe("each kind", () => {
  const preset = (name: string) => ({ kind: "declarative", settings: { preset: name } });
  test.each([
    [{ kind: "auth0_stream" }, "auth0/webhook.ndjson", "auth0/webhook.golden.json"],
    [{ kind: "okta_hook" }, "okta/events.json", "okta/events.golden.json"],
    [{ kind: "cloudtrail" }, "cloudtrail/api-calls.json", "cloudtrail/api-calls.golden.json"],
    [{ kind: "entra" }, "entra/records.json", "entra/records.golden.json"],
    [{ kind: "microsoft365" }, "microsoft365/records.ndjson", "microsoft365/records.golden.json"],
    [{ kind: "ringcentral_sessions", settings: REPORT }, SESSIONS, SESSIONS.replace("csv", "golden.json")],
    [{ kind: "desktop", settings: DESKTOP }, "desktop/rows.csv", "desktop/rows.golden.json"],
    [preset("portal"), "presets/portal.csv", "presets/portal.golden.json"],
    [preset("dutycall"), "presets/dutycall.json", "presets/dutycall.golden.json"],
    [preset("ehr"), "presets/ehr.csv", "presets/ehr.golden.json"],
    [preset("http"), "presets/combined.log", "presets/combined.golden.json"],
    [preset("nginx"), "presets/nginx.ndjson", "presets/nginx.golden.json"],
    [preset("aws_alb"), "presets/alb.log", "presets/alb.golden.json"],
    [preset("ringcx"), "presets/ringcx.json", "presets/ringcx.golden.json"],
    [preset("github"), "presets/github.ndjson", "presets/github.golden.json"],
    [preset("google_workspace"), "presets/google.json", "presets/google.golden.json"],
  ])("%j: every record of the sample is recorded once, however often it comes", async (body, file, expected) => {
    const { key, source } = await fresh(body);
    const events = golden(expected);
    const first = await deliver(server, source, sample(file));
    expect([first.status, first.json()]).toEqual([
      200,
      { received: events.length, created: events.length, duplicate: 0, conflict: 0, rejected: 0, skipped: 0 },
    ]);
    const again = await deliver(server, source, sample(file));
    expect(again.json()).toMatchObject({ created: 0, duplicate: events.length });
    expect((await logged(server, key)).map(summary).toSorted()).toEqual(events.map(summary).toSorted());
    const shown = await showSource(server, key, source.id);
    expect(shown.counts).toMatchObject({ received: 2 * events.length, created: events.length });
    expect([shown.since, shown.last_received_at].every((time) => time !== null)).toBe(true);
  });
});

describe("the original", () => {
  test.each([
    [{ kind: "auth0_stream", settings: {} }, "auth0/webhook.ndjson"],
    [{ kind: "okta_hook", settings: {} }, "okta/events.json"],
    [{ kind: "cloudtrail", settings: {} }, "cloudtrail/sign-in.json"],
    [{ kind: "entra", settings: {} }, "entra/records.json"],
    [{ kind: "microsoft365", settings: {} }, "microsoft365/records.ndjson"],
    [{ kind: "desktop", settings: DESKTOP }, "desktop/rows.csv"],
    [{ kind: "ringcentral_sessions", settings: REPORT }, "ringcentral/session-report.csv"],
    [{ kind: "declarative", settings: { preset: "portal" } }, "presets/portal.csv"],
    [{ kind: "declarative", settings: { preset: "http" } }, "presets/combined.log"],
  ])("is kept when the source is set up so, and not otherwise: %j", async ({ kind, settings }, file) => {
    const text = sample(file);
    const originals = async (keeps: object) => {
      const { key, source } = await fresh({ kind, settings: { ...settings, ...keeps } });
      expect((await deliver(server, source, text)).status).toBe(200);
      return (await logged(server, key)).map(({ details }) => details?.original);
    };
    const kept = await originals({ keep_original: true });
    expect(kept.length).toBeGreaterThan(0);
    for (const original of kept) expect(text).toContain(original);
    expect(new Set(await originals({}))).toEqual(new Set([undefined]));
  });
});

describe("Auth0", () => {
  const lines = sample("auth0/webhook.ndjson").trim().split("\n");

  test("its three body formats give the same events", async () => {
    const { key, source } = await fresh({ kind: "auth0_stream" });
    const [first = ""] = lines;
    expect((await deliver(server, source, lines.join("\n"))).json()).toMatchObject({ created: lines.length });
    expect((await deliver(server, source, `[${lines.join(",")}]`)).json()).toMatchObject({ duplicate: lines.length });
    expect((await deliver(server, source, first)).json()).toMatchObject({ received: 1, duplicate: 1 });
    expect(await logged(server, key)).toHaveLength(lines.length);
  });

  test("sends the token by itself, compresses, and is answered to", async () => {
    const { source } = await fresh({ kind: "auth0_stream" });
    const [one = "", two = ""] = lines;
    const bare = { authorization: source.token ?? "" };
    expect((await deliver(server, source, one, bare)).json()).toMatchObject({ created: 1 });
    const gzip = await deliver(server, source, gzipSync(two), { "content-encoding": "gzip" });
    expect(gzip.json()).toMatchObject({ created: 1 });
    const zstd = await deliver(server, source, zstdCompressSync(two), { "content-encoding": "zstd" });
    expect(zstd.json()).toMatchObject({ duplicate: 1 });
    const bomb = gzipSync(Buffer.alloc(11 << 20, " "));
    expect((await deliver(server, source, bomb, { "content-encoding": "gzip" })).status).toBe(413);
  });

  test("the published samples go in; one with a trailing comma is refused with line and column, and mended goes in", async () => {
    const { key, source } = await fresh({ kind: "auth0_stream" });
    const [login = "", ...others] = sample("auth0/published.ndjson").trim().split("\n");
    const broken = `{\n${login.slice(1, -1).trimEnd()},\n}`;
    const refused = await deliver(server, source, broken);
    expect(errorOf(refused)).toMatchObject({ status: 400, error: { code: "json_invalid", line: 3, column: 1 } });
    expect(await logged(server, key)).toEqual([]);
    const [kept] = await rejects(server, key, source.id);
    expect(kept).toMatchObject({ error: { code: "json_invalid", line: 3, column: 1 }, payload: broken });
    expect((await deliver(server, source, broken.replace(",\n}", "\n}"))).json()).toMatchObject({ created: 1 });
    expect((await deliver(server, source, others.join("\n"))).json()).toMatchObject({ created: 2 });
    const actions = (await logged(server, key)).map(({ source_action }) => source_action);
    expect(actions).toEqual(["seacft", "fp", "limit_wc"]);
  });

  test("a name that does not exist is masked when the source says so", async () => {
    const { key, source } = await fresh({ kind: "auth0_stream", settings: { mask_unknown_user_names: true } });
    const log = { log_id: "1", data: { type: "fu", date: "2026-01-01T00:00:00Z", user_name: "hunter2", log_id: "1" } };
    expect((await deliver(server, source, JSON.stringify(log))).status).toBe(200);
    expect(JSON.stringify(await logged(server, key))).not.toContain("hunter2");
  });
});

describe("a desktop application", () => {
  const [header = "", ...rows] = sample("desktop/rows.csv").trim().split("\n");
  const csv = (some: readonly string[]) => [header, ...some].join("\n");

  test("sends late, in another order, in another form and twice, and nothing is recorded twice", async () => {
    const { key, source } = await fresh({ kind: "desktop", settings: DESKTOP });
    expect((await deliver(server, source, csv(rows.slice(4)))).json()).toMatchObject({ created: rows.length - 4 });
    expect((await deliver(server, source, csv(rows.toReversed()))).json()).toMatchObject({ created: 4, conflict: 0 });
    const asJson = rows.map((row) => Object.fromEntries(header.split(",").map((name, i) => [name, row.split(",")[i]])));
    const again = await deliver(server, source, JSON.stringify(asJson));
    expect(again.json()).toMatchObject({ created: 0, duplicate: rows.length, conflict: 0 });
    expect(await logged(server, key)).toHaveLength(rows.length);
  });

  test.each([
    [{ zone: "Here", site: "x" }, "definition_invalid"],
    [{ site: "x" }, "parameter_invalid"],
    [{ zone: "UTC" }, "parameter_invalid"],
  ])("is not set up with %j", async (settings, code) => {
    const key = await server.createKey(`t${++tenants}`);
    const answer = await call(server, { path: "/v1/sources", key, body: { kind: "desktop", name: "x", settings } });
    expect(errorOf(answer)).toMatchObject({ status: 400, error: { code } });
  });
});

describe("what is wrong", () => {
  test("a record is refused by itself and kept with its reason; its neighbours go in", async () => {
    const { key, source } = await fresh({ kind: "auth0_stream" });
    const good = (id: string) => JSON.stringify({ type: "s", date: "2026-01-01T00:00:00Z", log_id: id });
    const body = [good("1"), '{"no": "type"}', '{"type": "s", "type": "f"}', good("2")].join("\n");
    const answer = await deliver(server, source, body);
    expect([answer.status, answer.json()]).toMatchObject([200, { received: 4, created: 2, rejected: 2 }]);
    const kept = await rejects(server, key, source.id, 2);
    expect(kept.map(({ error }) => error.code).toSorted()).toEqual(["duplicate_key", "shape_invalid"]);
    expect(kept.map(({ payload }) => payload)).toContain('{"no": "type"}');
  });

  test("an event that the door refuses is kept with its source, and nobody else's", async () => {
    const definition = {
      ...{ version: 1, name: "rough", input: { format: "json" } },
      fields: { action: { constant: "a.b" }, id: { from: "/id" }, "context.ip": { from: "/ip" } },
    };
    const { key, source } = await fresh({ kind: "declarative", settings: { definition } });
    const other = await makeSource(server, key, { kind: "okta_hook", name: "other" });
    expect((await deliver(server, other, "[1]")).json()).toMatchObject({ received: 1, rejected: 1 });
    const first = await deliver(server, source, '{"id": "1", "what": "x"}');
    const second = await deliver(server, source, '{"id": "1", "what": "y"}');
    expect([first.json(), second.json()]).toMatchObject([{ created: 1 }, { conflict: 1 }]);
    const [conflict, ...more] = await rejects(server, key, source.id);
    expect(conflict?.error).toMatchObject({ code: "conflict" });
    expect(conflict?.payload).toContain('"y"');
    expect(more).toEqual([]);
    const all = (await call(server, { path: "/v1/refused", key })).json<{ refused: { source?: string }[] }>().refused;
    expect(new Set(all.map((each) => each.source))).toEqual(new Set([source.id, other.id]));
  });

  test.each([
    ["", "body_empty"],
    ["not json", "json_invalid"],
    ['"text"', "body_invalid"],
    [Buffer.from([0xff, 0xfe, 0x41]), "utf8_invalid"],
  ])("a body that cannot be read at all is answered 400: %j", async (body, code) => {
    const { source } = await fresh({ kind: "auth0_stream" });
    expect(errorOf(await deliver(server, source, body))).toMatchObject({ status: 400, error: { code } });
  });

  const rubbish = [
    "[".repeat(200_000),
    `{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}`,
    `[${"null,".repeat(5_000)}1]`,
    '{"__proto__": {"polluted": true}, "constructor": 1}',
    '{"type": "\\ud800", "eventType": "\\udfff", "eventName": 1e999, "Operation": {}}',
    '{"type": 1e400, "log_id": 12345678901234567890123456789, "data": null}',
    `{"type": "${"x".repeat(1 << 20)}", "eventType": "${"y".repeat(1 << 20)}"}`,
    '[{"data": {"events": [1, null, {}]}}, {"properties": []}, {"Records": {}}]',
    '"a,b\n"c',
    "\u0000\u0001\n\n,,,;;;\n",
  ];
  test.each([
    { kind: "auth0_stream" },
    { kind: "okta_hook" },
    { kind: "cloudtrail" },
    { kind: "entra" },
    { kind: "microsoft365" },
    { kind: "github_webhook", secrets: { webhook_secret: "It's a Secret to Everybody" } },
    { kind: "ringcentral_sessions", settings: REPORT },
    { kind: "desktop", settings: DESKTOP },
    ...PRESETS.map((preset) => ({ kind: "declarative", settings: { preset } })),
  ])("rubbish is answered as such, and the source goes on: %j", async (body) => {
    const { key, source } = await fresh(body);
    const statuses: number[] = [];
    for (const sent of rubbish) statuses.push((await deliver(server, source, sent)).status);
    expect(statuses.filter((status) => status !== 200 && status !== 400)).toEqual([]);
    const { counts } = await showSource(server, key, source.id);
    const { created = 0, rejected = 0, duplicate = 0, conflict = 0, skipped = 0 } = counts;
    expect(counts.received).toBe(created + rejected + duplicate + conflict + skipped);
    expect(rejected).toBeGreaterThan(0);
    expect((await logged(server, key)).length).toBe(created);
  });

  test("a source that is switched off takes nothing and says when to come back; on again, it does", async () => {
    const { key, source } = await fresh({ kind: "okta_hook", enabled: false });
    const body = sample("okta/events.json");
    const refused = await deliver(server, source, body);
    expect(errorOf(refused)).toMatchObject({ status: 503, error: { code: "source_disabled" } });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    await call(server, { method: "PATCH", path: `/v1/sources/${source.id}`, key, body: { enabled: true } });
    expect((await deliver(server, source, body)).status).toBe(200);
  });
});

describe("the token", () => {
  test("is the only way in, and nothing tells which sources there are", async () => {
    const { key, source } = await fresh({ kind: "auth0_stream" });
    const { source: other } = await fresh({ kind: "auth0_stream" });
    const body = sample("auth0/published.ndjson");
    const send = (path: string, authorization?: string) =>
      call(server, { path, body, headers: authorization === undefined ? {} : { authorization } });
    const here = `/v1/sources/${source.id}/events`;
    const nowhere = "/v1/sources/src_00000000000000000000/events";
    const token = source.token ?? "";
    const wrong = [
      undefined,
      "",
      "Bearer",
      `Bearer ${other.token}`,
      `Bearer ${key}`,
      `Basic ${token}`,
      `Bearer ${token}x`,
    ];
    for (const authorization of wrong) {
      const there = await send(here, authorization);
      expect(there.status).toBe(401);
      expect(errorOf(there)).toEqual(errorOf(await send(nowhere, authorization)));
    }
    expect((await send(`${here}?token=${token}`)).status).toBe(401);
    expect((await send(nowhere, `Bearer ${token}`)).status).toBe(401);
    expect(await logged(server, key)).toEqual([]);
    expect((await send(here, `bearer ${token}`)).status).toBe(200);
  });

  test("replaced, the old one ends at once", async () => {
    const { key, source } = await fresh({ kind: "auth0_stream" });
    const made = await call(server, { method: "POST", path: `/v1/sources/${source.id}/token`, key });
    const { token } = made.json<{ token: string }>();
    expect((await deliver(server, source, "[]")).status).toBe(401);
    expect((await deliver(server, { id: source.id, token }, "[]")).status).toBe(200);
  });

  test("of a tenant that is suspended lets nothing in", async () => {
    const { source } = await fresh({ kind: "auth0_stream" });
    const operator = await server.createKey("operator", "operator");
    const suspended = await call(server, {
      ...{ method: "POST", path: `/v1/tenants/t${tenants}/suspend`, key: operator },
      headers: { "cairn-project": "default" },
    });
    expect(suspended.status).toBeLessThan(300);
    expect((await deliver(server, source, "[]")).status).toBe(403);
  });
});

describe("Okta's one-time verification", () => {
  test("gives the challenge back to whoever has the token", async () => {
    const { source } = await fresh({ kind: "okta_hook" });
    const ask = (authorization: string) =>
      call(server, {
        path: `/v1/sources/${source.id}/events`,
        headers: { authorization, "x-okta-verification-challenge": "nonce-1" },
      });
    expect((await ask(source.token ?? "")).json()).toEqual({ verification: "nonce-1" });
    expect((await ask("wrong")).status).toBe(401);
  });

  test("is Okta's alone", async () => {
    const { source } = await fresh({ kind: "auth0_stream" });
    const headers = { authorization: source.token ?? "", "x-okta-verification-challenge": "nonce-1" };
    expect((await call(server, { path: `/v1/sources/${source.id}/events`, headers })).status).toBe(404);
  });
});

test("what was counted and what was refused is there after a restart", async () => {
  const { key, source } = await fresh({ kind: "auth0_stream" });
  await deliver(server, source, sample("auth0/webhook.ndjson"));
  await deliver(server, source, "nonsense");
  await rejects(server, key, source.id);
  await server.restart("SIGTERM");
  const shown = await until(
    () => showSource(server, key, source.id),
    ({ counts }) => counts !== undefined,
  );
  expect(shown.counts).toMatchObject({ received: 10, created: 9, rejected: 1 });
  expect(await rejects(server, key, source.id)).toHaveLength(1);
  expect((await deliver(server, source, sample("auth0/webhook.ndjson"))).json()).toMatchObject({ duplicate: 9 });
});
