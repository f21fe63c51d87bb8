import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ReadItem } from "../core/read-json.ts";
import { eventsOf, expectRobust, expectSamples, sample } from "../testing/check-mapping.ts";
import { golden } from "../testing/golden.ts";
import { fhirAuditMapping } from "./audit-event.ts";
import { readFhirAudit } from "./read-fhir.ts";

const filesOf = (folder: string, end: string) =>
  readdirSync(new URL(`../../testdata/${folder}/`, import.meta.url)).filter(
    (name) => name.endsWith(end) && !name.includes("golden"),
  );
const readAll = (folder: string, files: readonly string[]): ReadItem[] =>
  files.flatMap((name) => readFhirAudit(sample(`${folder}/${name}`)));

const balp = filesOf("fhir-balp", ".json");
const swiss = filesOf("ch-atc", ".xml");
/** Samples that differ in kind; of the others only what they come down to is committed. */
const CHOSEN =
  /auditBasic(?:Create1|Delete2|Patch|QueryGetServer|ReadServer|ReadNoUser)|AuthZconsent|PrivacyDisclosure-source\.|SAML-Comp/;

test("chosen BALP examples become what was committed", () => {
  const chosen = balp.filter((name) => CHOSEN.test(name));
  expect(chosen.length).toBe(10);
  expectSamples(fhirAuditMapping, readAll("fhir-balp", chosen), { golden: "fhir-balp/chosen.golden.json" });
});

test("all 46 BALP examples go in, lose nothing, and come down to what was committed", () => {
  const items = readAll("fhir-balp", balp);
  expect(items.length).toBe(46);
  const events = eventsOf(fhirAuditMapping, items);
  const summary = events.map(({ id, action, verb, category, actor, outcome, targets, recipient, purpose, context }) => {
    const what = (targets ?? []).map((target) => `${target.type} ${target.id ?? ""}`);
    return {
      id,
      action,
      verb,
      category,
      actor,
      result: outcome?.result,
      targets: what,
      recipient,
      purpose,
      ip: context?.ip,
    };
  });
  expect(JSON.parse(JSON.stringify(summary))).toEqual(
    golden(summary, new URL("../../testdata/fhir-balp/all.golden.json", import.meta.url)),
  );
  for (const event of events) expect(event.warnings).toBeUndefined();
});

test("Swiss audit trail examples in XML, one of them a Bundle, become what was committed", () => {
  expect(swiss.length).toBe(8);
  const items = readAll("ch-atc", swiss);
  expect(items.length).toBe(11);
  const events = expectSamples(fhirAuditMapping, items, { golden: "ch-atc/events.golden.json" });
  for (const event of events) expect(event.warnings).toBeUndefined();
});

test("damaged resources are robust", () => expectRobust(fhirAuditMapping, readAll("fhir-balp", balp.slice(0, 8))));

describe("outcomes and actors", () => {
  const byName = (part: string) => {
    const [event] = eventsOf(
      fhirAuditMapping,
      readAll(
        "fhir-balp",
        balp.filter((name) => name.includes(part)),
      ),
    );
    return event;
  };
  test("an authorization that was not given is denied", () => {
    expect(byName("AuthZconsent-deny")).toMatchObject({
      outcome: { result: "denied" },
      actor: { type: "user", id: "Practitioner/ex-practitioner" },
    });
  });
  test("a disclosure has a recipient and a purpose", () => {
    expect(byName("PrivacyDisclosure-source.json")).toMatchObject({
      action: "data.exported",
      verb: "export",
      recipient: "myMachine.example.org",
    });
  });
  test("a read of a patient's record names who, what, and from where", () => {
    expect(byName("ReadServer")).toMatchObject({
      action: "fhir.read",
      category: "patient_record",
      actor: { type: "user", name: "John Smith" },
      targets: [
        { type: "list", id: "List/ex-list" },
        { type: "patient", id: "Patient/ex-patient" },
      ],
      context: { ip: "2001:db8:85a3::8a2e:370:7334", request_id: "76d148b6-586d-11ec-bf63-0242ac130002" },
    });
  });
});

test.each(['{"resourceType":"Patient"}', "<Patient/>", "<a", "[1]", '{"resourceType":"Bundle","entry":[{}]}'])(
  "%s is refused",
  (body) => {
    const items = readFhirAudit(body);
    for (const item of items) {
      if (item.kind === "record") expect(() => fhirAuditMapping.map(item.record, {})).toThrow("not an AuditEvent");
    }
    expect(items.length).toBe(1);
  },
);
