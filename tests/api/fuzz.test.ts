import { setTimeout as delay } from "node:timers/promises";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { Random, startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, record } from "./support/call.ts";
import { finishedExport } from "./support/exports.ts";
import { type Operation, RequestMaker } from "./support/random-requests.ts";
import { openSocket, type RawAnswer, sendRaw } from "./support/raw.ts";

/** How long random requests are sent; `CAIRN_FUZZ_SECONDS` for a campaign. */
const RANDOM_MS = Number(process.env.CAIRN_FUZZ_SECONDS ?? (process.env.CAIRN_CAMPAIGN === "long" ? 3_600 : 4)) * 1_000;
const SEED = Number(process.env.CAIRN_FUZZ_SEED ?? Date.now() % 1_000_000);
/** What only the victim's events hold. */
const MARK = "zebrafinch";
/** Answers that the documentation allows beside those below 500. */
const ALLOWED = [503, 507];

let server: TestServer;
let keys: readonly (string | undefined)[];
let key: string;
let victimKey: string;
let projectKey: string;
let operations: readonly Operation[];

beforeAll(async () => {
  server = await startServer();
  const scopes = ["events:write", "events:read", "exports", "catalog:write"];
  [victimKey, key, projectKey] = await Promise.all([
    server.createKey({ project: "theirs", tenant: "victim", scopes }),
    server.createKey({ tenant: "attacker", scopes }),
    server.createKey({ scopes: [...scopes, "tenants:create"] }),
  ]);
  keys = [key, key, key, projectKey, undefined, "cairn_wrong", "x".repeat(300)];
  const event = { action: `${MARK}.seen`, actor: { id: MARK, name: MARK }, details: { note: MARK } };
  await record(
    server,
    victimKey,
    Array.from({ length: 20 }, () => event),
  );
  await record(server, victimKey, { acton: MARK }, "");
  await call(server, { method: "PUT", path: `/v1/actions/${MARK}.seen`, key: victimKey, body: {} });
  await finishedExport(server, victimKey, { format: "csv", q: MARK });
  await record(
    server,
    key,
    Array.from({ length: 20 }, () => ({ action: "own.event" })),
  );
  const { paths } = (await call(server, { path: "/openapi.json" })).json<{ paths: Record<string, object> }>();
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
});
afterAll(() => server.remove());

/** Routes whose protocol has errors of its own; tests/protocols and tests/ringcentral hold them to it. */
const OTHER_PROTOCOLS = / \/(?:v1\/logs|services\/|fhir|audit_logs\/|publisher\/|restapi\/)/;

function check(answer: RawAnswer, what: string): void {
  const { status, text } = answer;
  if (status !== undefined && status >= 500 && !ALLOWED.includes(status))
    throw new Error(`${what} was answered ${status}: ${text.slice(0, 500)}\nserver:\n${server.output().slice(-3_000)}`);
  if (text.includes(MARK) && !what.includes(MARK))
    throw new Error(`${what} showed another tenant's data: ${text.slice(0, 500)}`);
  if (status !== undefined && status >= 400 && text.startsWith("{")) {
    const answered = JSON.parse(Buffer.from(text, "latin1").toString()) as {
      error?: { code?: unknown };
      results?: object;
    };
    if (typeof answered.error?.code !== "string" && answered.results === undefined && !OTHER_PROTOCOLS.test(what))
      throw new Error(`${what} was answered ${status} without a code: ${text.slice(0, 500)}`);
  }
}

async function isHealthy(): Promise<void> {
  expect((await call(server, { path: "/healthz" })).status).toBe(200);
  const answer = await record(server, key, { action: "still.alive" });
  expect(answer.status).toBe(200);
  const { results } = answer.json<{ results: { id: string }[] }>();
  expect((await call(server, { path: `/v1/events/${results[0]?.id}`, key })).status).toBe(200);
}

describe("bodies of ingest", () => {
  const repeat = (text: string, count: number) => Buffer.from(text.repeat(count));
  const MIB = 1024 * 1024;
  const bomb = gzipSync(Buffer.alloc(64 * MIB, 0x20));
  const zstdBomb = zstdCompressSync(Buffer.alloc(64 * MIB, 0x5b));
  const bodies: Readonly<
    Record<string, () => { body: Uint8Array; headers?: Record<string, string>; status: number[] }>
  > = {
    "100,000 brackets": () => ({ body: repeat("[", 100_000), status: [400, 422] }),
    "100,000 lists in each other": () => ({
      body: Buffer.concat([repeat("[", 100_000), repeat("]", 100_000)]),
      status: [400, 422],
    }),
    "a million objects in each other": () => ({
      body: Buffer.concat([repeat('{"a":', 1_000_000), Buffer.from("1"), repeat("}", 1_000_000)]),
      status: [400, 422],
    }),
    "details 5,000 deep": () => ({
      body: Buffer.concat([
        Buffer.from('{"action":"a.b","details":'),
        repeat("[", 5_000),
        repeat("]", 5_000),
        Buffer.from("}"),
      ]),
      status: [422],
    }),
    "a number of a million digits": () => ({
      body: Buffer.concat([Buffer.from('{"action":"a.b","details":'), repeat("9", MIB), Buffer.from("}")]),
      status: [422],
    }),
    "an exponent of a million digits": () => ({
      body: Buffer.concat([Buffer.from('{"action":"a.b","details":1e'), repeat("9", MIB), Buffer.from("}")]),
      status: [422],
    }),
    "a million tiny fields": () => ({
      body: Buffer.from(
        `{"action":"a.b","details":{${Array.from({ length: 900_000 }, (_, i) => `"${i.toString(36)}":1`).join()}}}`,
      ),
      status: [422],
    }),
    "a million equal keys": () => ({
      body: Buffer.from(`{"action":"a.b","details":{${Array.from({ length: 1_000_000 }, () => '"a":1').join()}}}`),
      status: [422],
    }),
    "20,000 tiny fields in 256 KiB": () => ({
      body: Buffer.from(
        `{"action":"a.b","details":{${Array.from({ length: 20_000 }, (_, i) => `"${i.toString(36)}":1`).join()}}}`,
      ),
      status: [200],
    }),
    "two million empty objects": () => ({ body: Buffer.from(`[${"{},".repeat(2_000_000)}{}]`), status: [413] }),
    "two million lines": () => ({
      body: repeat("{}\n", 2_000_000),
      headers: { "content-type": "application/x-ndjson" },
      status: [413],
    }),
    "ten million line ends": () => ({
      body: repeat("\n", 10_000_000),
      headers: { "content-type": "application/x-ndjson" },
      status: [400, 422, 200],
    }),
    "10 MiB of backslashes in a string": () => ({
      body: Buffer.concat([Buffer.from('"'), repeat("\\", 10 * MIB - 10), Buffer.from('"')]),
      status: [400, 422],
    }),
    "10 MiB of quotation marks": () => ({ body: repeat('"', 10 * MIB - 10), status: [400] }),
    "10 MiB of colons": () => ({ body: repeat(":", 10 * MIB - 10), status: [400] }),
    "an unending string": () => ({
      body: Buffer.concat([Buffer.from('{"action":"'), repeat("a", 5 * MIB)]),
      status: [400],
    }),
    "bytes that are not UTF-8": () => ({ body: Buffer.from([0x7b, 0xc3, 0x28, 0x7d]), status: [400] }),
    "an overlong encoding": () => ({ body: Buffer.from([0x22, 0xc0, 0xaf, 0x22]), status: [400] }),
    "a surrogate in UTF-8": () => ({ body: Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), status: [400] }),
    "UTF-16": () => ({ body: Buffer.from('{"action":"a.b"}', "utf16le"), status: [400] }),
    "a mark of the order of bytes": () => ({ body: Buffer.from('\ufeff{"action":"a.b"}'), status: [200, 400] }),
    "NUL and control characters": () => ({
      body: Buffer.from('{"action":"a.b","details":"\u0000\u001f"}'),
      status: [400],
    }),
    "NUL as an escape": () => ({
      body: Buffer.from(String.raw`{"action":"a.b","details":"\u0000","labels":{"\u0000":"\u0000"}}`),
      status: [200, 422],
    }),
    "names of what every object has": () => ({
      body: Buffer.from(
        '{"action":"a.b","details":{"__proto__":{"x":1},"constructor":{"prototype":1},"toString":1},"labels":{"__proto__":"x"}}',
      ),
      status: [200],
    }),
    "__proto__ as a field": () => ({
      body: Buffer.from('{"action":"a.b","__proto__":{"tenant":"victim"}}'),
      status: [422],
    }),
    "gzip cut short": () => ({
      body: gzipSync("{}").subarray(0, 12),
      headers: { "content-encoding": "gzip" },
      status: [400],
    }),
    "gzip with a byte changed": () => ({
      body: gzipSync(`{"action":"a.b","details":"${"x".repeat(1_000)}"}`).fill(0xff, 15, 16),
      headers: { "content-encoding": "gzip" },
      status: [400],
    }),
    "zstd cut short": () => ({
      body: zstdCompressSync("{}").subarray(0, 6),
      headers: { "content-encoding": "zstd" },
      status: [400],
    }),
    "gzip that is none": () => ({ body: Buffer.from("{}"), headers: { "content-encoding": "gzip" }, status: [400] }),
    "a gzip bomb of 1 GiB": () => ({
      body: Buffer.concat(Array.from({ length: 16 }, () => bomb)),
      headers: { "content-encoding": "gzip" },
      status: [413],
    }),
    "a zstd bomb of 1 GiB": () => ({
      body: Buffer.concat(Array.from({ length: 16 }, () => zstdBomb)),
      headers: { "content-encoding": "zstd" },
      status: [413],
    }),
  };

  test.each(Object.keys(bodies))("%s", async (name) => {
    const { body, headers = {}, status } = bodies[name]!();
    const answer = await sendRaw({
      port: server.port,
      method: "POST",
      path: "/v1/events",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
      body,
    });
    check(answer, name);
    expect(status).toContain(answer.status);
    expect(answer.elapsedMs).toBeLessThan(15_000);
  });

  test("the server is well, and has not grown beyond measure", async () => {
    await isHealthy();
    const { text } = await call(server, { path: "/metrics" });
    const [, bytes] = /^cairn_resident_bytes (\d+)/m.exec(text) ?? [];
    expect(Number(bytes)).toBeLessThan(2 * 1024 ** 3);
  });
});

describe("bodies of other routes", () => {
  test.each([
    ["deep", () => Buffer.from(`{"q":${"[".repeat(200_000)}${"]".repeat(200_000)}}`)],
    ["many fields", () => Buffer.from(`{${Array.from({ length: 60_000 }, (_, i) => `"f${i}":1`).join()}}`)],
    ["too long", () => Buffer.alloc(12 * 1024 * 1024, 0x20)],
    ["a query of a million signs", () => Buffer.from(JSON.stringify({ q: "(".repeat(900_000) }))],
    ["a query of 10,000 conditions", () => Buffer.from(JSON.stringify({ q: "a ".repeat(5_000) }))],
    ["a query 4,000 deep", () => Buffer.from(JSON.stringify({ q: `${"(".repeat(4_000)}a${")".repeat(4_000)}` }))],
    ["a query of NOTs", () => Buffer.from(JSON.stringify({ q: `${"NOT ".repeat(2_400)}a` }))],
    ["a query of wildcards", () => Buffer.from(JSON.stringify({ q: `description:${"*a".repeat(200)}` }))],
    ["not UTF-8", () => Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])],
    [
      "a pattern that takes for ever",
      () => Buffer.from(JSON.stringify({ details_schema: { type: "string", pattern: "^(a+)+$" } })),
    ],
    ["a schema that means itself", () => Buffer.from(JSON.stringify({ details_schema: { $ref: "#" } }))],
    [
      "names of what every object has",
      () => Buffer.from('{"preset":"__proto__","columns":["__proto__"],"__proto__":1}'),
    ],
    ["preset toString", () => Buffer.from('{"preset":"toString"}')],
  ] as const)("%s", async (_what, body) => {
    for (const { method, path } of operations.filter((each) => each.method === "POST" || each.method === "PUT")) {
      if (path === "/v1/events") continue;
      const target = path.replace("{action}", "fuzzed.action");
      const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
      const answer = await sendRaw({ port: server.port, method, path: target, headers, body: body() });
      check(answer, `${method} ${path}`);
    }
  });

  test("events of an action whose schema is odd are answered, and nobody waits for them for long", async () => {
    const schemas = [
      { type: "object", properties: { a: { $ref: "#" } } },
      { $ref: "https://example.com/schema.json" },
      { type: 5 },
      { enum: "x" },
      { allOf: [{ not: {} }] },
    ];
    for (const [i, details_schema] of schemas.entries()) {
      const path = `/v1/actions/odd.schema-${i}`;
      const put = await call(server, { method: "PUT", path, key: projectKey, body: { details_schema } });
      expect(put.status).toBeLessThan(500);
      const answer = await record(server, key, { action: `odd.schema-${i}`, details: { a: { a: { a: 1 } } } }, "");
      expect(answer.status).toBeLessThan(500);
    }
    await isHealthy();
  });
});

describe("connections", () => {
  const head = (lines: string) => `POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\n${lines}\r\n`;

  test("HTTP that is none is refused, and the connection closed", async () => {
    const nonsense = [
      "\r\n\r\n\r\n",
      "GARBAGE\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      `GET /${"a".repeat(200_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: x\r\n${"X-A: b\r\n".repeat(20_000)}\r\n`,
      "GET / HTTP/1.1\r\nHost: x\r\nX: \u0000\r\n\r\n",
      `${head("Content-Length: 5\r\nContent-Length: 6\r\n")}hello`,
      head("Content-Length: -1\r\n"),
      head("Content-Length: 99999999999999999999\r\n"),
      `${head("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")}0\r\n\r\n`,
      `${head("Transfer-Encoding: chunked\r\n")}zz\r\nhello\r\n0\r\n\r\n`,
      Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00]), // somebody speaks TLS
      Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ];
    for (const bytes of nonsense) {
      const socket = openSocket(server.port, bytes);
      const received = await Promise.race([socket.closed, delay(2_000, "")]);
      socket.destroy();
      expect(received).not.toMatch(/^HTTP\/1\.1 5(?!03)/);
      expect(received).not.toContain(MARK);
    }
    await isHealthy();
  });

  test("senders that stop in the middle hold up nobody, and are cut off", async () => {
    const body = '{"action":"slow.event"}';
    const startedAt = performance.now();
    const slow = Array.from({ length: 40 }, (_, i) =>
      openSocket(server.port, i % 2 === 0 ? head(`Content-Length: ${body.length}\r\n`) + body.slice(0, 5) : head("")),
    );
    const drip = setInterval(() => {
      for (const socket of slow) socket.write("x");
    }, 5_000);
    await isHealthy();
    // The server gives a request half a minute; others are served meanwhile.
    const random = await randomRequests(RANDOM_MS, SEED);
    expect(random.sent).toBeGreaterThan(50);
    const received = await Promise.all(slow.map((socket) => socket.closed));
    clearInterval(drip);
    expect(performance.now() - startedAt).toBeLessThan(50_000);
    // Those whose body was announced get told; the others asked for something that makes no sense and are told that.
    for (const text of received) expect(text).toMatch(/^HTTP\/1\.1 4\d\d|^$/);
    await isHealthy();
  });
});

/** Sends random requests from several connections for a time. */
async function randomRequests(forMs: number, seed: number): Promise<{ sent: number; statuses: Map<number, number> }> {
  const statuses = new Map<number, number>();
  let sent = 0;
  const endMs = performance.now() + forMs;
  const lane = async (number: number) => {
    const random = new Random(seed + number);
    const maker = new RequestMaker(random, operations);
    while (performance.now() < endMs) {
      const request = maker.make();
      const as = keys[random.below(keys.length)];
      const headers = { ...(as === undefined ? {} : { authorization: `Bearer ${as}` }), ...request.headers };
      // A follower may wait for half a minute: that is no fault.
      if (request.path.startsWith("/v1/changes") && request.path.includes("wait_seconds")) continue;
      const answer = await sendRaw({ port: server.port, ...request, headers });
      sent++;
      statuses.set(answer.status ?? 0, (statuses.get(answer.status ?? 0) ?? 0) + 1);
      const body = request.body === undefined ? "" : ` ${Buffer.from(request.body).toString("latin1").slice(0, 400)}`;
      check(
        answer,
        `seed ${seed}: ${request.method} ${request.path.slice(0, 400)} ${JSON.stringify(request.headers)}${body}`,
      );
    }
  };
  await Promise.all([0, 1, 2, 3].map(lane));
  return { sent, statuses };
}

test(
  "random requests to every route: errors, but never a fault",
  async () => {
    const { sent, statuses } = await randomRequests(RANDOM_MS, SEED + 1_000);
    expect(sent).toBeGreaterThan(50);
    // The requests are odd, but not so odd that nothing gets past the first check.
    expect(statuses.get(200) ?? 0).toBeGreaterThan(0);
    await isHealthy();
  },
  RANDOM_MS + 60_000,
);

test("the victim's log is as it was", async () => {
  const { events } = (
    await call(server, { path: `/v1/events?q=${MARK}%20NOT%20source:cairn&limit=100`, key: victimKey })
  ).json<{
    events: unknown[];
  }>();
  expect(events).toHaveLength(20);
  const { log } = (await call(server, { path: "/v1/tenant", key: victimKey })).json<{ log: { size: number } }>();
  // The key, the events, the action and the export that the test began with.
  expect(log.size).toBe(23);
});
