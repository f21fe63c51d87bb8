import { type CairnEvent, fold, literalOf, matchEvent, parseQuery } from "@cairn/event";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { actorTerm, narrow, targetTerm, writeTerm } from "./filter-term.ts";

const parse = (query: string) => parseQuery(query, { nowMs: 0 });

describe("a condition made of a value", () => {
  test("means this value, whatever characters are in it", () => {
    const arbitraryValue = fc.oneof(
      fc.string({ unit: "grapheme", minLength: 1 }),
      fc.stringMatching(/^[a-z*?"\\()[\]:<>=. -]{1,12}$/),
    );
    fc.assert(
      fc.property(arbitraryValue, (value) => {
        fc.pre(value.trim() !== "");
        const node = parse(writeTerm("category", value));
        const glob = node.kind === "term" && node.predicate.op === "whole" ? node.predicate.glob : undefined;
        expect(glob === undefined ? undefined : literalOf(glob)).toBe(fold(value));
      }),
    );
  });

  test("stays readable where it can", () => {
    expect(writeTerm("action", "document.viewed")).toBe("action:document.viewed");
    expect(writeTerm("actor.email", "jane@example.com")).toBe("actor.email:jane@example.com");
    expect(writeTerm("category", "two words")).toBe('category:"two words"');
    expect(writeTerm("ip", "2001:db8::1")).toBe('ip:"2001:db8::1"');
  });

  test("uses the most exact name there is", () => {
    expect(actorTerm({ type: "user", id: "u-1", name: "Jane", email: "j@x.org", ref: "sub_1" })).toBe("actor.id:u-1");
    expect(actorTerm({ type: "user", name: "Jane", email: "j@x.org" })).toBe("actor.email:j@x.org");
    expect(actorTerm({ type: "user", ref: "sub_1" })).toBe("actor.ref:sub_1");
    expect(actorTerm({ type: "system" })).toBe("actor.type:system");
    expect(targetTerm({ type: "patient", name: "Roe" })).toBe("target.name:Roe");
    expect(targetTerm({ type: "patient" })).toBe("target.type:patient");
  });
});

describe("narrowing", () => {
  const matches = (query: string, { action, category }: { readonly action: string; readonly category: string }) => {
    const core: CairnEvent = {
      id: "e",
      occurred_at: "2026-01-01T00:00:00.000Z",
      action,
      category,
      verb: "read",
      actor: { type: "system" },
      outcome: { result: "success" },
      source: "api",
    };
    const observed = { core, parts: [], ledger: 1, sequence: 0, received_at: core.occurred_at };
    return matchEvent(parse(query), observed, { resolveSubjects: () => new Set() });
  };

  test("finds what the query found and the condition finds, never more", () => {
    const queries = ["", "action:a", "action:a OR action:b", "-action:a", "NOT (action:a OR category:y)", "category:x"];
    const events = ["a", "b", "c"].flatMap((action) => ["x", "y"].map((category) => ({ action, category })));
    for (const query of queries) {
      for (const term of ["category:x", "-category:x"]) {
        for (const event of events) {
          expect(matches(narrow(query, term), event)).toBe(matches(query, event) && matches(term, event));
        }
      }
    }
  });

  test("by what is there already changes nothing", () => {
    expect(narrow("action:a category:x", "category:x")).toBe("action:a category:x");
    expect(narrow("category:x action:a", "category:x")).toBe("category:x action:a");
    expect(narrow("category:x", "category:x")).toBe("category:x");
  });
});
