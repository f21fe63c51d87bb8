import { LIMITS } from "@cairn/event";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accept } from "../testing/accept.ts";
import { anyJson } from "../testing/arbitrary.ts";
import { lostLeaves } from "../testing/lost-leaves.ts";
import { createDraft } from "./create-draft.ts";
import { FIELDS, type Field } from "./fields.ts";
import type { JsonObject } from "./json-values.ts";

const draftOf = (record: JsonObject) => {
  const draft = createDraft(record, {}, "test");
  draft.set("action", "a.b");
  return draft;
};

describe("a draft", () => {
  test("leaves in the details what was not moved", () => {
    const draft = draftOf({ a: { b: "1", c: 2 }, list: [{ x: "1", y: 2 }, { x: "3" }], empty: {}, nothing: null });
    draft.move("actor.id", "/missing", "/a/b");
    draft.move("actor.name", "/list/0/x");
    draft.move("actor.role", "/list/1/x");
    expect(draft.finish().event).toMatchObject({
      actor: { id: "1", name: "1", role: "3" },
      details: { a: { c: 2 }, list: [{ y: 2 }, {}], empty: {}, nothing: null },
    });
  });

  test("cuts what is too long, says so, and keeps the whole", () => {
    const long = "x".repeat(700);
    const draft = draftOf({ long, other: `${long}y` });
    draft.move("actor.id", "/long");
    draft.move("actor.name", "/other");
    const { event } = draft.finish();
    expect(event.actor?.id).toMatch(/^x+…sha-256:[0-9a-f]{64}$/);
    expect(event.actor?.id?.length).toBe(LIMITS.nameChars);
    expect(event.actor?.id).not.toBe(event.actor?.name);
    expect(event).toMatchObject({ details: { long }, warnings: ["cut:/actor/id", "cut:/actor/name"] });
    accept(event);
  });

  test("keeps what an address does not say", () => {
    const draft = draftOf({ a: "host.example", b: "203.0.113.7:443" });
    draft.move("context.ip", "/a", "/b");
    expect(draft.finish().event).toMatchObject({
      context: { ip: "203.0.113.7" },
      details: { a: "host.example", b: "203.0.113.7:443" },
    });
  });

  test("an event that is too large is cut at its longest texts", () => {
    const draft = draftOf({ big: "a".repeat(600_000), small: "b", list: ["c".repeat(9_000)] });
    const { event } = draft.finish();
    expect(event.details).toMatchObject({ small: "b", list: ["c".repeat(9_000)] });
    expect((event.details as { big: string }).big).toMatch(/^a+…sha-256:/);
    expect(event.warnings).toEqual(["cut:/details/big"]);
  });

  test("one of too many parts keeps their beginning", () => {
    const parts = Array.from({ length: 100_000 }, (_, i) => i);
    const { event } = draftOf({ parts }).finish();
    expect(event.warnings).toEqual(["cut:/details (too many parts)"]);
    expect(JSON.stringify(event).length).toBeLessThan(LIMITS.eventBytes);
    accept(event);
  });

  test("depth beyond the door's becomes text", () => {
    let deep: JsonObject = { end: 1 };
    for (let i = 0; i < 60; i++) deep = { deep };
    const { event } = draftOf(deep).finish();
    expect(event.warnings?.[0]).toMatch(/^flattened:\/details\/deep/);
    expect(JSON.stringify(event)).toContain('{\\"end\\":1}');
    accept(event);
  });

  test("explains on request", () => {
    const draft = createDraft({ who: "a" }, { explain: "all" }, "test");
    draft.set("action", "a.b");
    draft.move("actor.id", "/who");
    expect(draft.finish().trace).toEqual([
      { field: "action", from: [], rule: "constant" },
      { field: "actor.id", from: ["/who"], rule: "move" },
    ]);
  });

  test("whatever is moved wherever, the door takes it and nothing is lost", () => {
    const keys = ["a", "b", "c", "d"];
    const record = fc.dictionary(
      fc.constantFrom(...keys),
      fc.oneof(anyJson, fc.string({ minLength: 400, maxLength: 3_000 })),
    );
    const moves = fc.array(fc.tuple(fc.constantFrom(...(Object.keys(FIELDS) as Field[])), fc.constantFrom(...keys)));
    fc.assert(
      fc.property(record, moves, (given, each) => {
        const draft = draftOf(given as JsonObject);
        for (const [field, key] of each) draft.move(field, `/${key}`);
        const { event } = draft.finish();
        accept(event);
        expect(lostLeaves(given as JsonObject, event)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
