import { readFileSync } from "node:fs";
import { startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, call } from "../api/support/call.ts";
import { logged } from "./support/log.ts";

const XML = readFileSync(
  new URL("../../packages/sources/testdata/ch-atc/atc-log-read.xml", import.meta.url),
  "utf8",
).trim();
const CREATED = "2026-03-04T05:06:07.089Z";
const JSON_TYPE = { "content-type": "application/json" };

/** A way in with an API key: a body, what its record looks like in it, and the source of the event. */
interface Way {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** What is kept; the body when absent. */
  readonly record?: string;
  readonly source: string;
  /** Whose log it goes to, where the body says so. */
  readonly tenant?: string;
}

const hec = `{"time": 1772600767.089, "event": {"action": "a.b", "big": 12345678901234567890}}`;
const retraced = `{"action":"a.b","crud":"r","group":{"id":"acme"},"created":"${CREATED}","actor":{"id":"u"}}`;
const WAYS: Readonly<Record<string, Way>> = {
  OTLP: {
    ...{ path: "/v1/logs", headers: JSON_TYPE, source: "otlp" },
    body: `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1772600767089000000","eventName":"a.b"}]}]}]}`,
    record: '"1772600767089000000"',
  },
  "Splunk HEC": { path: "/services/collector/event", body: hec, source: "splunk_hec" },
  "Splunk HEC, raw": { path: "/services/collector/raw?time=1", body: "a  line", source: "splunk_hec" },
  CloudEvents: {
    ...{ path: "/v1/cloudevents", headers: { "content-type": "application/cloudevents+json" }, source: "cloudevents" },
    body: `{"specversion": "1.0", "id": "1", "source": "/portal", "type": "a.b"}`,
  },
  FHIR: {
    ...{ path: "/fhir/AuditEvent", headers: { "content-type": "application/fhir+xml" }, source: "fhir" },
    body: XML,
  },
  WorkOS: {
    ...{ path: "/audit_logs/events", headers: JSON_TYPE, source: "workos", tenant: "acme" },
    body: `{"organization_id":"acme","event":{"action":"a.b","occurred_at":"${CREATED}","actor":{"id":"u","type":"user"},"targets":[{"id":"t","type":"team"}],"context":{"location":"203.0.113.8"}}}`,
  },
  Retraced: {
    ...{ path: "/publisher/v1/project/x/event", headers: JSON_TYPE, source: "retraced", tenant: "acme" },
    body: retraced,
  },
};

let server: TestServer;
let project: string;

beforeAll(async () => {
  server = await startServer();
  project = await server.createKey({ scopes: ["events:write", "events:read", "tenants:create"] });
});
afterAll(() => server.remove());

let tenants = 0;

/** Sends by a way; gives the answer and the originals that the log has then. */
async function send({ path, headers = {}, body, source, tenant }: Way, original: Readonly<Record<string, string>>) {
  // Where the body names the tenant, another body names another.
  const name = `t-${++tenants}`;
  const sent = tenant === undefined ? body : body.replace(`"${tenant}"`, `"${name}"`);
  const own = tenant === undefined ? { "cairn-tenant": name } : {};
  const answer: Answer = await call(server, {
    ...{ path, body: sent },
    headers: { authorization: `Bearer ${project}`, ...headers, ...own, ...original },
  });
  const events = answer.status < 300 ? await logged(server, { key: project, tenant: name }, source) : [];
  return { answer, sent, originals: events.map(({ details }) => details?.original) };
}

describe.each(Object.entries(WAYS))("%s", (_name, way) => {
  test("keeps the original on request", async () => {
    const { answer, sent, originals } = await send(way, { "cairn-original": "keep" });
    expect([answer.status, answer.text]).toEqual([expect.toBeOneOf([200, 201]), answer.text]);
    expect(originals).toEqual([way.record === undefined ? sent : expect.stringContaining(way.record)]);
  });

  test("keeps none otherwise, and takes no other wish", async () => {
    expect((await send(way, {})).originals).toEqual([undefined]);
    expect((await send(way, { "cairn-original": "yes" })).answer.status).toBe(400);
  });
});
