import { gzipSync, zstdCompressSync } from "node:zlib";
import { startServer, type TestServer } from "@cairn/testkit";
import { SeverityNumber } from "@opentelemetry/api-logs";
import { OTLPLogExporter as JsonExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter as ProtobufExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { LoggerProvider, type LogRecordExporter, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call } from "../api/support/call.ts";
import { logged } from "./support/log.ts";

let server: TestServer;
let json: string;
let protobuf: string;
let key: string;
let project: string;
const scopes = ["events:write", "events:read"];

beforeAll(async () => {
  server = await startServer();
  [json, protobuf, key, project] = await Promise.all([
    server.createKey({ tenant: "json", scopes }),
    server.createKey({ tenant: "protobuf", scopes }),
    server.createKey({ tenant: "acme", scopes }),
    server.createKey({ scopes: [...scopes, "tenants:create"] }),
  ]);
});
afterAll(() => server.remove());

const send = (body: unknown, headers: Record<string, string> = {}, as = key) =>
  call(server, { path: "/v1/logs", key: as, body, headers });
const PROTOBUF = { "content-type": "application/x-protobuf" };
/** A request with these log records. */
const logs = (...logRecords: object[]) => ({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
const attribute = (name: string, value: string) => ({ key: name, value: { stringValue: value } });
const record = (uid: string, action: string) => ({
  timeUnixNano: "1772600767089000000",
  eventName: action,
  attributes: [attribute("log.record.uid", uid)],
});

/** Emits the same two records through an exporter of OpenTelemetry. */
async function exportThrough(exporter: LogRecordExporter): Promise<void> {
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
  const logger = provider.getLogger("portal", "1.2.3");
  const timestamp = new Date("2026-03-04T05:06:07.089Z");
  logger.emit({
    timestamp,
    eventName: "patient.record.viewed",
    severityNumber: SeverityNumber.INFO,
    body: "opened",
    attributes: { "user.id": "u-1", "user.email": "jane@example.com", "client.address": "203.0.113.7", pages: 3 },
  });
  logger.emit({ timestamp, body: { action: "settings.updated", actor: { id: "u-2" }, big: [1, "two", true] } });
  await provider.forceFlush();
  await provider.shutdown();
}

describe("OpenTelemetry's own exporters", () => {
  const options = (as: string) => ({ url: `${server.url}/v1/logs`, headers: { Authorization: `Bearer ${as}` } });

  test("in JSON and in protocol buffers, compressed or not, record the same", async () => {
    await exportThrough(new JsonExporter(options(json)));
    await exportThrough(new ProtobufExporter({ ...options(protobuf), compression: "gzip" as never }));
    // The exporters send each record in a request of its own, at the same time.
    const ofKey = async (of: string) =>
      (await logged(server, { key: of }, "otlp")).toSorted((a, b) =>
        String(a.actor.id).localeCompare(String(b.actor.id)),
      );
    const [inJson, inProtobuf] = [await ofKey(json), await ofKey(protobuf)];
    expect(inJson).toMatchObject([
      {
        action: "patient.record.viewed",
        description: "opened",
        actor: { id: "u-1", email: "jane@example.com" },
        context: { ip: "203.0.113.7" },
        details: { attributes: { pages: 3 }, scope: { name: "portal", version: "1.2.3" } },
      },
      { action: "settings.updated", actor: { id: "u-2" } },
    ]);
    const content = ({ action, actor, details }: (typeof inJson)[number]) => {
      const { observed_time_unix_nano: _seen, ...rest } = details ?? {};
      return { action, id: actor.id, details: rest };
    };
    expect(inProtobuf.map(content)).toEqual(inJson.map(content));
  });

  test("a wrong key reaches whoever runs it as an error", async () => {
    const exporter = new JsonExporter(options("cairn_wrong"));
    const result = await new Promise<{ code: number; error?: Error }>((resolve) => exporter.export([], resolve));
    expect(result.code).toBe(1);
    expect(result.error?.message).toContain("Unauthorized");
    await exporter.shutdown();
  });
});

describe("a request", () => {
  test("sent again creates nothing", async () => {
    const body = logs(record("twice", "a.b"), { timeUnixNano: "1772600767089000001", body: { stringValue: "no id" } });
    for (let i = 0; i < 2; i++) expect((await send(body)).json()).toEqual({});
    const events = await logged(server, { key }, "otlp");
    expect(events.filter(({ id }) => id === "twice")).toHaveLength(1);
    expect(events.filter(({ description }) => description === "no id")).toHaveLength(1);
  });

  test("whose records have neither time nor id is one more each time", async () => {
    const body = logs({ body: { stringValue: "no time" } });
    for (let i = 0; i < 2; i++) expect((await send(body)).status).toBe(200);
    const events = await logged(server, { key }, "otlp");
    expect(events.filter(({ description }) => description === "no time")).toHaveLength(2);
  });

  test("with a record that is refused is a partial success, and its neighbours go in", async () => {
    await send(logs(record("taken", "first.one")));
    const answer = await send(logs(record("taken", "second.one"), record("beside", "third.one")));
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({
      partialSuccess: { rejectedLogRecords: "1", errorMessage: expect.stringContaining("conflict") as string },
    });
    const events = await logged(server, { key }, "otlp");
    expect(events.map(({ action }) => action)).toContain("third.one");
    expect(events.map(({ action }) => action)).not.toContain("second.one");
  });

  test("in gzip or zstd is unpacked", async () => {
    for (const [encoding, pack] of [
      ["gzip", gzipSync],
      ["zstd", zstdCompressSync],
    ] as const) {
      const body = pack(JSON.stringify(logs(record(encoding, "packed.up"))));
      expect((await send(body, { "content-encoding": encoding })).status).toBe(200);
    }
    const ids = (await logged(server, { key }, "otlp")).map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(["gzip", "zstd"]));
  });

  test("of nothing is answered in its own encoding", async () => {
    const empty = await send(Buffer.alloc(0), PROTOBUF);
    expect([empty.status, empty.headers.get("content-type"), empty.bytes.length]).toEqual([
      200,
      "application/x-protobuf",
      0,
    ]);
    expect((await send({})).json()).toEqual({});
  });
});

describe("mistakes", () => {
  const MANY = logs(...Array.from({ length: 10_001 }, () => ({})));

  test.each([
    ["no JSON", () => send("{"), 400, 3],
    ["no log records", () => send({ resourceLogs: 1 }), 400, 3],
    ["another media type", () => send("x", { "content-type": "text/plain" }), 415, 3],
    ["another encoding", () => send("x", { "content-encoding": "br" }), 415, 3],
    ["damaged gzip", () => send("x", { "content-encoding": "gzip" }), 400, 3],
    ["a bomb", () => send(gzipSync(Buffer.alloc(64 << 20)), { "content-encoding": "gzip" }), 413, 3],
    ["too many records", () => send(MANY), 413, 3],
    ["no key", () => call(server, { path: "/v1/logs", body: {} }), 401, 16],
    ["a key that is none", () => send({}, {}, "cairn_wrong"), 401, 16],
    ["a project's key without a tenant", () => send({}, {}, project), 400, 3],
    ["another tenant", () => send({}, { "cairn-tenant": "json" }), 404, 5],
  ] as const)("%s: a status of gRPC", async (_what, ask, status, code) => {
    const answer = await ask();
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toMatch(/^application\/json\b/);
    expect(answer.json()).toEqual({ code, message: expect.any(String) as string });
  });

  test("protocol buffers that are none: a status in protocol buffers", async () => {
    const answer = await send(Buffer.from([0x0a, 0xff]), PROTOBUF);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([400, "application/x-protobuf"]);
    // Field 1, the code; field 2, the message.
    expect([...answer.bytes.subarray(0, 3)]).toEqual([0x08, 3, 0x12]);
    expect(answer.bytes[3]).toBe(answer.bytes.length - 4);
  });

  test("a key that may not write is forbidden", async () => {
    const reader = await server.createKey({ tenant: "acme", scopes: ["events:read"] });
    expect((await send({}, {}, reader)).json()).toMatchObject({ code: 7 });
  });
});

describe("a project's key", () => {
  test("writes to the tenant of the header, and makes it when it is new", async () => {
    const body = logs(record("new", "new.tenant"));
    expect((await send(body, { "cairn-tenant": "made-here" }, project)).json()).toEqual({});
    expect((await send(body, { "cairn-tenant": "made-here" }, project)).json()).toEqual({});
    expect(await logged(server, { key: project, tenant: "made-here" }, "otlp")).toMatchObject([{ id: "new" }]);
  });

  test("that may not make tenants finds none", async () => {
    const narrow = await server.createKey({ scopes });
    const answer = await send(logs(record("x", "a.b")), { "cairn-tenant": "nobody" }, narrow);
    expect(answer.status).toBe(404);
  });
});
