import { startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call } from "../api/support/call.ts";

/** Bodies that the server under test holds at one time: one of the largest that may be, and a little more. */
const IN_FLIGHT_BYTES = 11 << 20;

let server: TestServer;
let key: string;

beforeAll(async () => {
  server = await startServer({ args: ["--max-body-bytes-in-flight", String(IN_FLIGHT_BYTES)] });
  key = await server.createKey({ tenant: "acme", scopes: ["events:write", "events:read"] });
});
afterAll(() => server.remove());

const MORE_THAN_ROOM = "x".repeat(IN_FLIGHT_BYTES + 1);
const MORE_THAN_A_BODY = "x".repeat((10 << 20) + 1);
const ROUTES = [
  ["/v1/logs", { code: 14, message: expect.any(String) as string }],
  ["/services/collector/event", { code: 9, text: "Server is busy" }],
  ["/v1/cloudevents", { error: { code: "overloaded" } }],
  ["/fhir/AuditEvent", { issue: [{ code: "transient" }] }],
  ["/fhir", { issue: [{ code: "transient" }] }],
  ["/audit_logs/events", { code: "overloaded" }],
  ["/publisher/v1/project/x/event", { status: 503 }],
] as const;

describe.each(ROUTES)("%s", (path, answered) => {
  test("more than there is room for now: later, in the protocol's words, with Retry-After", async () => {
    const answer = await call(server, { path, key, body: MORE_THAN_ROOM });
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(answer.json()).toMatchObject(answered);
  });

  test("more than a request may ever have: too large", async () => {
    const answer = await call(server, { path, key, body: MORE_THAN_A_BODY });
    expect(answer.status).toBe(413);
  });

  test("rubbish: a mistake of the sender, and the next one is served", async () => {
    for (const rubbish of [
      "\u0000",
      "[[[[",
      '{"a":',
      "<a><b>",
      "\ufeff",
      "null",
      "0",
      '"x"',
      "[null]",
      '{"events":[1]}',
    ]) {
      const answer = await call(server, { path, key, body: rubbish });
      expect([path, rubbish, answer.status < 500]).toEqual([path, rubbish, true]);
    }
    expect((await call(server, { path: "/healthz" })).status).toBe(200);
  });
});
