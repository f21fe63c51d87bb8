import { startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call } from "../api/support/call.ts";
import { logged, refused } from "./support/log.ts";

let server: TestServer;
let key: string;
let project: string;

beforeAll(async () => {
  server = await startServer();
  const scopes = ["events:write", "events:read"];
  [key, project] = await Promise.all([
    server.createKey({ tenant: "acme", scopes }),
    server.createKey({ scopes: [...scopes, "tenants:create"] }),
  ]);
});
afterAll(() => server.remove());

const STRUCTURED = { "content-type": "application/cloudevents+json; charset=utf-8" };
const BATCH = { "content-type": "application/cloudevents-batch+json" };
const event = (id: string, more: object = {}) => ({
  specversion: "1.0",
  id,
  source: "/portal",
  type: "com.example.record.viewed",
  time: "2026-03-04T05:06:07.089Z",
  subject: "record/7",
  authid: "u-1",
  authtype: "app_user",
  data: { ip: "203.0.113.7" },
  ...more,
});
const send = (body: unknown, headers: Record<string, string> = STRUCTURED, as = key) =>
  call(server, { path: "/v1/cloudevents", key: as, body, headers });
const statuses = (answer: Awaited<ReturnType<typeof send>>) =>
  answer.json<{ results: { status: string }[] }>().results.map(({ status }) => status);

describe("content modes", () => {
  test("structured, batch and binary record the same; a repetition creates nothing", async () => {
    expect(statuses(await send(event("1")))).toEqual(["created"]);
    expect(statuses(await send([event("1"), event("2")], BATCH))).toEqual(["duplicate", "created"]);
    const { data, ...attributes } = event("3");
    const headers = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [`ce-${name}`, encodeURIComponent(value)]),
    );
    const binary = await send(data, { ...headers, "content-type": "application/json" });
    expect(statuses(binary)).toEqual(["created"]);
    const events = await logged(server, { key }, "cloudevents");
    expect(events.map(({ id }) => id)).toEqual(["/portal#1", "/portal#2", "/portal#3"]);
    for (const each of events)
      expect(each).toMatchObject({
        action: "com.example.record.viewed",
        actor: { type: "user", id: "u-1" },
        context: { ip: "203.0.113.7" },
        targets: [{ id: "record/7" }],
      });
  });

  test("an empty batch is fine", async () => {
    const answer = await send("[]", BATCH);
    expect([answer.status, answer.json()]).toEqual([200, { results: [] }]);
  });
});

describe("mistakes", () => {
  test("one wrong event of a batch is refused by itself", async () => {
    const { type: _type, ...without } = event("4");
    const answer = await send([without, event("5"), event("5", { type: "another.one" })], BATCH);
    expect(answer.status).toBe(207);
    expect(answer.json()).toMatchObject({
      results: [
        { status: "rejected", error: { code: "shape_invalid", pointer: "/type" } },
        { status: "created", id: "/portal#5" },
        { status: "conflict", error: { code: "conflict" } },
      ],
    });
    expect(await refused(server, key)).toHaveLength(1);
  });

  test.each([
    ["nothing that is an event", () => send({ a: 1 }), 422],
    ["no JSON", () => send("{"), 422],
    ["no body", () => send(""), 400],
    ["another media type", () => send("a,b", { "content-type": "text/csv" }), 415],
    ["no key", () => call(server, { path: "/v1/cloudevents", body: event("9") }), 401],
    ["a project's key without a tenant", () => send(event("9"), STRUCTURED, project), 400],
    ["another tenant", () => send(event("9"), { ...STRUCTURED, "cairn-tenant": "other" }), 404],
  ] as const)("%s", async (_what, ask, status) => {
    const answer = await ask();
    expect(answer.status).toBe(status);
    const { error, results } = answer.json<{ error?: { code: string }; results?: { error: { code: string } }[] }>();
    expect(error?.code ?? results?.[0]?.error.code).toMatch(/^[a-z_]+$/);
  });
});

test("a sender may ask beforehand whether it may send", async () => {
  const headers = { "webhook-request-origin": "eventemitter.example.com" };
  const answer = await call(server, { method: "OPTIONS", path: "/v1/cloudevents", headers });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("webhook-allowed-origin")).toBe("eventemitter.example.com");
});

test("a project's key names the tenant", async () => {
  const headers = { ...STRUCTURED, "cairn-tenant": "new-customer" };
  expect(statuses(await send(event("1"), headers, project))).toEqual(["created"]);
  expect(await logged(server, { key: project, tenant: "new-customer" }, "cloudevents")).toHaveLength(1);
});
