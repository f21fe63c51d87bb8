import { readFileSync } from "node:fs";
import { auditTrailMapping, mapItems, readAuditTrail } from "@cairn/sources";
import { Random, startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, call, record } from "../api/support/call.ts";
import { ownEvents } from "../api/support/people.ts";
import { type AuditTrail, type RingCentralFault, restClient, type Tokens, tokenOf } from "./support/rest-client.ts";

const MARK = "onlyacmeknows";
const SAMPLES = new URL("../../packages/sources/testdata/ringcentral/audit-trail.json", import.meta.url);
/** Events of acme in August 2021. */
const AUGUST_EVENTS = 37;
/** As the documentation's sample asks: what is not in the description of the API is in it too. */
const AUGUST = {
  eventTimeFrom: "2021-08-01T00:00:00.52Z",
  eventTimeTo: "2021-08-31T00:00:00.52Z",
  includeAdmins: true,
  includeHidden: true,
  searchParameters: [],
};

let server: TestServer;
let rest: ReturnType<typeof restClient>;
let keys: Readonly<Record<"reader" | "writer" | "other" | "project" | "elsewhere", string>>;
let token: string;

beforeAll(async () => {
  server = await startServer();
  rest = restClient(server);
  const [reader, writer, other, project, elsewhere] = await Promise.all([
    server.createKey({ tenant: "acme", scopes: ["events:read"] }),
    server.createKey({ tenant: "acme", scopes: ["events:write"] }),
    server.createKey({ tenant: "other", scopes: ["events:read", "events:write"] }),
    server.createKey({ scopes: ["events:read"] }),
    server.createKey({ project: "elsewhere", tenant: "acme", scopes: ["events:read"] }),
  ]);
  keys = { reader, writer, other, project, elsewhere };
  const august = Array.from({ length: AUGUST_EVENTS }, (_, i) => ({
    id: `august-${String(i).padStart(2, "0")}`,
    occurred_at: new Date(Date.UTC(2021, 7, 2 + (i % 25), 8, i)).toISOString(),
    action: i % 2 === 0 ? "setting.changed" : "document.viewed",
    actor: { id: `u-${i % 3}`, name: `${MARK} Person ${i % 3}`, role: i % 3 === 0 ? "Super Admin" : "Nurse" },
    targets: [{ type: "document", id: `d-${i}`, name: `Letter ${i}` }],
    context: { ip: "203.0.113.77" },
    changes: i % 2 === 0 ? [{ field: "retention", before: "30", after: "90" }] : [],
  }));
  const mapped = mapItems(auditTrailMapping, readAuditTrail(readFileSync(SAMPLES, "utf8")), { original: "leave" });
  const theirs = mapped.flatMap((item) => (item.kind === "event" ? [item.event] : []));
  await record(server, writer, [...august, ...theirs]);
  token = await tokenOf(server, reader);
});
afterAll(() => server.remove());

const trail = async (body: unknown, account?: string): Promise<AuditTrail> => {
  const answer = await rest.search(token, body, account);
  expect(answer.status, answer.text).toBe(200);
  return answer.json<AuditTrail>();
};
const ids = ({ records }: AuditTrail) => records.map(({ id }) => id);

describe("a program that collects the audit trail", () => {
  test("signs in with a key in place of the JWT", async () => {
    const answer = await rest.login(keys.reader);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toContain("application/json");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const tokens = answer.json<Tokens>();
    expect(tokens).toMatchObject({ token_type: "bearer", expires_in: 3_600, refresh_token_expires_in: 604_800 });
    expect(tokens.scope).toBe("ReadAccounts ReadAuditTrail");
    expect(tokens.owner_id).toMatch(/^\d+$/);
    expect(answer.text).not.toContain(keys.reader);
  });

  test("asks who it is", async () => {
    const answer = await rest.extension(token);
    expect(answer.status).toBe(200);
    const extension = answer.json<{ id: number; uri: string; account: { id: string } }>();
    expect(extension).toMatchObject({ type: "User", status: "Enabled", account: { id: "acme" } });
    expect(Number.isSafeInteger(extension.id)).toBe(true);
    const again = await rest.extension(token, "acme", String(extension.id));
    expect(again.json()).toEqual(extension);
  });

  test("reads records 11 to 20 of a month, newest first", async () => {
    const all = await trail({ ...AUGUST, perPage: 1_000 });
    expect(all.paging).toEqual({ page: 1, perPage: 1_000, total: 1, totalFound: AUGUST_EVENTS });
    const times = all.records.map(({ eventTime }) => eventTime);
    expect(times).toEqual(times.toSorted().toReversed());
    const second = await trail({ ...AUGUST, page: 2, perPage: 10 });
    expect(second.paging).toEqual({ page: 2, perPage: 10, total: 4, totalFound: AUGUST_EVENTS });
    expect(ids(second)).toEqual(ids(all).slice(10, 20));
    expect(new Set(ids(second)).size).toBe(10);
    expect(second.records[0]).toMatchObject({ accountId: "acme", clientIp: "203.0.113.77" });
    const changed = all.records.find(({ actionId }) => actionId === "setting.changed");
    expect(changed?.details).toMatchObject({
      parameters: [
        { key: "oldRetention", value: "30" },
        { key: "newRetention", value: "90" },
      ],
    });
  });

  test("pages meet without a gap, and end", async () => {
    const all = ids(await trail({ ...AUGUST, perPage: 100 }));
    const pages = [];
    for (const page of [1, 2, 3, 4, 5]) pages.push(ids(await trail({ ...AUGUST, page, perPage: 8 })));
    expect(pages.flat()).toEqual(all);
    expect(await trail({ ...AUGUST, page: 9, perPage: 8 })).toMatchObject({ records: [], paging: { total: 5 } });
  });

  test("filters", async () => {
    // A busy machine may give no more than a bound for the total.
    const found = async (filter: object) => (await trail({ ...AUGUST, perPage: 100, ...filter })).records.length;
    expect(await found({ initiatorIds: ["u-0", "nobody"] })).toBe(13);
    expect(await found({ targetIds: ["d-4"] })).toBe(1);
    expect(await found({ actionIds: ["setting.changed"] })).toBe(19);
    expect(await found({ excludeActionIds: ["setting.changed"] })).toBe(18);
    expect(await found({ searchString: "person 2" })).toBe(12);
    expect(await found({ searchString: "super" })).toBe(13);
    expect(await found({ searchString: "nothing here" })).toBe(0);
    expect(await found({ siteId: "nowhere" })).toBe(0);
    expect(await found({ eventTimeTo: "2021-08-03T00:00:00Z" })).toBe(2);
  });

  test("gets what came from RingCentral as it was", async () => {
    const { records } = JSON.parse(readFileSync(SAMPLES, "utf8")) as { records: Record<string, unknown>[] };
    const sent = records.find(({ actionId }) => actionId === "CHANGE_USER_ROLE");
    const year = { eventTimeFrom: "2024-01-01T00:00:00Z", eventTimeTo: "2027-01-01T00:00:00Z" };
    const back = await trail({ ...year, actionIds: ["CHANGE_USER_ROLE"] });
    expect(back.records[0]).toMatchObject(sent ?? {});
  });

  test("may send no body at all: the last day", async () => {
    const answer = await rest.search(token, undefined);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json<AuditTrail>().paging).toMatchObject({ page: 1, perPage: 100 });
  });

  test("goes on with a refresh token, until it signs out", async () => {
    const first = (await rest.login(keys.reader)).json<Tokens>();
    const next = (await rest.refresh(first.refresh_token)).json<Tokens>();
    expect((await rest.extension(next.access_token)).status).toBe(200);
    expect((await rest.extension(first.refresh_token)).status).toBe(401);
    expect((await rest.logout(next.access_token)).status).toBe(200);
    expect((await rest.extension(next.access_token)).status).toBe(401);
    expect((await rest.extension(first.access_token)).status).toBe(401);
    expect(await rest.refresh(next.refresh_token)).toMatchObject({ status: 400 });
    expect((await rest.extension(token)).status).toBe(200);
  });
});

const fault = (answer: Answer) => ({ status: answer.status, body: answer.json<RingCentralFault>() });

describe("mistakes are answered as RingCentral answers them", () => {
  test("a key without the scope", async () => {
    const writer = (await rest.login(keys.writer)).json<Tokens>();
    expect(writer.scope).toBe("");
    const message = "In order to call this API endpoint, application needs to have [ReadAuditTrail] permission";
    const error = { errorCode: "CMN-401", message, permissionName: "ReadAuditTrail" };
    for (const answer of [await rest.search(writer.access_token, AUGUST), await rest.extension(writer.access_token)])
      expect(fault(answer)).toEqual({ status: 403, body: { ...error, errors: [error] } });
  });

  test("a credential that is none", async () => {
    const error = { errorCode: "OAU-213", message: "Token not found" };
    for (const assertion of ["cairn_0000000000000000000000000000000000000000000", "eyJhbGciOiJSUzI1NiJ9.e30.x", "x"])
      expect(fault(await rest.login(assertion))).toEqual({
        status: 400,
        body: { error: "invalid_grant", error_description: "Token not found", errors: [error] },
      });
    for (const bad of ["x", `${token}x`, "cairn_rc_", "cairn_0000000000000000000000000000000000000000000"]) {
      const answer = await rest.search(bad, AUGUST);
      expect(fault(answer)).toEqual({
        status: 401,
        body: { errorCode: "TokenInvalid", message: "Token not found", errors: [error] },
      });
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    }
  });

  test("tokens open nothing but this", async () => {
    expect((await call(server, { path: "/v1/events", key: token })).status).toBe(401);
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ["no grant", {}, "CMN-101"],
    ["no assertion", { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer" }, "CMN-101"],
    ["a password", { grant_type: "password", username: "x", password: "y" }, "OAU-251"],
    ["a refresh token that is none", { grant_type: "refresh_token", refresh_token: "x" }, "OAU-213"],
  ])("the token endpoint: %s", async (_what, members, errorCode) => {
    const { status, body } = fault(await rest.form("/restapi/oauth/token", members));
    expect(status).toBe(400);
    expect(body.errors[0]?.errorCode).toBe(errorCode);
  });

  test.each<[string, unknown, string]>([
    ["a time that is none", { eventTimeFrom: "yesterday" }, "eventTimeFrom"],
    ["a page before the first", { page: 0 }, "page"],
    ["a page beyond reach", { page: 1_001, perPage: 1_000 }, "page"],
    ["words that are none", { searchString: "***" }, "searchString"],
    ["a list that is none", { initiatorIds: [{}] }, "initiatorIds"],
    ["no object", [1], "body"],
    ["no JSON", "{", "body"],
  ])("the search: %s", async (_what, body, parameterName) => {
    const { status, body: answered } = fault(await rest.search(token, body));
    expect(status).toBe(400);
    expect(answered).toMatchObject({ errorCode: "CMN-101", errors: [{ errorCode: "CMN-101", parameterName }] });
  });

  test("a path that is not there, and a body that is too large", async () => {
    const lost = fault(await call(server, { path: "/restapi/v1.0/account/~/call-log", key: token }));
    expect(lost).toMatchObject({ status: 404, body: { errorCode: "CMN-102" } });
    const large = fault(await rest.search(token, { searchString: "x".repeat(300_000) }));
    expect(large).toMatchObject({ status: 413, body: { errorCode: "body_too_large" } });
  });
});

describe("accounts are tenants", () => {
  test("somebody else's is answered like one that does not exist", async () => {
    for (const key of [keys.other, keys.elsewhere]) {
      const theirs = await tokenOf(server, key);
      const account = key === keys.other ? "acme" : "other";
      const there = await rest.search(theirs, AUGUST, account);
      expect(fault(there)).toEqual(fault(await rest.search(theirs, AUGUST, "nosuchtenant")));
      expect(there.status).toBe(404);
      expect((await rest.extension(theirs, account)).status).toBe(404);
      const named = await rest.search(theirs, AUGUST, "~", { "cairn-tenant": account });
      expect(fault(named)).toEqual(fault(await rest.search(theirs, AUGUST, "~", { "cairn-tenant": "nosuchtenant" })));
      const own = await rest.search(theirs, { ...AUGUST, perPage: 1_000 });
      expect(own.json<AuditTrail>().records).toEqual([]);
      for (const answer of [there, named, own]) expect(answer.text).not.toContain(MARK);
    }
  });

  test("a key of the project names one", async () => {
    const project = await tokenOf(server, keys.project);
    const named = (await rest.search(project, AUGUST, "acme")).json<AuditTrail>();
    expect(named.paging.totalFound).toBe(AUGUST_EVENTS);
    const byHeader = await rest.search(project, AUGUST, "~", { "cairn-tenant": "acme" });
    expect(byHeader.json<AuditTrail>().paging.totalFound).toBe(AUGUST_EVENTS);
    const unnamed = fault(await rest.search(project, AUGUST));
    expect(unnamed).toMatchObject({ status: 400, body: { errorCode: "tenant_required" } });
    expect(fault(await rest.search(project, AUGUST, "nosuchtenant")).status).toBe(404);
  });

  test("an extension is the key that asks", async () => {
    expect((await rest.extension(token, "~", "1")).status).toBe(404);
  });
});

test("rubbish is answered in the same form, and does no harm", async () => {
  const random = new Random(Date.now() % 1_000_000);
  const pick = <T>(list: readonly T[]): T => random.pick(list);
  const values = [
    null,
    true,
    -1,
    1.5,
    1e308,
    "",
    "x",
    "\u0000",
    '\\"*(',
    [],
    [[]],
    {},
    ["a".repeat(201)],
    "9".repeat(99),
  ];
  const names = ["eventTimeFrom", "eventTimeTo", "initiatorIds", "targetIds", "siteId", "actionIds", "searchString"];
  for (let i = 0; i < 150; i++) {
    const body = Object.fromEntries(
      Array.from({ length: 3 }, () => [pick([...names, "page", "perPage", "__proto__"]), pick(values)]),
    );
    const answer = await rest.search(token, JSON.stringify(body), pick(["~", "acme", "..", "%00", "x".repeat(300)]));
    expect(answer.status, answer.text).toBeLessThan(500);
    if (answer.status >= 400) expect(answer.json<RingCentralFault>().errors[0]?.errorCode).toMatch(/^\S+$/);
  }
  expect((await trail(AUGUST)).paging.totalFound).toBe(AUGUST_EVENTS);
});

test("what is read is recorded as a machine's reading, and a key that is taken back ends its tokens", async () => {
  const admin = await server.createKey({ tenant: "acme", scopes: ["admin"] });
  const { key, id } = (
    await call(server, { path: "/v1/keys", key: admin, body: { name: "collector", scopes: ["events:read"] } })
  ).json<{ key: string; id: string }>();
  const mine = await tokenOf(server, key);
  expect((await rest.search(mine, AUGUST)).status).toBe(200);
  expect((await rest.search(mine, { ...AUGUST, page: 2 })).status).toBe(200);
  expect((await call(server, { method: "DELETE", path: `/v1/keys/${id}`, key: admin })).status).toBeLessThan(300);
  expect((await rest.search(mine, AUGUST)).status).toBe(401);
  expect((await rest.login(key)).status).toBe(400);
  expect(await server.stop()).toBe(0);
  await server.start();
  // Tokens are of one process.
  expect((await rest.search(token, AUGUST)).status).toBe(401);
  const reads = await ownEvents(server, keys.reader, "log.read", { count: 2 });
  const read = reads.find(({ actor }) => actor.id === id);
  expect(read).toMatchObject({ actor: { type: "api", name: "collector" }, details: { requests: { search: 2 } } });
});
