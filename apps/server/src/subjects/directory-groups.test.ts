import { compileMatcher, EventView, formatQuery, parseQuery } from "@cairn/event";
import type { SubjectFact } from "@cairn/ledger";
import { describe, expect, test } from "vitest";
import { DirectoryGroups } from "./directory-groups.ts";
import { groupTimes } from "./group-times.ts";

const said = (ref: string, fromMs: number, ...groups: string[]): SubjectFact => ({
  ...{ id: `fct_${ref}_${fromMs}`, tenantNo: 1, ref, fromMs },
  statement: { kind: "groups", groups },
});
const directoryOf = (facts: readonly SubjectFact[]) =>
  new DirectoryGroups({ ofTenant: (tenantNo) => (tenantNo === 1 ? facts : []), stateOf: () => String(facts.length) });

const FACTS = [said("sub_a", 1_000, "Ward 1", "Nights"), said("sub_b", 1_500, "Ward 1"), said("sub_a", 2_000)];

test("groups hold until others are said, and of two words for one moment the later counts", () => {
  const [first, ...rest] = groupTimes([...FACTS, said("sub_b", 3_000, "x"), said("sub_b", 3_000, "y")]);
  expect(first).toEqual({ ref: "sub_a", groups: ["Ward 1", "Nights"], fromMs: 1_000, untilMs: 2_000 });
  expect(rest).toEqual([
    { ref: "sub_b", groups: ["Ward 1"], fromMs: 1_500, untilMs: 3_000 },
    { ref: "sub_a", groups: [], fromMs: 2_000, untilMs: undefined },
    { ref: "sub_b", groups: ["y"], fromMs: 3_000, untilMs: undefined },
  ]);
});

describe("conditions on groups", () => {
  const matches = (q: string, ref: string, occurredMs: number, groups?: readonly string[]) => {
    const query = directoryOf(FACTS).understand(1, parseQuery(q, { nowMs: 0 }));
    const core = {
      ...{ id: "e", action: "a.b", source: "x", category: "other", verb: "other", outcome: { result: "success" } },
      actor: { type: "user", ref, ...(groups === undefined ? {} : { groups }) },
      occurred_at: new Date(occurredMs).toISOString(),
    };
    const observed = { core, parts: [], ledger: 1, sequence: 0, receivedAtMs: 0 } as never;
    return compileMatcher(query, { resolveSubjects: () => new Set() })(new EventView(observed));
  };

  test.each([
    ["before anything was said", "group:nights", "sub_a", 999, undefined, false],
    ["from then on", "group:nights", "sub_a", 1_000, undefined, true],
    ["until something else is said", "group:nights", "sub_a", 2_000, undefined, false],
    ["by a pattern", "group:ward*", "sub_b", 9_000, undefined, true],
    ["any group", "group:*", "sub_b", 9_000, undefined, true],
    ["no group", "group:*", "sub_a", 9_000, undefined, false],
    ["the event's own groups count alone", "group:nights", "sub_a", 1_000, ["days"], false],
    ["the event's own groups count", "group:days", "sub_a", 1_000, ["days"], true],
    ["turned round", "-group:nights", "sub_a", 1_000, undefined, false],
    ["within other conditions", "action:a.b (group:nights OR action:x)", "sub_a", 1_500, undefined, true],
  ] as const)("%s", (_what, q, ref, atMs, groups, expected) => {
    expect(matches(q, ref, atMs, groups)).toBe(expected);
  });

  test("of another tenant, and without anybody in the group, the query stays as it is", () => {
    const query = parseQuery("group:nights OR group:nobody", { nowMs: 0 });
    expect(directoryOf(FACTS).understand(2, query)).toEqual(query);
    expect(formatQuery(directoryOf(FACTS).understand(1, parseQuery("group:nobody", { nowMs: 0 })))).toBe(
      "group:nobody",
    );
  });

  test("a group of too many is too expensive, and said to be", () => {
    const many = directoryOf(Array.from({ length: 501 }, (_, i) => said(`sub_${i}`, i, "all")));
    expect(() => many.understand(1, parseQuery("group:all", { nowMs: 0 }))).toThrow(
      expect.objectContaining({ code: "query_too_expensive" }),
    );
  });
});
