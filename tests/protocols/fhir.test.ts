import { readdirSync, readFileSync } from "node:fs";
import { startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, call, record } from "../api/support/call.ts";
import { type AuditEvent, type Bundle, faultsOf } from "./support/fhir.ts";
import { logged } from "./support/log.ts";

const SAMPLES = new URL("../../packages/sources/testdata/", import.meta.url);
const sample = (path: string) => readFileSync(new URL(path, SAMPLES), "utf8");
const samples = (folder: string, pattern: RegExp) =>
  readdirSync(new URL(`${folder}/`, SAMPLES))
    .filter((name) => pattern.test(name))
    .map((name) => `${folder}/${name}`);

const BALP = samples("fhir-balp", /^AuditEvent.*\.json$/);
const CH_ATC = samples("ch-atc", /^atc-.*\.xml$/);
const FHIR = { "content-type": "application/fhir+json" };
const XML = { "content-type": "application/fhir+xml" };

let server: TestServer;
let balp: string;
let swiss: string;
let key: string;
let project: string;

beforeAll(async () => {
  server = await startServer();
  const scopes = ["events:write", "events:read"];
  [balp, swiss, key, project] = await Promise.all([
    server.createKey({ tenant: "balp", scopes }),
    server.createKey({ tenant: "swiss", scopes }),
    server.createKey({ tenant: "acme", scopes }),
    server.createKey({ scopes: [...scopes, "tenants:create"] }),
  ]);
});
afterAll(() => server.remove());

const create = (body: unknown, headers: Record<string, string> = FHIR, as = key) =>
  call(server, { path: "/fhir/AuditEvent", key: as, body, headers });
const batch = (body: unknown, headers: Record<string, string> = FHIR, as = key) =>
  call(server, { path: "/fhir", key: as, body, headers });
const search = async (query: string, as = key) => {
  const answer = await call(server, { path: `/fhir/AuditEvent${query}`, key: as });
  expect([answer.status, answer.text]).toEqual([200, answer.text]);
  const bundle = answer.json<Bundle>();
  expect(faultsOf(bundle)).toEqual([]);
  return bundle;
};
const actionsOf = ({ entry = [] }: Bundle) => entry.map(({ resource }) => resource?.subtype?.at(-1)?.code);
/** Waits until search finds everything: what comes in here does not wait for it. */
const settled = (as: string) => record(server, as, { action: "settle.now", occurred_at: "2000-01-01T00:00:00Z" });

const event = (more: object = {}) => ({
  resourceType: "AuditEvent",
  type: { system: "http://terminology.hl7.org/CodeSystem/audit-event-type", code: "rest" },
  subtype: [{ system: "http://hl7.org/fhir/restful-interaction", code: "read" }],
  action: "R",
  recorded: "2026-03-04T05:06:07.089Z",
  outcome: "0",
  agent: [{ who: { identifier: { value: "u-1" }, display: "Jane" }, requestor: true }],
  source: { observer: { display: "ehr" } },
  entity: [{ what: { reference: "Patient/p-1" } }],
  ...more,
});

describe("AuditEvents of others go in", () => {
  test("all examples of IHE BALP, one by one; again they create nothing; what comes out is valid", async () => {
    for (const path of BALP) {
      const answer = await create(sample(path), FHIR, balp);
      expect([path, answer.status]).toEqual([path, 201]);
      const location = new URL(answer.headers.get("location") ?? "");
      expect(location.pathname).toMatch(/^\/fhir\/AuditEvent\/e1-\d+\/_history\/1$/);
      const read = await call(server, { path: location.pathname.replace("/_history/1", ""), key: balp });
      expect([path, faultsOf(read.json())]).toEqual([path, []]);
    }
    for (const path of BALP) expect((await create(sample(path), FHIR, balp)).status).toBe(200);
    expect(await logged(server, { key: balp }, "fhir")).toHaveLength(BALP.length);
  });

  test("all examples of CH ATC, in XML, and the answer of a repository as a Bundle", async () => {
    for (const path of CH_ATC) expect([path, (await create(sample(path), XML, swiss)).status]).toEqual([path, 201]);
    const answer = await batch(sample("ch-atc/ch-atc-iti-81-response-sample.xml"), XML, swiss);
    expect(answer.status).toBe(200);
    const { entry = [] } = answer.json<Bundle>();
    expect(entry.length).toBeGreaterThan(1);
    for (const { response } of entry) expect(response?.status).toMatch(/^20[01] /);
    expect(faultsOf(answer.json())).toEqual([]);
    await settled(swiss);
    const all = await search("?_count=1000", swiss);
    expect(all.entry?.length).toBeGreaterThanOrEqual(CH_ATC.length + entry.length);
  });

  test("all of them as one batch are what they are one by one", async () => {
    const entry = BALP.map((path) => ({ resource: JSON.parse(sample(path)) as object }));
    const answer = await batch({ resourceType: "Bundle", type: "batch", entry }, FHIR, balp);
    const { type, entry: answered = [] } = answer.json<Bundle>();
    expect(type).toBe("batch-response");
    expect(new Set(answered.map(({ response }) => response?.status))).toEqual(new Set(["200 OK"]));
    expect(answered).toHaveLength(BALP.length);
  });
});

describe("create", () => {
  test("answers as the sender prefers", async () => {
    const minimal = await create(event());
    expect([minimal.status, minimal.text]).toEqual([201, ""]);
    const representation = await create(event({ id: "r-2" }), { ...FHIR, prefer: "return=representation" });
    expect(representation.json<AuditEvent>()).toMatchObject({ resourceType: "AuditEvent", recorded: event().recorded });
    expect(faultsOf(representation.json())).toEqual([]);
    const outcome = await create(event({ id: "r-3" }), { ...FHIR, prefer: "return=OperationOutcome" });
    expect(outcome.json()).toMatchObject({ issue: [{ severity: "information" }] });
    expect(faultsOf(outcome.json())).toEqual([]);
  });

  test("a batch tells of each entry; neighbours of a wrong one go in", async () => {
    const entry = [
      { resource: event({ id: "b-1" }), request: { method: "POST", url: "AuditEvent" } },
      { resource: { resourceType: "Patient" } },
      { request: { method: "DELETE", url: "AuditEvent/1" } },
      { resource: event({ id: "b-2" }), request: { method: "POST", url: "Patient" } },
      {},
      { resource: event({ id: "b-1", outcome: "8" }) },
      { resource: event({ id: "b-3" }) },
    ];
    const answer = await batch({ resourceType: "Bundle", type: "batch", entry });
    expect(answer.json<Bundle>().entry?.map(({ response }) => response?.status.slice(0, 3))).toEqual([
      ...["201", "422", "405", "404", "422", "409", "201"],
    ]);
    expect(faultsOf(answer.json())).toEqual([]);
    expect((await batch({ resourceType: "Bundle", type: "batch" })).json()).toEqual({
      resourceType: "Bundle",
      type: "batch-response",
    });
  });
});

describe("mistakes are OperationOutcomes", () => {
  const get = (path: string, as = key, headers: Record<string, string> = {}) =>
    call(server, { path, key: as, headers });

  test.each([
    ["no JSON", () => create("{"), 400, "invalid"],
    ["no XML", () => create("<a", XML), 400, "invalid"],
    ["a list", () => create("[]"), 400, "invalid"],
    ["nothing", () => create(""), 400, "invalid"],
    ["another resource", () => create({ resourceType: "Patient" }), 422, "invalid"],
    ["a Bundle at the wrong address", () => create({ resourceType: "Bundle" }), 422, "invalid"],
    ["no Bundle at the base", () => batch(event()), 422, "invalid"],
    ["a transaction", () => batch({ resourceType: "Bundle", type: "transaction" }), 422, "invalid"],
    ["the same id with other content", () => create(event({ id: "r-2", action: "U" })), 409, "conflict"],
    ["another tenant", () => create(event(), { ...FHIR, "cairn-tenant": "balp" }), 404, "not-found"],
    ["no tenant", () => create(event(), FHIR, project), 400, "invalid"],
    ["no key", () => call(server, { path: "/fhir/AuditEvent", body: event() }), 401, "login"],
    ["no such event", () => get("/fhir/AuditEvent/e1-999999"), 404, "not-found"],
    ["no such id", () => get("/fhir/AuditEvent/x"), 404, "not-found"],
    ["an unknown parameter", () => get("/fhir/AuditEvent?colour=red"), 400, "invalid"],
    ["no date", () => get("/fhir/AuditEvent?date=yesterday"), 400, "invalid"],
    ["a date of no calendar", () => get("/fhir/AuditEvent?date=ge2026-13-45"), 400, "invalid"],
    ["no count", () => get("/fhir/AuditEvent?_count=many"), 400, "invalid"],
    ["another order", () => get("/fhir/AuditEvent?_sort=agent"), 400, "invalid"],
    ["a page of nobody", () => get("/fhir/AuditEvent?_page=x"), 400, "invalid"],
    ["XML only", () => get("/fhir/AuditEvent", key, { accept: "application/fhir+xml" }), 406, "not-supported"],
    ["XML by parameter", () => get("/fhir/AuditEvent?_format=xml"), 406, "not-supported"],
    ["a key of a project without a tenant", () => get("/fhir/AuditEvent", project), 400, "invalid"],
  ] as const)("%s", async (_what, ask, status, code) => {
    const answer: Answer = await ask();
    expect([answer.status, answer.headers.get("content-type")]).toEqual([
      status,
      "application/fhir+json; charset=utf-8",
    ]);
    expect(answer.json()).toMatchObject({ resourceType: "OperationOutcome", issue: [{ severity: "error", code }] });
    expect(faultsOf(answer.json())).toEqual([]);
  });

  test("scopes are told apart", async () => {
    const writer = await server.createKey({ tenant: "acme", scopes: ["events:write"] });
    expect((await get("/fhir/AuditEvent", writer)).status).toBe(403);
    const reader = await server.createKey({ tenant: "acme", scopes: ["events:read"] });
    expect((await create(event(), FHIR, reader)).status).toBe(403);
  });
});

describe("search", () => {
  let clinic: string;

  beforeAll(async () => {
    clinic = await server.createKey({ tenant: "clinic", scopes: ["events:write", "events:read"] });
    const at = (hour: number) => `2026-03-04T0${hour}:00:00.000Z`;
    await record(server, clinic, [
      {
        ...{ action: "record.opened", verb: "read", occurred_at: at(1), actor: { id: "u-1", name: "Jane Doe" } },
        targets: [{ type: "patient", id: "p-1", name: "Bob Miller" }],
        context: { ip: "203.0.113.7" },
        outcome: { result: "success" },
      },
      {
        ...{ action: "record.changed", verb: "update", occurred_at: at(2), actor: { id: "u-2", name: "Eve" } },
        targets: [{ type: "patient", id: "Patient/p-1" }],
        outcome: { result: "denied" },
      },
      {
        ...{ action: "document.opened", verb: "read", occurred_at: at(3), actor: { id: "u-1" } },
        targets: [
          { type: "patient", id: "p-2" },
          { type: "document", id: "p-1" },
        ],
      },
      { action: "user.login", verb: "login", occurred_at: at(4), actor: { id: "u-2" }, outcome: { result: "failure" } },
      { action: "report.exported", verb: "export", occurred_at: at(5), actor: { id: "u-3" }, recipient: "Dr. Who" },
    ]);
  });

  test.each([
    ["?action=R", ["report.exported", "document.opened", "record.opened"]],
    ["?action=R,U", ["report.exported", "document.opened", "record.changed", "record.opened"]],
    ["?outcome=0", ["record.opened"]],
    ["?outcome=4", ["record.changed"]],
    ["?outcome=8,4", ["user.login", "record.changed"]],
    ["?outcome=12", []],
    ["?agent=u-1", ["document.opened", "record.opened"]],
    ["?agent.identifier=urn:x|u-1&action=R", ["document.opened", "record.opened"]],
    ["?agent-name=Jane", ["document.opened", "record.opened"]],
    // The document p-1 is no patient, though the event has one.
    ["?patient=Patient/p-1", ["record.changed", "record.opened"]],
    ["?patient:identifier=http://x|p-1", ["record.changed", "record.opened"]],
    ["?entity=p-1", ["document.opened", "record.opened"]],
    ["?entity-name=Miller", ["record.opened"]],
    ["?address=203.0.113.7", ["record.opened"]],
    ["?date=ge2026-03-04T02:00:00Z&date=lt2026-03-04T04:00:00Z", ["document.opened", "record.changed"]],
    ["?date=ge2026-03-04T05:00:00%2b01:00&date=lt2026-03-05&_sort=date", ["user.login", "report.exported"]],
    ["?date=gt2026-03-04T05:00:00+01:00&date=lt2026-03-05", ["report.exported"]],
    ["?date=2026-03-04T04", ["user.login"]],
    ["?date=2025", []],
    ["?type=110114", ["user.login"]],
    ["?type=rest", ["document.opened", "record.changed", "record.opened"]],
    ["?subtype=https://cairn.dev/actions|record.opened", ["record.opened"]],
    ["?subtype=disclose", ["report.exported"]],
    ["?agent=u-1&agent=u-2", []],
  ])("%s", async (query, actions) => {
    const from = query.includes("date=") ? query : `${query}&date=ge2026-03-04&date=le2026-03-04`;
    expect(actionsOf(await search(from, clinic))).toEqual(actions);
  });

  test("pages follow each other by their links, and none is lost", async () => {
    let bundle = await search("?date=2026-03-04&_count=2&_total=accurate", clinic);
    expect(bundle.total).toBe(5);
    const seen = actionsOf(bundle);
    for (let pages = 1; ; pages++) {
      const next = bundle.link?.find(({ relation }) => relation === "next");
      if (next === undefined) break;
      expect(pages).toBeLessThan(5);
      bundle = await search(new URL(next.url).search, clinic);
      seen.push(...actionsOf(bundle));
    }
    expect(seen).toEqual([...["report.exported", "user.login", "document.opened", "record.changed", "record.opened"]]);
  });

  test("only the number, when only that is wanted", async () => {
    for (const query of ["?date=2026-03-04&_count=0", "?date=2026-03-04&_summary=count"]) {
      const bundle = await search(query, clinic);
      expect([bundle.total, bundle.entry]).toEqual([5, undefined]);
    }
  });

  test("parameters may come in the body, and unknown ones be ignored when that is asked for", async () => {
    const body = "agent=u-3&colour=red";
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const path = "/fhir/AuditEvent/_search";
    expect((await call(server, { path, key: clinic, body, headers })).status).toBe(400);
    const lenient = await call(server, {
      path,
      key: clinic,
      body,
      headers: { ...headers, prefer: "handling=lenient" },
    });
    expect(actionsOf(lenient.json<Bundle>())).toEqual(["report.exported"]);
    const self = lenient.json<Bundle>().link?.find(({ relation }) => relation === "self");
    expect(self?.url).toMatch(/\/fhir\/AuditEvent\?agent=u-3$/);
  });

  test("another tenant finds nothing of it", async () => {
    expect(actionsOf(await search("?agent=u-3"))).toEqual([]);
  });

  test("that it was read is in the log", async () => {
    // What a key was given in an hour is written when that is over, or the server stops.
    await server.stop();
    await server.start();
    const own = await logged(server, { key: clinic }, "cairn");
    const read = own.find(({ action }) => action === "log.read");
    const requests = read?.details?.requests as Record<string, number> | undefined;
    expect(requests?.search).toBeGreaterThan(20);
  });
});

test("what the server can is a valid CapabilityStatement, for anybody", async () => {
  const answer = await call(server, { path: "/fhir/metadata" });
  expect(answer.status).toBe(200);
  expect(answer.json()).toMatchObject({ resourceType: "CapabilityStatement", fhirVersion: "4.0.1" });
  expect(faultsOf(answer.json())).toEqual([]);
});
