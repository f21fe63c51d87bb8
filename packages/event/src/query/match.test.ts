import { describe, expect, test } from "vitest";
import { compileMatcher, matchEvent } from "./match.ts";
import type { Observed } from "./observed.ts";
import { parseQuery } from "./parse.ts";
import { subjectPatternsOf } from "./subject-patterns.ts";
import { compileSubjectPattern, type SubjectFact, type SubjectPattern, subjectPatternKey } from "./subjects.ts";
import { EventView } from "./view.ts";

const facts: Record<string, readonly SubjectFact[]> = {
  sub_jane: [
    { kind: "id", value: "u-1" },
    { kind: "name", value: "Jane Doe" },
    { kind: "email", value: "jane@example.com" },
  ],
  sub_mary: [{ kind: "email", value: "mary.jane@example.com" }],
  sub_pat: [{ kind: "id", value: "P-42" }],
};

function resolveSubjects(pattern: SubjectPattern): ReadonlySet<string> {
  const means = compileSubjectPattern(pattern);
  return new Set(Object.keys(facts).filter((ref) => means(facts[ref] ?? [])));
}

const event: Observed = {
  ledger: 1,
  sequence: 7,
  received_at: "2026-10-01T10:00:01.000Z",
  core: {
    id: "E-1",
    occurred_at: "2026-10-01T10:00:00.000Z",
    action: "document.viewed",
    verb: "read",
    category: "Data Access",
    actor: { type: "user", ref: "sub_jane", role: "Nurse", groups: ["Ward 7", "Night"] },
    targets: [
      { type: "patient", ref: "sub_pat" },
      { type: "document", id: "INV-42", name: "Q3 Report" },
    ],
    outcome: { result: "denied", reason: "no_consent" },
    context: { session_id: "S1", client: { kind: "web", name: "Portal" } },
    changes: [{ field: "retention_policy", before: "90 days", after: 180 }],
    description: "{sub_jane} opened the report of {sub_pat}",
    details: { record_count: 1523, format: "csv", nested: { list: [1, "two", null] }, flag: false, ratio: 12.5 },
    source: "api",
    labels: { env: "prod-eu" },
  },
  parts: [
    {
      ref: "sub_jane",
      fields: {
        "/actor/id": "u-1",
        "/context/ip": "203.0.113.42",
        "/context/user_agent": "Mozilla/5.0 (X11)",
        "/context/location": "Ward B",
      },
      cuts: [],
    },
  ],
};

const matches = (text: string) => matchEvent(parseQuery(text, { nowMs: 0 }), event, { resolveSubjects });

describe("an event", () => {
  test.each([
    "", "*", "action:document.viewed", "action:DOCUMENT.*", "action:document.?iewed", 'category:"data access"', "role:nurse", "group:night", "group:ward*",
    "actor:jane@example.com", "user:u-1", "actor:U-1", "actor:jane", "actor:doe", 'actor:"jane doe"', "actor.email:jane*", "actor.ref:sub_jane",
    "actor.name:jane", "target:p-42", "target:inv-42", "target:report", "resource:patient", "target.id:INV-42", "target.name:q3", "target.type:document",
    "target.ref:sub_pat", "subject:p-42", "subject.ref:sub_*", "outcome:denied", "reason:consent", "reason:no_consent", "ip:203.0.113.0/24", "ip:203.0.*",
    "user_agent:mozilla", "location:b", "session:s1", "client:web", "client.name:portal", "changes:retention", "changes.before:90", "changes.after:180",
    "changes.after:>100", "details.record_count:1523", "details.record_count:>1000", "details.record_count:[1523 TO 1523]", "details.format:CSV",
    "details.nested:two", "details.nested.list:1", "details:csv", "details.flag:false", "details.flag:*", "details.ratio:12.5", "labels.env:prod", 'labels.env:="prod-eu"',
    "after:2026-10-01", "before:2026-10-02", "occurred_at:2026-10-01T10:00", "received_at:>2026-10-01T10:00:00", "ledger:1", "sequence:<8", "id:e-1",
    "jane", "doe", "p-42", "viewed", "document", "opened", '"opened the report"', "q3", "inv", "csv", "two", "consent", "retention", "prod", "op*ned", "description:jane",
    '-xyz', "NOT actor:bob", "-details.nested.list:3", "actor:* ip:* changes:* details.nested:*", "(nothing OR csv) -bob",
  ])("matches %s", (text) => {
    expect(matches(text)).toBe(true);
  }); // biome-ignore format: one list

  test.each([
    "action:document", "action:viewed", "category:data", "actor:mary.jane@example.com", "actor.id:jane", "target:jane", "target.ref:sub_jane",
    "actor.ref:SUB_jane", "subject:mary*", "reason:cons", "ip:203.0.114.0/24", "ip:0.0.0.0/8", "user_agent:ozilla", "session:s", "changes:ret", "changes.after:90",
    "details.record_count:>1523", "details.record_count:152", "details.record_count:15*", "details.ratio:12", "details.record:*", "details.nested.list.x:*", "details.none:*",
    'details.record_count:"1523"', 'labels.env:="prod"', "after:2026-10-02", "before:2026-10-01", "trace:*", "purpose:*", "time_uncertain_ms:>=0", "inferred:false",
    "1523", "sub", "sub_jane", '"report opened"', '"viewed opened"', "ward", "mozilla", "-csv", "csv -jane", "on_behalf_of:*", "warnings:*",
  ])("does not match %s", (text) => {
    expect(matches(text)).toBe(false);
  }); // biome-ignore format: one list

  test("is found by a person who is added to a live directory later", () => {
    const live = new Set<string>();
    const test = compileMatcher(parseQuery("actor:someone", { nowMs: 0 }), { resolveSubjects: () => live });
    const view = new EventView(event);
    expect(test(view)).toBe(false);
    live.add("sub_jane");
    expect(test(view)).toBe(true);
  });
});

test("a query says which people it needs looked up, each once", () => {
  const patterns = subjectPatternsOf(
    parseQuery("jane (jane OR actor:jane) action:x actor.id:jane -actor:jane details.x:jane", { nowMs: 0 }),
  );
  expect(patterns).toHaveLength(3);
  expect(new Set(patterns.map(subjectPatternKey)).size).toBe(3);
});

test("a simple query takes less than two microseconds an event", () => {
  const queries = [
    "action:document.viewed",
    "outcome:failure",
    "target.type:patient category:x",
    "actor:jane@example.com",
  ];
  const views = Array.from({ length: 2_000 }, () => event);
  for (const text of queries) {
    const test = compileMatcher(parseQuery(text, { nowMs: 0 }), { resolveSubjects });
    let bestUs = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 10; round++) {
      const started = performance.now();
      for (const each of views) test(new EventView(each));
      bestUs = Math.min(bestUs, ((performance.now() - started) * 1_000) / views.length);
    }
    expect(bestUs).toBeLessThan(2);
  }
});
