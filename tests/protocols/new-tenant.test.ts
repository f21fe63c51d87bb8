import { startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call } from "../api/support/call.ts";

let server: TestServer;
let maker: string;
let writer: string;
let made = 0;

beforeAll(async () => {
  server = await startServer();
  const scopes = ["events:write", "events:read"];
  [maker, writer] = await Promise.all([
    server.createKey({ scopes: [...scopes, "tenants:create"] }),
    server.createKey({ scopes }),
  ]);
});
afterAll(() => server.remove());

const event = { id: "e-1", occurred_at: "2026-03-04T05:06:07.089Z", action: "a.b" };
/** Ways in of which each event does not name its tenant. */
const WAYS = [
  ["/v1/events", event],
  ["/v1/cloudevents", { specversion: "1.0", source: "/x", id: "e-1", type: "a.b", time: "2026-03-04T05:06:07.089Z" }],
  [
    "/v1/logs",
    { resourceLogs: [{ scopeLogs: [{ logRecords: [{ eventName: "a.b", timeUnixNano: "1772600767089000000" }] }] }] },
  ],
  ["/services/collector/event", { time: 1_772_600_767, event: { id: "e-1", action: "a.b" } }],
] as const;

async function actionsOf(key: string, tenant: string): Promise<readonly string[]> {
  const path = "/v1/changes?after=&limit=100";
  const { changes = [] } = (await call(server, { path, key, headers: { "cairn-tenant": tenant } })).json<{
    changes?: readonly { readonly event: { readonly action: string } }[];
  }>();
  return changes.map(({ event: { action } }) => action).filter((action) => action === "a.b");
}

describe.each(WAYS)("Cairn-Tenant at %s", (path, body) => {
  const send = (key: string, tenant: string, sent: unknown = body) =>
    call(server, { path, key, body: sent, headers: { "cairn-tenant": tenant } });

  test("makes a tenant that is not there, if the key may", async () => {
    const tenant = `made-${++made}`;
    expect((await send(maker, tenant)).status).toBe(200);
    expect(await actionsOf(writer, tenant)).toEqual(["a.b"]);
    expect((await send(maker, tenant)).status).toBe(200);
    expect(await actionsOf(writer, tenant)).toEqual(["a.b"]);
  });

  test("makes one of two that come at one time", async () => {
    const tenant = `made-${++made}`;
    const answers = await Promise.all(Array.from({ length: 5 }, () => send(maker, tenant)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await actionsOf(writer, tenant)).toEqual(["a.b"]);
  });

  test("finds none, if the key may not, or the name is none", async () => {
    expect((await send(writer, "nobody")).status).toBe(path.startsWith("/services") ? 400 : 404);
    expect((await send(maker, "no name")).status).toBe(path.startsWith("/services") ? 400 : 404);
    expect(await actionsOf(writer, "nobody")).toEqual([]);
  });

  test("makes none for a body that cannot be read", async () => {
    const tenant = `made-${++made}`;
    // CloudEvents answers for each event, here for the one that is none.
    expect((await send(maker, tenant, "{")).status).toBe(path === "/v1/cloudevents" ? 422 : 400);
    const look = await call(server, { path: "/v1/changes?after=", key: writer, headers: { "cairn-tenant": tenant } });
    expect(look.status).toBe(404);
  });
});

test("an event that names another tenant than the new one is refused", async () => {
  const answer = await call(server, {
    ...{ path: "/v1/events", key: maker, headers: { "cairn-tenant": "made-by-header" } },
    body: [event, { ...event, id: "e-2", tenant: "elsewhere" }],
  });
  expect(answer.status).toBe(207);
  expect(answer.json()).toMatchObject({
    results: [{ status: "created", tenant: "made-by-header" }, { error: { code: "tenant_unexpected" } }],
  });
});
