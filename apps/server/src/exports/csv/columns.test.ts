import { fieldNames, findField, type RecordedEvent, TIME_BOUNDS } from "@cairn/event";
import { expect, test } from "vitest";
import { zoneClock } from "../time-zone.ts";
import { columnsOf, DEFAULT_COLUMNS } from "./columns.ts";

const EVENT: RecordedEvent = {
  id: "e-1",
  occurred_at: "2026-03-04T23:06:07.089Z",
  received_at: "2026-03-05T00:00:00.000Z",
  action: "patient.viewed",
  verb: "read",
  category: "records",
  actor: {
    type: "user",
    ref: "sub_a",
    id: "u-1",
    name: "Jane Doe",
    groups: ["north", "south"],
    on_behalf_of: { type: "service", id: "s-1" },
  },
  targets: [{ type: "patient", ref: "sub_p", id: "p-1", name: "Mary" }, { type: "door" }],
  outcome: { result: "denied", reason: "closed" },
  context: { ip: "203.0.113.9", client: { kind: "web", name: "Fx" } },
  changes: [{ field: "limit", before: { x: 1 }, after: [2] }, { field: "note" }],
  details: { a: [{ b: 1 }, { b: null }, { b: "z" }], "odd key": true },
  labels: { site: "north" },
  source: "api",
  tenant: "acme",
  project: "default",
  ledger: 1,
  sequence: 41,
  event_root: "ab",
};
const clock = zoneClock("Europe/Berlin");
const cell = (name: string, event = EVENT) => columnsOf([name], clock)[0]!.cell(event);

test("every field of the query language is a column", () => {
  for (const name of fieldNames()) {
    if (name in TIME_BOUNDS || findField(name.split(".")) === undefined) continue;
    expect(cell(name), name).toEqual(expect.any(String));
  }
});

test.each([
  ["date", "2026-03-05"],
  ["time", "00:06:07"],
  ["received_date", "2026-03-05"],
  ["occurred_at", "2026-03-04T23:06:07.089Z"],
  ["actor", "Jane Doe (u-1)"],
  ["on_behalf_of", "s-1"],
  ["actor.groups", "north; south"],
  ["targets", "patient Mary (p-1); door"],
  ["target.id", "p-1"],
  ["target.type", "patient; door"],
  ["subject", "Jane Doe (u-1); Mary (p-1)"],
  ["subject.ref", "sub_a; sub_p"],
  ["outcome", "denied"],
  ["reason", "closed"],
  ["changes", 'limit: {"x":1} → [2]; note:  → '],
  ["changes.field", "limit; note"],
  ["changes.before.x", "1"],
  ["details.a.b", "1; z"],
  ["details.a.2.b", "z"],
  ["details.a.0", '{"b":1}'],
  ["details.odd key", "true"],
  ["details.constructor", ""],
  ["details.a.length", ""],
  ["labels", '{"site":"north"}'],
  ["client.version", ""],
  ["sequence", "41"],
  ["project", "default"],
])("%s: %s", (name, expected) => {
  expect(cell(name)).toBe(expected);
});

test("someone forgotten is shown by reference, somebody unknown by kind", () => {
  expect(cell("actor", { ...EVENT, actor: { type: "user", ref: "sub_a" } })).toBe("sub_a");
  expect(cell("actor", { ...EVENT, actor: { type: "anonymous" } })).toBe("anonymous");
});

test("the columns for people all exist", () => {
  expect(columnsOf(DEFAULT_COLUMNS, clock).map(({ name }) => name)).toEqual(DEFAULT_COLUMNS);
});

test.each(["", "colour", "__proto__", "constructor", "toString", "action.x", ".", "actor."])(
  "%j is no column",
  (name) => {
    expect(() => columnsOf([name], clock)).toThrow(expect.objectContaining({ code: "parameter_invalid" }));
  },
);
