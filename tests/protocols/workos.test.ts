import { setTimeout as delay } from "node:timers/promises";
import { startServer, type TestServer } from "@cairn/testkit";
import { WorkOS } from "@workos-inc/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call } from "../api/support/call.ts";
import { logged } from "./support/log.ts";

let server: TestServer;
let project: string;
let other: string;
let workos: WorkOS;

beforeAll(async () => {
  server = await startServer();
  const scopes = ["events:write", "events:read", "exports", "catalog:write"];
  [project, other] = await Promise.all([
    server.createKey({ scopes: [...scopes, "tenants:create"] }),
    server.createKey({ project: "elsewhere", scopes: [...scopes, "tenants:create"] }),
  ]);
  workos = client(project);
});
afterAll(() => server.remove());

/** WorkOS's own client: its key and its host are all that is changed. */
function client(apiKey: string): WorkOS {
  return new WorkOS(apiKey, { apiHostname: "127.0.0.1", port: server.port, https: false, maxRetries: 0 } as never);
}

const event = (more: object = {}) => ({
  action: "document.updated",
  occurredAt: new Date("2026-03-04T05:06:07.089Z"),
  actor: { id: "user_1", name: "Jon Smith", type: "user" },
  targets: [{ id: "document_39127", type: "document" }],
  context: { location: "203.0.113.8", userAgent: "Firefox" },
  metadata: { successful: true },
  ...more,
});
const of = (organization: string) => logged(server, { key: project, tenant: organization }, "workos");
const send = (body: unknown, headers: Record<string, string> = {}, key = project) =>
  call(server, { path: "/audit_logs/events", key, body, headers });

describe("WorkOS's own client", () => {
  test("records for organizations, with one key; a key of idempotency counts once", async () => {
    await workos.auditLogs.createEvent("org_1", event(), { idempotencyKey: "once" });
    await workos.auditLogs.createEvent("org_1", event(), { idempotencyKey: "once" });
    await workos.auditLogs.createEvent("org_1", event());
    await workos.auditLogs.createEvent("org_2", event({ action: "user.signed_in" }));
    expect(await of("org_1")).toMatchObject([
      {
        id: "once",
        action: "document.updated",
        occurred_at: "2026-03-04T05:06:07.089Z",
        actor: { type: "user", id: "user_1", name: "Jon Smith" },
        targets: [{ type: "document", id: "document_39127" }],
        context: { ip: "203.0.113.8", user_agent: "Firefox" },
        details: { event: { metadata: { successful: true } } },
      },
      { id: expect.stringMatching(/^workos-node-/) as string },
    ]);
    expect(await of("org_2")).toMatchObject([{ action: "user.signed_in", verb: "login" }]);
  });

  test("declares schemas, which the catalog then holds events against", async () => {
    const schema = {
      action: "user.logged_in",
      actor: { metadata: { role: "string" } },
      targets: [{ type: "user", metadata: { user_id: "string" } }],
      metadata: { count: "number" },
    };
    const first = await workos.auditLogs.createSchema(schema);
    expect(first).toMatchObject({ object: "audit_log_schema", version: 1, metadata: { count: "number" } });
    expect((await workos.auditLogs.createSchema(schema)).version).toBe(1);
    const second = await workos.auditLogs.createSchema({ ...schema, metadata: { count: "number", ok: "boolean" } });
    expect(second.version).toBe(2);
    const listed = await workos.auditLogs.listSchemas("user.logged_in", { limit: 1 });
    expect(listed.data.map(({ version }) => version)).toEqual([2]);
    const after = listed.listMetadata.after ?? "";
    const rest = await workos.auditLogs.listSchemas("user.logged_in", { limit: 1, after });
    expect(rest.data.map(({ version }) => version)).toEqual([1]);
    expect(rest.listMetadata).toEqual({ before: "1", after: null });
    const all = await (await workos.auditLogs.listSchemas("user.logged_in")).autoPagination();
    expect(all.map(({ version }) => version)).toEqual([2, 1]);
    const wrong = event({ action: "user.logged_in", metadata: { count: "three" } });
    await workos.auditLogs.createEvent("org_schema", wrong);
    expect(await of("org_schema")).toMatchObject([{ warnings: ["schema_misfit:user.logged_in@2"] }]);
  });

  test("exports an organization as CSV, by filters, to an address that needs no key", async () => {
    await workos.auditLogs.createEvent("org_csv", event({ action: "invoice.paid", actor: { id: "u9", type: "user" } }));
    await workos.auditLogs.createEvent("org_csv", event({ action: "invoice.voided" }));
    await workos.auditLogs.createEvent(
      "org_csv",
      event({ action: "invoice.paid", occurredAt: new Date("2020-01-01") }),
    );
    const range = { rangeStart: new Date("2026-01-01"), rangeEnd: new Date("2027-01-01") };
    const asked = await workos.auditLogs.createExport({
      ...{ organizationId: "org_csv", ...range, actions: ["invoice.paid"] },
      ...{ actorIds: ["u9"], targets: ["document"] },
    });
    expect(asked).toMatchObject({
      object: "audit_log_export",
      id: expect.stringMatching(/^audit_log_export_/) as string,
    });
    let job = asked;
    while (job.state === "pending") {
      await delay(100);
      job = await workos.auditLogs.getExport(asked.id);
    }
    expect(job.state).toBe("ready");
    const file = await fetch(job.url ?? "");
    const lines = (await file.text()).trim().split(/\r?\n/);
    expect(file.headers.get("content-type")).toContain("text/csv");
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain("invoice.paid");
    const log = await logged(server, { key: project, tenant: "org_csv" }, "cairn");
    expect(log.map(({ action }) => action)).toEqual(expect.arrayContaining(["log.exported", "log.export.downloaded"]));
    await expect(client(other).auditLogs.getExport(asked.id)).rejects.toMatchObject({ status: 404 });
    expect((await fetch(`${job.url}xxxx`)).status).toBe(404);
  });

  test("turns mistakes into its own exceptions", async () => {
    const { auditLogs } = workos;
    await expect(client("cairn_wrong").auditLogs.createEvent("o", event())).rejects.toMatchObject({
      ...{ name: "UnauthorizedException", status: 401 },
    });
    await expect(auditLogs.createEvent("not a name", event())).rejects.toMatchObject({
      ...{ name: "NotFoundException", status: 404 },
    });
    await expect(auditLogs.createEvent("org_1", event({ action: "" }))).rejects.toMatchObject({
      ...{ name: "BadRequestException", status: 400, errors: [{ field: "event.action" }] },
    });
    await expect(
      auditLogs.createEvent("org_1", event({ action: "another.one" }), { idempotencyKey: "once" }),
    ).rejects.toMatchObject({ name: "ConflictException", status: 409 });
    await expect(auditLogs.listSchemas("never.declared")).rejects.toMatchObject({ status: 404 });
    await expect(auditLogs.createSchema({ action: "Not An Action", targets: [] })).rejects.toMatchObject({
      status: 400,
    });
    await expect(auditLogs.getExport("audit_log_export_none")).rejects.toMatchObject({ status: 404 });
    const nobody = { organizationId: "nobody", rangeStart: new Date(), rangeEnd: new Date() };
    await expect(auditLogs.createExport(nobody)).rejects.toMatchObject({ status: 404 });
  });
});

describe("keys", () => {
  test("of a tenant record for that organization only", async () => {
    const key = await server.createKey({ tenant: "org_own", scopes: ["events:write"] });
    await client(key).auditLogs.createEvent("org_own", event());
    const refused = await send({ organization_id: "org_1", event: { action: "a.b" } }, {}, key);
    const unknown = await send({ organization_id: "org_nobody", event: { action: "a.b" } }, {}, key);
    expect([refused.status, refused.text]).toEqual([404, unknown.text]);
  });

  test("without tenants:create find no new organization", async () => {
    const key = await server.createKey({ scopes: ["events:write"] });
    await expect(client(key).auditLogs.createEvent("org_new", event())).rejects.toMatchObject({ status: 404 });
  });

  test("that may not: 403", async () => {
    const key = await server.createKey({ tenant: "org_1", scopes: ["events:read"] });
    expect((await send({ organization_id: "org_1", event: { action: "a.b" } }, {}, key)).status).toBe(403);
  });
});

test.each([
  ["no JSON", "{"],
  ["a list of two", '[{"organization_id":"o","event":{"action":"a"}},{}]'],
  ["no organization", '{"event":{"action":"a.b"}}'],
  ["nothing", ""],
])("%s is answered 400 in WorkOS's form", async (_what, body) => {
  const answer = await send(body);
  expect(answer.status).toBe(400);
  expect(answer.json()).toMatchObject({
    message: expect.any(String) as string,
    code: expect.any(String) as string,
    errors: [{ code: expect.any(String) as string }],
  });
});
