import { type CairnEvent, type Json, OUTCOMES, VERBS } from "@cairn/event";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../core/json-values.ts";
import { accept } from "../testing/accept.ts";
import { fhirAuditMapping } from "./audit-event.ts";
import { toAuditEvent } from "./to-audit-event.ts";

const some = fc.string({ minLength: 1, maxLength: 30 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const timed = fc
  .date({ min: new Date("1971-01-01"), max: new Date("2200-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString());
const anyEvent = fc
  .record({
    id: some,
    occurred_at: timed,
    action: fc.stringMatching(/^[a-z][a-z0-9_]{0,9}(\.[a-z][a-z0-9_]{0,9}){0,2}$/),
    verb: fc.constantFrom(...VERBS),
    category: fc.constantFrom("administration", "patient_record", "other"),
    actor: fc.record({
      type: fc.constantFrom("user", "service", "anonymous"),
      id: maybe(some),
      name: maybe(some),
      email: maybe(some),
      role: maybe(some),
    }),
    targets: maybe(
      fc.array(fc.record({ type: fc.oneof(fc.constant("patient"), some), id: maybe(some), name: maybe(some) }), {
        maxLength: 3,
      }),
    ),
    outcome: fc.record({ result: fc.constantFrom(...OUTCOMES), reason: maybe(some) }),
    context: maybe(
      fc.record({
        ip: fc.constantFrom("203.0.113.7", "2001:db8::1"),
        request_id: maybe(some),
        session_id: maybe(some),
      }),
    ),
    changes: maybe(
      fc.array(fc.record({ field: some, before: maybe(fc.jsonValue()), after: maybe(fc.jsonValue()) }), {
        maxLength: 3,
      }),
    ),
    purpose: maybe(some),
    recipient: maybe(some),
    source: fc.constant("test"),
  })
  .map((event) => JSON.parse(JSON.stringify(event)) as CairnEvent);

const OPTIONS = { observer: "Cairn", site: "Hospital" };
const TEXT = /^[ \r\n\t\S]+$/;

/** What R4 4.0.1 demands of an AuditEvent, by hand: cardinalities, required bindings, sev-1, and that no text is empty. */
function faultsOf(resource: JsonObject): string[] {
  const faults: string[] = [];
  const list = (value: Json | undefined) => (Array.isArray(value) ? (value as JsonObject[]) : []);
  const check = (holds: boolean, fault: string) => {
    if (!holds) faults.push(fault);
  };
  const members = new Set([
    "resourceType",
    "id",
    "type",
    "subtype",
    "action",
    "recorded",
    "outcome",
    "outcomeDesc",
    "purposeOfEvent",
    "agent",
    "source",
    "entity",
  ]);
  check(
    Object.keys(resource).every((key) => members.has(key)),
    "unknown member",
  );
  check(resource.id === undefined || /^[A-Za-z0-9.-]{1,64}$/.test(String(resource.id)), "id");
  check(typeof (resource.type as JsonObject | undefined)?.code === "string", "type 1..1");
  check(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(String(resource.recorded)), "recorded 1..1 instant");
  check(resource.action === undefined || /^[CRUDE]$/.test(String(resource.action)), "action");
  check(resource.outcome === undefined || /^(?:0|4|8|12)$/.test(String(resource.outcome)), "outcome");
  check(list(resource.agent).length > 0, "agent 1..*");
  for (const agent of list(resource.agent)) check(typeof agent.requestor === "boolean", "agent.requestor 1..1");
  check((resource.source as JsonObject | undefined)?.observer !== undefined, "source.observer 1..1");
  for (const entity of list(resource.entity)) {
    check(!(entity.name !== undefined && entity.query !== undefined), "sev-1");
    for (const detail of list(entity.detail))
      check(detail.type !== undefined && detail.valueString !== undefined, "detail");
  }
  const walk = (value: Json): void => {
    if (typeof value === "string")
      check(TEXT.test(value) && !/[^\P{Cc}\t\r\n]/u.test(value), `text ${JSON.stringify(value)}`);
    else if (Array.isArray(value)) {
      check(value.length > 0, "empty list");
      for (const item of value as Json[]) walk(item);
    } else if (typeof value === "object" && value !== null) {
      check(Object.keys(value).length > 0, "empty object");
      for (const item of Object.values(value)) walk(item as Json);
    } else check(value !== null, "null");
  };
  walk(resource);
  return faults;
}

describe("toAuditEvent", () => {
  test("any event is a valid AuditEvent", () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        expect(faultsOf(toAuditEvent(event, OPTIONS))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test("read back it has the same time, verb of access, person and never a better outcome", () => {
    const sure = new Set(["login", "logout", "read", "create", "update", "delete", "search", "export"]);
    fc.assert(
      fc.property(anyEvent, (event) => {
        const back = fhirAuditMapping.map(toAuditEvent(event, OPTIONS), {});
        if (back.kind !== "event") throw new Error("skipped");
        const again = accept(back.event);
        expect(again.occurred_at).toBe(event.occurred_at);
        if (sure.has(event.verb) && event.category !== "administration") expect(again.verb).toBe(event.verb);
        expect(again.outcome.result === "success").toBe(event.outcome.result === "success");
        if (
          event.actor.id !== undefined &&
          event.actor.id === event.actor.id.trim() &&
          !/\p{Cc}/u.test(event.actor.id)
        ) {
          expect(again.actor.id).toBe(event.actor.id);
        }
        expect(again.source_action).toContain(event.action);
      }),
    );
  });

  const event: CairnEvent & { ledger: number; sequence: number } = {
    id: "evt 1",
    occurred_at: "2026-03-04T05:06:07.089Z",
    action: "fax.forwarded",
    verb: "send",
    category: "message_access",
    actor: { type: "user", id: "u1", name: "Jane", role: "nurse", on_behalf_of: { type: "user", id: "u2" } },
    targets: [{ type: "patient", id: "p1", name: "Bob" }],
    outcome: { result: "denied", reason: "no consent" },
    context: { ip: "203.0.113.7", request_id: "r1" },
    recipient: "Dr. Who",
    purpose: "treatment",
    source: "fax-desk",
    ledger: 1,
    sequence: 42,
  };

  test("a disclosure names recipient and purpose", () => {
    expect(toAuditEvent(event, OPTIONS)).toMatchObject({
      id: "e1-42",
      type: { code: "110106" },
      subtype: [{ code: "disclose" }, { code: "fax.forwarded" }],
      outcome: "4",
      outcomeDesc: "no consent",
      purposeOfEvent: [{ text: "treatment" }],
      agent: [
        { requestor: true, who: { identifier: { value: "u1" } }, network: { address: "203.0.113.7", type: "2" } },
        { requestor: false },
        { type: { coding: [{ code: "110152" }] }, who: { display: "Dr. Who" } },
      ],
      entity: [
        { type: { code: "1" }, role: { code: "1" }, name: "Bob" },
        { type: { code: "XrequestId" } },
        { detail: [{}, {}, {}] },
      ],
    });
  });

  test("reading the log is use of an audit log", () => {
    expect(toAuditEvent({ ...event, verb: "search", category: "administration" }, OPTIONS)).toMatchObject({
      type: { code: "110101" },
    });
  });
});
