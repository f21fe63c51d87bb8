import { randomUUID } from "node:crypto";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { LIMITS } from "@cairn/event";
import { startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, record } from "./support/call.ts";

interface Result {
  readonly status: "created" | "duplicate" | "conflict" | "rejected";
  readonly id?: string;
  readonly tenant?: string;
  readonly receipt?: { readonly ledger: number; readonly sequence: number; readonly event_root: string };
  readonly error?: {
    readonly code: string;
    readonly pointer?: string;
    readonly line?: number;
    readonly column?: number;
  };
}

let server: TestServer;
let key: string;
let projectKey: string;
let narrowProjectKey: string;

beforeAll(async () => {
  server = await startServer();
  const scopes = ["events:write", "events:read", "exports", "catalog:write"];
  [key, projectKey, narrowProjectKey] = await Promise.all([
    server.createKey({ tenant: "acme", scopes }),
    server.createKey({ scopes: ["events:write", "events:read", "tenants:create"] }),
    server.createKey({ scopes: ["events:write", "events:read"] }),
  ]);
});
afterAll(() => server.remove());

interface SendOptions {
  readonly query?: string;
  readonly headers?: Record<string, string>;
  readonly as?: string;
}

async function send(body: unknown, { query = "", headers = {}, as = key }: SendOptions = {}) {
  const answer = await call(server, { path: `/v1/events${query}`, key: as, body, headers });
  const { results = [], error } = answer.json<{ results?: Result[]; error?: NonNullable<Result["error"]> }>();
  return { status: answer.status, results, error, headers: answer.headers };
}

/** How many events the tenant's log has. */
async function logSize(as = key, tenant?: string): Promise<number> {
  const headers: Record<string, string> = tenant === undefined ? {} : { "cairn-tenant": tenant };
  const answer = await call(server, { path: "/v1/tenant", key: as, headers });
  return answer.json<{ log: { size: number } }>().log.size;
}

const good = (id?: string) => ({ ...(id === undefined ? {} : { id }), action: "door.opened" });
const bad = { action: "door.opened", acton: "x" };
const statuses = (results: readonly Result[]) => results.map((result) => result.status);

describe("answers", () => {
  test("200 when every event is recorded, 207 when some are, 422 when none is", async () => {
    expect(await send([good(), good()])).toMatchObject({
      status: 200,
      results: [{ status: "created" }, { status: "created" }],
    });
    const mixed = await send([good(), bad, good()]);
    expect(mixed.status).toBe(207);
    expect(statuses(mixed.results)).toEqual(["created", "rejected", "created"]);
    const none = await send([bad, bad]);
    expect(none.status).toBe(422);
    expect(statuses(none.results)).toEqual(["rejected", "rejected"]);
  });

  test("a refused event says why and where, and its neighbours are numbered without a gap", async () => {
    const { results } = await send([good(), { action: "a.b", actor: { nam: "x" } }, good()]);
    expect(results[1]?.error).toMatchObject({ code: "field_unknown", pointer: "/actor/nam" });
    expect(results[2]!.receipt!.sequence - results[0]!.receipt!.sequence).toBe(1);
  });

  test("the same event again is a duplicate with the first receipt; another one under its id a conflict", async () => {
    const event = { ...good(randomUUID()), occurred_at: "2026-03-04T05:06:07.089Z", details: { a: 1 } };
    const first = await send(event);
    const again = await send(event);
    expect(again).toMatchObject({
      status: 200,
      results: [{ status: "duplicate", receipt: first.results[0]!.receipt }],
    });
    const other = await send({ ...event, details: { a: 2 } });
    expect(other).toMatchObject({
      status: 422,
      results: [{ status: "conflict", receipt: first.results[0]!.receipt, error: { code: "conflict" } }],
    });
  });

  test("duplicates and conflicts within one request", async () => {
    const id = randomUUID();
    const event = { ...good(id), occurred_at: "2026-03-04T05:06:07.089Z" };
    const { status, results } = await send([event, event, { ...event, description: "other" }]);
    expect(status).toBe(207);
    expect(statuses(results)).toEqual(["created", "duplicate", "conflict"]);
    expect(results[1]?.receipt).toEqual(results[0]?.receipt);
  });

  test("the same id of another source is another event", async () => {
    const id = randomUUID();
    const { results } = await send([
      { ...good(id), source: "a" },
      { ...good(id), source: "b" },
    ]);
    expect(statuses(results)).toEqual(["created", "created"]);
  });

  // The second of these is of the kind that is compiled, once its actor and action have come before.
  test.each(["as it comes", "compiled"])("the server's own source is no client's: %s", async () => {
    const event = { ...good(randomUUID()), occurred_at: "2026-03-04T05:06:07.089Z" };
    await send({ ...event, id: randomUUID() });
    const { status, results } = await send([event, { ...event, id: randomUUID(), source: "cairn" }]);
    expect(status).toBe(207);
    expect(results[1]?.error).toMatchObject({ code: "source_reserved", pointer: "/source" });
  });
});

describe("Idempotency-Key", () => {
  test("the same request again records nothing, and gives the first receipts", async () => {
    const headers = { "idempotency-key": randomUUID() };
    const first = await send([good(), good()], { headers });
    const size = await logSize();
    const again = await send([good(), good()], { headers });
    expect(statuses(again.results)).toEqual(["duplicate", "duplicate"]);
    expect(again.results.map(({ id, receipt }) => ({ id, receipt }))).toEqual(
      first.results.map(({ id, receipt }) => ({ id, receipt })),
    );
    expect(await logSize()).toBe(size);
    const other = await send([good(), { ...good(), description: "other" }], { headers });
    expect(statuses(other.results)).toEqual(["duplicate", "conflict"]);
  });

  test.each(["", "with blank", "x".repeat(201), "naïve"])("%j is refused", async (idempotencyKey) => {
    const { status, error } = await send(good(), { headers: { "idempotency-key": idempotencyKey } });
    expect([status, error?.code]).toEqual([400, "idempotency_key_invalid"]);
  });
});

describe("atomic", () => {
  test("nothing is recorded when one event is refused", async () => {
    const size = await logSize();
    const { status, results } = await send([good(), bad, good()], { query: "?atomic=true" });
    expect(status).toBe(422);
    expect(results.map((result) => result.error?.code)).toEqual([
      "atomic_rejected",
      "field_unknown",
      "atomic_rejected",
    ]);
    expect(await logSize()).toBe(size);
  });

  test("nothing is recorded when one event conflicts, with an earlier one or within the request", async () => {
    const id = randomUUID();
    await send({ ...good(id), description: "first" });
    const size = await logSize();
    const stored = await send([good(), { ...good(id), description: "other" }], { query: "?atomic=true" });
    expect(stored.status).toBe(422);
    expect(statuses(stored.results)).toEqual(["rejected", "conflict"]);
    const twin = randomUUID();
    const within = await send(
      [
        { ...good(twin), description: "a" },
        { ...good(twin), description: "b" },
      ],
      {
        query: "?atomic=true",
      },
    );
    expect(within.status).toBe(422);
    expect(within.results.map((result) => result.error?.code)).toEqual(["atomic_rejected", "conflict"]);
    expect(await logSize()).toBe(size);
  });

  test("duplicates are no obstacle: the rest is recorded, all of it", async () => {
    const old = { ...good(randomUUID()), occurred_at: "2026-03-04T05:06:07.089Z" };
    await send(old);
    const size = await logSize();
    const { status, results } = await send([good(), old, good()], { query: "?atomic=true" });
    expect(status).toBe(200);
    expect(statuses(results)).toEqual(["created", "duplicate", "created"]);
    expect(await logSize()).toBe(size + 2);
  });
});

describe("bodies", () => {
  const ndjson = { "content-type": "application/x-ndjson" };

  test("an object, a list, {events}, and a line for each", async () => {
    expect((await send(good())).results).toHaveLength(1);
    expect((await send([good()])).results).toHaveLength(1);
    expect((await send({ events: [good(), good()] })).results).toHaveLength(2);
    const lines = `${JSON.stringify(good())}\n\n${JSON.stringify(good())}\r\n`;
    expect((await send(lines, { headers: ndjson })).results).toHaveLength(2);
  });

  test("gzip and zstd", async () => {
    const bytes = Buffer.from(JSON.stringify([good(), good()]));
    for (const [encoding, body] of [
      ["gzip", gzipSync(bytes)],
      ["zstd", zstdCompressSync(bytes)],
    ] as const)
      expect(statuses((await send(body, { headers: { "content-encoding": encoding } })).results)).toEqual([
        "created",
        "created",
      ]);
    const damaged = await send(gzipSync(bytes).subarray(0, 20), { headers: { "content-encoding": "gzip" } });
    expect([damaged.status, damaged.error?.code]).toEqual([400, "content_encoding_invalid"]);
    const unknown = await send(bytes, { headers: { "content-encoding": "br" } });
    expect([unknown.status, unknown.error?.code]).toEqual([415, "content_encoding_unsupported"]);
  });

  test("JSON that is none: refused with line and column", async () => {
    const answer = await send('{\n  "action": "a.b",\n  "details": {"x": }\n}');
    expect(answer.status).toBe(400);
    expect(answer.error).toMatchObject({ code: "json_invalid", line: 3, column: 20 });
  });

  test("in NDJSON a bad line is refused by itself, with its number", async () => {
    const { status, results } = await send(`${JSON.stringify(good())}\n{"action" "a.b"}\n${JSON.stringify(good())}`, {
      headers: ndjson,
    });
    expect(status).toBe(207);
    expect(results[1]).toMatchObject({ status: "rejected", error: { code: "json_invalid", line: 2, column: 11 } });
  });

  test.each([
    ["nothing", "", {}, 400, "body_empty"],
    ["blanks", "  \n ", {}, 400, "body_empty"],
    ["no JSON type", "a=b", { "content-type": "application/x-www-form-urlencoded" }, 415, "content_type_unsupported"],
    ["bytes that are not UTF-8", Buffer.from([0x22, 0xff, 0x22]), {}, 400, "utf8_invalid"],
    ["a number", "5", {}, 422, undefined],
    ["null", "null", {}, 422, undefined],
    ["events beside something else", '{"events":[],"x":1}', {}, 422, "field_unknown"],
  ])("%s", async (_what, body, headers, status, code) => {
    const answer = await send(body, { headers });
    expect([answer.status, answer.error?.code]).toEqual([status, code]);
  });

  test("of an empty list every event is recorded", async () => {
    expect(await send("[]")).toMatchObject({ status: 200, results: [] });
    expect(await send('{"events":[]}', { query: "?wait=sealed" })).toMatchObject({ status: 200, results: [] });
  });
});

describe("limits", () => {
  const pad = (bytes: number) => ({ action: "a.b", details: "x".repeat(bytes) });

  test("an event of 256 KiB goes in; a larger one is refused by itself", async () => {
    const room = LIMITS.eventBytes - JSON.stringify(pad(0)).length;
    expect(await send(pad(room))).toMatchObject({ status: 200 });
    const { status, results } = await send([good(), pad(room + 1)]);
    expect(status).toBe(207);
    expect(results[1]?.error?.code).toBe("event_too_large");
  });

  test("1,000 events go in; 1,001 do not, and none of them is recorded", async () => {
    expect((await send(Array.from({ length: 1_000 }, () => good()))).results).toHaveLength(1_000);
    const size = await logSize();
    const { status, error } = await send(Array.from({ length: 1_001 }, () => good()));
    expect([status, error?.code]).toEqual([413, "batch_too_many_events"]);
    expect(await logSize()).toBe(size);
  });

  test("11 MiB is too much, as it is or unpacked", async () => {
    const body = JSON.stringify(Array.from({ length: 50 }, () => pad(11 * 1024 * 21)));
    expect(body.length).toBeGreaterThan(11 * 1024 * 1024);
    const plain = await send(body);
    expect([plain.status, plain.error?.code]).toEqual([413, "body_too_large"]);
    const packed = await send(gzipSync(body), { headers: { "content-encoding": "gzip" } });
    expect([packed.status, packed.error?.code]).toEqual([413, "body_too_large"]);
    const bomb = await send(zstdCompressSync(Buffer.alloc(500 * 1024 * 1024, 0x20)), {
      headers: { "content-encoding": "zstd" },
    });
    expect([bomb.status, bomb.error?.code]).toEqual([413, "body_too_large"]);
  });

  test("32 levels go in; 33 do not", async () => {
    const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
    // The event is the first level.
    const at = async (levels: number) => (await send(`{"action":"a.b","details":${nested(levels - 1)}}`)).results[0];
    expect((await at(32))?.status).toBe("created");
    expect((await at(33))?.error?.code).toBe("too_deep");
  });

  test("whole numbers up to 2^53-1 go in; beyond they would change silently", async () => {
    const at = async (number: string) => (await send(`{"action":"a.b","details":{"n":${number}}}`)).results[0];
    expect((await at("9007199254740991"))?.status).toBe("created");
    for (const number of ["9007199254740992", "-9007199254740993", "1e400"])
      expect((await at(number))?.error).toMatchObject({ code: "number_out_of_range", pointer: "/details/n" });
  });

  test("what JSON readers disagree about is refused", async () => {
    const at = async (details: string) => (await send(`{"action":"a.b","details":${details}}`)).results[0]?.error?.code;
    expect(await at('{"a":1,"a":2}')).toBe("duplicate_key");
    expect(await at(String.raw`{"a":"\ud800"}`)).toBe("text_invalid");
  });

  test("1,025 fields are no reason to refuse an event", async () => {
    const details = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, i]));
    const { results } = await send({ action: "a.b", details }, { query: "?wait=searchable" });
    const back = await call(server, { path: `/v1/events/${results[0]?.id}`, key });
    expect(back.json<{ details: object }>().details).toEqual(details);
  });
});

describe("ids", () => {
  test("a digest of content becomes a keyed one, and still finds the duplicate", async () => {
    const id = `sha256:${"0123456789abcdef".repeat(4)}`;
    const event = { ...good(id), occurred_at: "2026-03-04T05:06:07.089Z" };
    const first = await send(event);
    expect(first.results[0]?.id).toMatch(/^imp_[0-9a-f]{32}$/);
    const again = await send(event);
    expect(again.results[0]).toEqual({ ...first.results[0], status: "duplicate" });
    // Another tenant's is another: nobody can compare.
    const other = await send(event, { as: projectKey, headers: { "cairn-tenant": "acme2" } });
    expect(other.results[0]?.id).toMatch(/^imp_/);
    expect(other.results[0]?.id).not.toBe(first.results[0]?.id);
    const elsewhere = await send({ ...event, tenant: "digest-other" }, { as: projectKey });
    expect(elsewhere.results[0]?.id).toMatch(/^imp_/);
    expect(elsewhere.results[0]?.id).not.toBe(first.results[0]?.id);
  });

  test("an event without an id gets one by which it is found", async () => {
    const { results } = await send(good(), { query: "?wait=searchable" });
    const answer = await call(server, { path: `/v1/events/${results[0]?.id}`, key });
    expect(answer.json()).toMatchObject({ id: results[0]?.id, action: "door.opened", ...results[0]?.receipt });
  });
});

describe("project keys", () => {
  test("each event names its tenant; answers say whose they are", async () => {
    const { status, results } = await send([{ ...good(), tenant: "p-one" }, { ...good(), tenant: "p-two" }, good()], {
      as: projectKey,
    });
    expect(status).toBe(207);
    expect(results.map((result) => result.tenant ?? result.error?.code)).toEqual(["p-one", "p-two", "tenant_required"]);
    expect(await logSize(projectKey, "p-one")).toBe(1);
    expect(await logSize(projectKey, "p-two")).toBe(1);
  });

  test("events of many tenants in one request are each recorded where they belong, once", async () => {
    const tenants = Array.from({ length: 60 }, (_, i) => `m-${i}`);
    const eventOf = (tenant: string, id: string) => ({ id, tenant, action: `door.${tenant}`, actor: { id: "jane" } });
    const first = tenants.flatMap((tenant) => [eventOf(tenant, "a"), eventOf(tenant, "b")]);
    const { status, results } = await send(first, { as: projectKey });
    expect(status).toBe(200);
    expect(results.map((result) => result.tenant)).toEqual(first.map(({ tenant }) => tenant));
    expect(results.map((result) => result.receipt?.sequence)).toEqual(first.map((_, i) => i % 2));
    // Each identity is known in its own tenant only: some come again, some with other content, the rest is new.
    const second = tenants.map((tenant, i) =>
      i % 3 === 0
        ? eventOf(tenant, "a")
        : i % 3 === 1
          ? { ...eventOf(tenant, "b"), action: "door.forced" }
          : eventOf(tenant, "c"),
    );
    const again = await send([...second, { ...bad, tenant: "m-1" }], { as: projectKey });
    expect(again.status).toBe(207);
    expect(statuses(again.results)).toEqual([
      ...tenants.map((_, i) => (["duplicate", "conflict", "created"] as const)[i % 3]!),
      "rejected",
    ]);
    expect(again.results[3]?.receipt).toEqual(results[6]?.receipt);
    for (const [i, tenant] of tenants.entries()) expect(await logSize(projectKey, tenant)).toBe(i % 3 === 2 ? 3 : 2);
    for (const tenant of ["m-0", "m-59"]) {
      const headers = { "cairn-tenant": tenant };
      const seen = await call(server, { path: "/v1/actions", key: projectKey, headers });
      const text = JSON.stringify(seen.json());
      expect([tenant, "m-1"].map((id) => text.includes(`"door.${id}"`))).toEqual([true, false]);
    }
  });

  test("without tenants:create an unknown tenant is none, and another project's is none either", async () => {
    await server.createKey({ project: "foreign", tenant: "hidden", scopes: ["events:read"] });
    const { status, results } = await send(
      [
        { ...good(), tenant: "nobody" },
        { ...good(), tenant: "hidden" },
      ],
      {
        as: narrowProjectKey,
      },
    );
    expect(status).toBe(422);
    expect(results.map((result) => result.error?.code)).toEqual(["not_found", "not_found"]);
  });

  test("by the header, for all of them; an event may not name another", async () => {
    const headers = { "cairn-tenant": "acme" };
    const { results } = await send([good(), { ...good(), tenant: "acme" }, { ...good(), tenant: "p-one" }], {
      as: projectKey,
      headers,
    });
    expect(results.map((result) => result.error?.code ?? result.status)).toEqual([
      "created",
      "created",
      "tenant_unexpected",
    ]);
  });

  test("a tenant's key cannot name another tenant", async () => {
    const { status, results } = await send([
      { ...good(), tenant: "p-one" },
      { ...good(), tenant: "acme" },
    ]);
    expect(status).toBe(207);
    expect(results[0]?.error?.code).toBe("tenant_unexpected");
    expect((await send(good(), { headers: { "cairn-tenant": "p-one" } })).status).toBe(404);
  });

  test("names that could be paths make no tenant", async () => {
    const names = ["", "..", "../x", "a/b", ".hidden", "x".repeat(101), "a b", "é", "__proto__"];
    for (const tenant of names)
      expect((await send({ ...good(), tenant }, { as: projectKey })).results[0]).toMatchObject({ status: "rejected" });
  });
});

test("events refused are kept for their owner, newest first, in pages", async () => {
  const scopes = ["events:write", "events:read"];
  const own = await server.createKey({ tenant: "refused", scopes });
  for (const i of [1, 2, 3]) await send([{ ...good(), acton: `n${i}` }, good()], { as: own });
  interface Refused {
    refused: { refused_at: string; error: { code: string }; event: { acton?: string } }[];
    next: string | null;
  }
  const page = async (query: string) => (await call(server, { path: `/v1/refused${query}`, key: own })).json<Refused>();
  const all = await page("");
  expect(all.refused.map(({ event }) => event.acton)).toEqual(["n3", "n2", "n1"]);
  expect(all.refused[0]?.error.code).toBe("field_unknown");
  expect(all.next).toBeNull();
  const first = await page("?limit=2");
  expect(first.refused.map(({ event }) => event.acton)).toEqual(["n3", "n2"]);
  const second = await page(`?limit=2&cursor=${first.next}`);
  expect(second.refused.map(({ event }) => event.acton)).toEqual(["n1"]);
  const others = await call(server, { path: "/v1/refused", key });
  expect(others.text).not.toContain('"n3"');
});

test("wait=searchable: found as soon as the answer is there", async () => {
  for (let i = 0; i < 5; i++) {
    const mark = `w${randomUUID().replaceAll("-", "")}`;
    await record(server, key, { action: "found.now", description: mark });
    const { events } = (await call(server, { path: `/v1/events?q=${mark}`, key })).json<{ events: unknown[] }>();
    expect(events).toHaveLength(1);
  }
});
