import { type Json, parseQuery, type RecordedEvent } from "@cairn/event";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fieldGroups } from "./fields.ts";
import { leavesOf, showValue } from "./leaves.ts";

const EVENT = {
  id: "e-1",
  occurred_at: "2026-01-01T00:00:00.000Z",
  action: "document.viewed",
  verb: "read",
  category: "documents",
  actor: {
    type: "user",
    ref: "sub_1",
    id: "u-1",
    role: "nurse",
    groups: ["a", "b"],
    on_behalf_of: { type: "user", id: "u-2" },
  },
  targets: [{ type: "document", id: "d-7" }],
  outcome: { result: "denied", reason: "not hers" },
  context: { ip: "10.0.0.1", session_id: "s", client: { kind: "web" } },
  source: "api",
  labels: { "odd key": "v" },
  ledger: 1,
  sequence: 41,
  received_at: "2026-01-01T00:00:01.000Z",
  event_root: "00",
  tenant: "t",
  project: "p",
} as const satisfies RecordedEvent;

const fieldsOf = (event: RecordedEvent) => fieldGroups(event).flatMap(({ fields }) => fields);

describe("the fields of the detail", () => {
  test("show every value of an event, also of members that nobody has heard of", () => {
    const arbitraryDetails = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
    fc.assert(
      fc.property(arbitraryDetails, arbitraryDetails, (details, strange) => {
        const event = { ...EVENT, details, strange };
        const shown = fieldsOf(event as RecordedEvent).flatMap(({ values }) => values.map(({ text }) => text));
        for (const { value } of leavesOf(event as unknown as Json)) {
          for (const item of Array.isArray(value) && value.length > 0 ? value : [value]) {
            expect(shown).toContain(showValue(item as Json));
          }
        }
      }),
    );
  });

  test("have paths of their own, even where keys hold dots", () => {
    const paths = fieldsOf({ ...EVENT, details: { "a.b": 1, a: { b: 2 } } }).map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
  });

  test("are found again by conditions that the query language understands", () => {
    const event = { ...EVENT, details: { "odd.key": { n: 12 }, list: [{ x: true }], "": "empty" } };
    const terms = fieldsOf(event).flatMap(({ values }) => values.flatMap(({ term }) => term ?? []));
    expect(terms).toEqual(
      expect.arrayContaining(["outcome:denied", "ip:10.0.0.1", "on_behalf_of.id:u-2", "target.id:d-7"]),
    );
    expect(terms).toEqual(
      expect.arrayContaining(['details."odd.key".n:12', "details.list.x:true", 'labels."odd key":v']),
    );
    for (const term of terms) expect(parseQuery(term, { nowMs: 0 }).kind).toBe("term");
  });
});
