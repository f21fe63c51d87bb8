import { parseQuery } from "@cairn/event";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { completeField, completeValues, gapAt } from "./completion.ts";

/** The gap at the bar in a text. */
const gap = (marked: string) => gapAt(marked.replace("|", ""), marked.indexOf("|"));

describe("what is written at the cursor", () => {
  test("is the name of a field or a word", () => {
    expect(gap("outc|")).toEqual({ kind: "field", from: 0, to: 4, written: "outc" });
    expect(gap("action:x -out|")).toEqual({ kind: "field", from: 10, to: 13, written: "out" });
    expect(gap("(ac|tion OR x)")).toMatchObject({ kind: "field", from: 1, to: 7, written: "ac" });
    expect(gap("nofield:x|")).toMatchObject({ kind: "field" });
  });

  test("is a value, with the query that the others are counted under", () => {
    expect(gap("jane outcome:de| ip:::1")).toEqual({
      kind: "value",
      from: 13,
      to: 15,
      written: "de",
      name: "outcome",
      field: "outcome",
      rest: "jane ip:::1",
    });
    expect(gap("details.pages:>1|")).toMatchObject({
      kind: "value",
      from: 15,
      name: "details.pages",
      field: "details",
    });
    expect(gap("after:|")).toMatchObject({ kind: "value", field: "after" });
    expect(gap('category:"data ex|port" x')).toMatchObject({ from: 9, to: 22, written: '"data ex', field: "category" });
  });

  test("is one of the values of a parenthesis", () => {
    expect(gap("action:(login OR lo|)")).toMatchObject({
      kind: "value",
      from: 17,
      to: 19,
      written: "lo",
      field: "action",
    });
    expect(gap("action:(login) lo|")).toMatchObject({ kind: "field" });
  });

  test("lies around the cursor, whatever is written", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "action", ":", '"', "\\", "(", ")", " ", "-", "OR", ">") });
    fc.assert(
      fc.property(text, fc.nat(40), (query, at) => {
        const cursor = Math.min(at, query.length);
        const { from, to } = gapAt(query, cursor);
        expect(from).toBeLessThanOrEqual(cursor);
        expect(to).toBeGreaterThanOrEqual(cursor);
        expect(to).toBeLessThanOrEqual(query.length);
      }),
    );
  });
});

describe("completion", () => {
  test("offers what begins so before what has a part that does", () => {
    const labels = completeField("na", () => "").map(({ label }) => label);
    expect(labels).toContain("actor.name");
    expect(completeField("out", () => "").map(({ insert }) => insert)).toEqual(["outcome:", "outcome.reason:"]);
  });

  test("writes values so that the query finds exactly them", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (value) => {
        fc.pre(value.trim() !== "" && /[\p{L}\p{N}]/u.test(value));
        const [only] = completeValues("", [{ value, detail: "" }]);
        const node = parseQuery(`category:${only?.insert ?? ""}`, { nowMs: 0 });
        expect(node).toMatchObject({ kind: "term", predicate: { op: "whole" } });
      }),
    );
  });
});
