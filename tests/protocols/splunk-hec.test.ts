import { gzipSync } from "node:zlib";
import { startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, call } from "../api/support/call.ts";
import { logged, refused } from "./support/log.ts";

const CHANNEL = "FE0ECFAD-13D5-401B-847D-77833BD77131";
const BASE = "/services/collector";

let server: TestServer;
let key: string;
let other: string;
let reader: string;
let project: string;

beforeAll(async () => {
  server = await startServer();
  const scopes = ["events:write", "events:read"];
  [key, other, reader, project] = await Promise.all([
    server.createKey({ tenant: "acme", scopes }),
    server.createKey({ tenant: "other", scopes }),
    server.createKey({ tenant: "acme", scopes: ["events:read"] }),
    server.createKey({ scopes }),
  ]);
});
afterAll(() => server.remove());

interface Sent {
  readonly path?: string;
  readonly authorization?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const send = (body: unknown, { path = "/event", authorization = `Splunk ${key}`, headers = {} }: Sent = {}) =>
  call(server, {
    path: BASE + path,
    body,
    headers: { ...(authorization === "" ? {} : { authorization }), ...headers },
  });
const own = () => logged(server, { key }, "splunk_hec");

describe("events", () => {
  test("one after the other, as senders write them", async () => {
    const body = `{"time":1772600767.089,"host":"h1","sourcetype":"app","event":{"action":"patient.viewed","user":"jane","id":"h-1"}}
      {"time":1772600768,"event":"plain text"}{"time":"1772600769.5","event":{"action":"failure","signature":"Log In"}}`;
    expect((await send(body)).json()).toEqual({ text: "Success", code: 0 });
    expect(await own()).toMatchObject([
      { id: "h-1", action: "patient.viewed", occurred_at: "2026-03-04T05:06:07.089Z", details: { host: "h1" } },
      { description: "plain text" },
      { outcome: { result: "failure" }, occurred_at: "2026-03-04T05:06:09.500Z" },
    ]);
  });

  test("sent again create nothing; in gzip, at the other addresses, with the other credentials they are the same", async () => {
    const body = '{"time":1772600770,"event":"again"}';
    const basic = `Basic ${Buffer.from(`x:${key}`).toString("base64")}`;
    const answers = await Promise.all([
      send(body),
      send(body, { path: "" }),
      send(body, { path: "/event/1.0" }),
      send(body, { authorization: basic }),
      send(body, { authorization: `Bearer ${key}` }),
      send(gzipSync(body), { headers: { "content-encoding": "gzip" } }),
    ]);
    for (const answer of answers) expect(answer.json()).toEqual({ text: "Success", code: 0 });
    expect((await own()).filter(({ description }) => description === "again")).toHaveLength(1);
  });

  test("without a time happened each time they were sent", async () => {
    for (let i = 0; i < 2; i++) await send({ event: "no time" });
    expect((await own()).filter(({ description }) => description === "no time")).toHaveLength(2);
  });

  test("raw lines, with what the address says of them", async () => {
    const path = "/raw?sourcetype=sshd&host=h2&time=1772600771";
    expect((await send("first line\r\n\nsecond line\n", { path })).json()).toEqual({ text: "Success", code: 0 });
    expect((await own()).slice(-2)).toMatchObject([
      { action: "hec.sshd", description: "first line", details: { host: "h2" } },
      { action: "hec.sshd", description: "second line" },
    ]);
  });
});

describe("mistakes in the collector's numbers", () => {
  const BOMB = gzipSync(Buffer.alloc(64 << 20, 0x20));

  test.each([
    ["no token", () => send("{}", { authorization: "" }), 401, 2, "Token is required"],
    ["a scheme of another kind", () => send("{}", { authorization: "Digest x" }), 401, 3, "Invalid authorization"],
    ["an unknown token", () => send("{}", { authorization: "Splunk cairn_wrong" }), 403, 4, "Invalid token"],
    ["a token that may not write", () => send("{}", { authorization: `Splunk ${reader}` }), 403, 1, "Token disabled"],
    [
      "a token in the address",
      () => send("{}", { path: "/event?token=x", authorization: "" }),
      400,
      16,
      "Query string",
    ],
    ["nothing", () => send(""), 400, 5, "No data"],
    ["white space", () => send(" \n "), 400, 5, "No data"],
    ["no JSON", () => send("hello"), 400, 6, "Invalid data format"],
    ["no event", () => send('{"host":"h"}'), 400, 12, "Event field is required"],
    ["a blank event", () => send('{"event":""}'), 400, 13, "Event field cannot be blank"],
    ["a bad channel", () => send('{"event":"x"}', { path: "/event?channel=1" }), 400, 11, "Invalid data channel"],
    ["damaged gzip", () => send("x", { headers: { "content-encoding": "gzip" } }), 400, 6, "Invalid data format"],
    ["a bomb", () => send(BOMB, { headers: { "content-encoding": "gzip" } }), 413, 27, "Request entity too large"],
    ["no tenant", () => send('{"event":"x"}', { authorization: `Splunk ${project}` }), 400, 7, "Incorrect index"],
    [
      "another tenant",
      () => send('{"event":"x"}', { headers: { "cairn-tenant": "other" } }),
      400,
      7,
      "Incorrect index",
    ],
  ] as const)("%s", async (_what, ask, status, code, text) => {
    const answer = await ask();
    expect(answer.status).toBe(status);
    expect(answer.json<{ code: number; text: string }>()).toMatchObject({ code });
    expect(answer.json<{ text: string }>().text).toContain(text);
    expect(answer.headers.has("www-authenticate")).toBe(status === 401);
  });

  test("the first wrong event of several is told by its number; its neighbours go in, and the source goes on", async () => {
    const answer = await send('{"time":1,"event":"left"} {"event":""} {"time":2,"event":"right"}');
    expect(answer.json()).toEqual({ text: "Event field cannot be blank", code: 13, "invalid-event-number": 1 });
    expect((await own()).slice(-2).map(({ description }) => description)).toEqual(["left", "right"]);
    const kept = JSON.stringify(await refused(server, key));
    expect(kept).toContain('{\\"event\\":\\"\\"}');
    const theirs = await call(server, { path: "/v1/refused", key: other });
    expect(theirs.json()).toEqual({ refused: [], next: null });
    expect((await send({ event: "after" })).status).toBe(200);
  });
});

describe("acknowledgement", () => {
  const ask = (acks: unknown, { path = `/ack?channel=${CHANNEL}`, authorization = `Splunk ${key}` }: Sent = {}) =>
    send(JSON.stringify({ acks }), { path, authorization });

  const idOf = async (sent: Promise<Answer>) => (await sent).json<{ ackId: number }>().ackId;

  test("each id is true once it was given, in its channel", async () => {
    const headers = { "x-splunk-request-channel": CHANNEL };
    expect((await ask([0, 1])).json()).toEqual({ acks: { "0": false, "1": false } });
    const first = await send({ event: "a" }, { headers });
    expect(first.json()).toEqual({ text: "Success", code: 0, ackId: expect.any(Number) as number });
    const ids = [
      first.json<{ ackId: number }>().ackId,
      await idOf(send({ event: "b" }, { path: `/event?channel=${CHANNEL}` })),
      await idOf(send("c\nd", { path: `/raw?channel=${CHANNEL.toLowerCase()}` })),
    ];
    expect([new Set(ids).size, ids.every(Number.isSafeInteger)]).toEqual([3, true]);
    const never = (ids[0] ?? 0) + 1;
    const acks = Object.fromEntries([...ids.map((id) => [id, true]), [never, false]]) as Record<string, boolean>;
    expect((await ask([...ids, never])).json()).toEqual({ acks });
    const elsewhere = "0aeeac95-ac74-4aa9-b30d-6c4c0ac581ba";
    expect((await ask([ids[0]], { path: `/ack?channel=${elsewhere}` })).json()).toEqual({
      acks: { [String(ids[0])]: false },
    });
  });

  test("the channel of another token is another one", async () => {
    const id = await idOf(send({ event: "a" }, { headers: { "x-splunk-request-channel": CHANNEL } }));
    expect((await ask([id], { authorization: `Splunk ${other}` })).json()).toEqual({ acks: { [String(id)]: false } });
  });

  test("what failed gets no id", async () => {
    const answer = await send("{}", { headers: { "x-splunk-request-channel": CHANNEL } });
    expect(answer.json()).not.toHaveProperty("ackId");
  });

  test.each([
    ["no channel", "/ack", "{}", 10],
    ["a bad channel", "/ack?channel=x", "{}", 11],
    ["no ids", `/ack?channel=${CHANNEL}`, "{}", 6],
    ["ids that are none", `/ack?channel=${CHANNEL}`, '{"acks":["a"]}', 6],
    ["no JSON", `/ack?channel=${CHANNEL}`, "{", 6],
  ])("%s", async (_what, path, body, code) => {
    const answer = await send(body, { path });
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ code });
  });
});

test("health needs no token", async () => {
  for (const path of ["/health", "/health/1.0"]) {
    const answer = await call(server, { path: BASE + path });
    expect([answer.status, answer.json()]).toEqual([200, { text: "HEC is healthy", code: 17 }]);
  }
  expect((await call(server, { method: "OPTIONS", path: `${BASE}/event/1.0` })).status).toBe(200);
});
