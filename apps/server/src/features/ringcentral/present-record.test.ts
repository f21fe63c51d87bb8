import { readFileSync } from "node:fs";
import type { RecordedEvent } from "@cairn/event";
import { auditTrailMapping, mapItems, readAuditTrail } from "@cairn/sources";
import { expect, test } from "vitest";
import { presentRecord } from "./present-record.ts";

const SAMPLES = new URL("../../../../../packages/sources/testdata/ringcentral/audit-trail.json", import.meta.url);
const RECEIPT = { ledger: 1, sequence: 1, received_at: "2026-01-01T00:00:00.000Z", event_root: "00" };

function recorded(event: object): RecordedEvent {
  return { ...RECEIPT, tenant: "acme", project: "default", source: "api", ...event } as unknown as RecordedEvent;
}

test("what came from RingCentral goes out as it came", () => {
  const text = readFileSync(SAMPLES, "utf8");
  const { records } = JSON.parse(text) as { records: Record<string, unknown>[] };
  const mapped = mapItems(auditTrailMapping, readAuditTrail(text), { original: "leave" });
  const events = mapped.flatMap((item) => (item.kind === "event" ? [item.event] : []));
  expect(records.length).toBeGreaterThan(3);
  const out = events.map((event) => presentRecord(recorded(event)));
  for (const [i, record] of records.entries()) {
    const { details, initiator, ...rest } = record;
    expect(out[i]).toMatchObject({ ...rest, ...(details === undefined ? {} : { details }) });
    if (initiator !== undefined) expect(out[i]?.initiator).toEqual(initiator);
  }
});

test("anything else has its place, or is a parameter", () => {
  const event = recorded({
    id: "e-1",
    occurred_at: "2026-03-04T05:06:07.089Z",
    action: "patient.record.changed",
    verb: "update",
    description: "Address corrected",
    actor: { type: "user", id: "u-1", email: "jane@example.com", role: "nurse" },
    targets: [
      { type: "patient", id: "p-1", name: "John Roe" },
      { type: "document", id: "d-1" },
    ],
    outcome: { result: "denied", reason: "locked" },
    context: { ip: "203.0.113.7", user_agent: "x/1", session_id: "s" },
    changes: [
      { field: "street", before: "A", after: { line: "B" } },
      { field: "zip", after: 7 },
    ],
    details: { ward: "7b", beds: [1, 2] },
    source: "ehr",
  });
  expect(presentRecord(event)).toEqual({
    id: "e-1",
    eventTime: "2026-03-04T05:06:07.089Z",
    actionId: "patient.record.changed",
    eventType: "UPDATE",
    accountId: "acme",
    clientIp: "203.0.113.7",
    comment: "Address corrected",
    initiator: { extensionId: "u-1", name: "jane@example.com", role: "nurse" },
    target: { objectId: "p-1", objectType: "Patient", name: "John Roe" },
    details: {
      parameters: [
        { key: "oldStreet", value: "A" },
        { key: "newStreet", value: '{"line":"B"}' },
        { key: "newZip", value: "7" },
        { key: "outcome", value: "denied" },
        { key: "outcomeReason", value: "locked" },
        { key: "target", value: "document d-1" },
        { key: "userAgent", value: "x/1" },
        { key: "sessionId", value: "s" },
        { key: "source", value: "ehr" },
        { key: "ward", value: "7b" },
        { key: "beds", value: "[1,2]" },
      ],
    },
  });
});

test("a system has no extension, a forgotten person keeps a reference", () => {
  const at = { id: "e", occurred_at: "2026-03-04T05:06:07.089Z", action: "a.b", details: ["no members"] };
  expect(presentRecord(recorded({ ...at, actor: { type: "system" } })).initiator).toEqual({ name: "System" });
  expect(presentRecord(recorded({ ...at, actor: { type: "user", ref: "sub_1" } })).initiator).toEqual({
    extensionId: "sub_1",
  });
  expect(presentRecord(recorded({ ...at, actor: {} }))).toMatchObject({ eventType: "OTHER", details: {} });
});
