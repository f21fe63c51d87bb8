import { startServer, type TestServer } from "@cairn/testkit";
import { Client } from "@retracedhq/retraced";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call } from "../api/support/call.ts";
import { logged } from "./support/log.ts";

let server: TestServer;
let project: string;
let retraced: Client;

beforeAll(async () => {
  server = await startServer();
  project = await server.createKey({ scopes: ["events:write", "events:read", "tenants:create", "viewer-tokens"] });
  retraced = client(project);
});
afterAll(() => server.remove());

/** Retraced's own client: its key and its endpoint are all that is changed. */
function client(apiKey: string): Client {
  return new Client({ apiKey, projectId: "b5ddd2a3c9b94bc7", endpoint: server.url });
}

const event = (more: object = {}) => ({
  action: "spline.reticulate",
  crud: "u" as const,
  group: { id: "customer-1", name: "Customer" },
  created: new Date("2026-03-04T05:06:07.089Z"),
  actor: { id: "jane@example.com", name: "Jane = 100%; \u00e4:" },
  target: { id: "t-1", name: "Spline", type: "spline" },
  source_ip: "203.0.113.7",
  description: "reticulated",
  fields: { "a:b": "c=d;e%", z: "1" },
  external_id: "ext-1",
  metadata: { m: "n" },
  ...more,
});
const of = (group: string) => logged(server, { key: project, tenant: group }, "retraced");
const send = (path: string, body: unknown, authorization = `token=${project}`) =>
  call(server, { path: `/publisher/v1/project/x/${path}`, body, headers: { authorization } });

describe("Retraced's own client", () => {
  test("reports events, and the hash that comes back is the one it computes", async () => {
    const id = await retraced.reportEvent(event());
    // It would have thrown had the hash differed.
    expect(await of("customer-1")).toMatchObject([
      {
        id,
        action: "spline.reticulate",
        verb: "update",
        occurred_at: "2026-03-04T05:06:07.089Z",
        actor: { id: "jane@example.com" },
        targets: [{ type: "spline", id: "t-1", name: "Spline" }],
        context: { ip: "203.0.113.7" },
        outcome: { result: "success" },
        details: { fields: { "a:b": "c=d;e%", z: "1" }, external_id: "ext-1" },
      },
    ]);
  });

  test("reporting the same again creates nothing; without a time it happened again", async () => {
    const ids = [await retraced.reportEvent(event()), await retraced.reportEvent(event())];
    expect(ids[0]).toBe(ids[1]);
    expect(await of("customer-1")).toHaveLength(1);
    const { created: _created, ...timeless } = event({ group: { id: "customer-2" } });
    for (let i = 0; i < 2; i++) await retraced.reportEvent(timeless);
    expect(await of("customer-2")).toHaveLength(2);
  });

  test("reports several, of several groups", async () => {
    const ids = await retraced.reportEvents([
      event({ group: { id: "customer-3" }, is_failure: true }),
      event({ group: { id: "customer-4" }, is_anonymous: true, actor: undefined }),
    ]);
    expect(ids).toHaveLength(2);
    expect(await of("customer-3")).toMatchObject([{ id: ids[0], outcome: { result: "failure" } }]);
    expect(await of("customer-4")).toMatchObject([{ id: ids[1], actor: { type: "anonymous" } }]);
  });

  test("gets a viewer token, which reads the log of its group", async () => {
    const token = await retraced.getViewerToken("customer-1", "viewer-7", false);
    const { changes } = (await call(server, { path: "/v1/changes?after=", key: token })).json<{
      changes: { event: { tenant: string } }[];
    }>();
    expect(new Set(changes.map(({ event: { tenant } }) => tenant))).toEqual(new Set(["customer-1"]));
    await expect(retraced.getViewerToken("nobody", "viewer-7", false)).rejects.toThrow("404");
  });

  test("throws what the server answers", async () => {
    await expect(client("cairn_wrong").reportEvent(event())).rejects.toThrow("401 Unauthorized");
    await expect(retraced.reportEvent(event({ group: { id: "not a name" } }))).rejects.toThrow("404 Not Found");
    await expect(retraced.reportEvent(event({ group: undefined }))).rejects.toThrow("400 Bad Request");
  });
});

describe("requests", () => {
  const one = { action: "a.b", group: { id: "customer-5" } };

  test("are let in with every form of the token", async () => {
    for (const authorization of [`token=${project}`, `Token token=${project}`, `Bearer ${project}`]) {
      const answer = await send("event", one, authorization);
      expect(answer.status).toBe(201);
      expect(answer.json()).toEqual({
        id: expect.any(String) as string,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      });
    }
  });

  test.each([
    ["no JSON", () => send("event", "{"), 400],
    ["nothing", () => send("event", ""), 400],
    ["no action", () => send("event", { group: { id: "g" } }), 400],
    ["two where one goes", () => send("event", [one, one]), 400],
    ["no bulk", () => send("event/bulk", one), 400],
    ["a bulk with a wrong event", () => send("event/bulk", { events: [one, {}] }), 400],
    ["a bulk of 51", () => send("event/bulk", { events: Array.from({ length: 51 }, () => one) }), 413],
    ["no token", () => call(server, { path: "/publisher/v1/project/x/event", body: one }), 401],
    ["another scheme", () => send("event", one, `Basic ${project}`), 401],
  ] as const)("%s: an error in Retraced's form", async (_what, ask, status) => {
    const answer = await ask();
    expect(answer.status).toBe(status);
    expect(answer.json()).toEqual({ status, error: expect.any(String) as string });
  });

  test("a key of a tenant reports for that group only, and may not make tokens without the scope", async () => {
    const key = await server.createKey({ tenant: "customer-6", scopes: ["events:write"] });
    await client(key).reportEvent(event({ group: { id: "customer-6" } }));
    const theirs = await send("event", { ...one, group: { id: "customer-1" } }, `token=${key}`);
    const nobodys = await send("event", { ...one, group: { id: "customer-nobody" } }, `token=${key}`);
    expect([theirs.status, theirs.text]).toEqual([404, nobodys.text]);
    await expect(client(key).getViewerToken("customer-6", "v", true)).rejects.toThrow("403");
  });
});
