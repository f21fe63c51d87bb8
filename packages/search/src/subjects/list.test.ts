import { parseQuery } from "@cairn/event";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestIndex, type TestIndex } from "../testing/test-index.ts";
import { makeWorld } from "../testing/world.ts";
import { eventSpan, listSubjects, subjectFacts } from "./list.ts";
import { resolveSubjects } from "./resolve.ts";
import { upsertSamePeople } from "./same.ts";
import { forgetSubjects, SubjectMemo, subjectsByRef, upsertSubjects } from "./store.ts";

const event = (id: string, name: string, more: object = {}) => ({
  ...{ action: "record.viewed", actor: { type: "user", id, name }, occurred_at: "2026-03-04T05:06:07Z" },
  ...more,
});
let engine: TestIndex;

beforeAll(async () => {
  engine = await startTestIndex();
  await makeWorld(engine.index, {
    tenantNo: 1,
    inputs: [
      event("u-1", "Zoé Meyer"),
      event("u-2", "Abel Kim", { context: { location: "cardiology" } }),
      event("u-3", "Mia Oz", { targets: [{ type: "patient", id: "p-1", name: "Pat Ient" }] }),
    ],
  });
  await makeWorld(engine.index, { tenantNo: 2, inputs: [event("u-1", "Somebody Else")] });
}, 60_000);
afterAll(() => engine.close());

const asOf = { ledger: 9, sequence: 0 };
const scope = (q: string) => ({ tenantNo: 1, query: parseQuery(q, { nowMs: 0 }), asOf });
const labels = async (options: object) =>
  (await listSubjects(engine.index, { tenantNo: 1, limit: 10, ...options })).map(({ label }) => label);

describe("people of a tenant", () => {
  test("by name, page by page", async () => {
    expect(await labels({})).toEqual(["abel kim", "mia oz", "pat ient", "zoé meyer"]);
    const [first] = await listSubjects(engine.index, { tenantNo: 1, limit: 1 });
    expect(await labels({ after: first })).toEqual(["mia oz", "pat ient", "zoé meyer"]);
  });

  test("by reference, page by page", async () => {
    const all = (await listSubjects(engine.index, { tenantNo: 1, limit: 10, order: "ref" })).map(({ ref }) => ref);
    expect(all).toEqual(all.toSorted());
    expect(all).toHaveLength(4);
    const after = { label: "", ref: all[1] ?? "" };
    const rest = await listSubjects(engine.index, { tenantNo: 1, limit: 10, order: "ref", after });
    expect(rest.map(({ ref }) => ref)).toEqual(all.slice(2));
  });

  test("by part of what is known of them, or the beginning of the reference", async () => {
    expect(await labels({ text: "ZOÉ" })).toEqual(["zoé meyer"]);
    expect(await labels({ text: "u-" })).toEqual(["abel kim", "mia oz", "zoé meyer"]);
    const [abel] = await listSubjects(engine.index, { tenantNo: 1, limit: 1 });
    expect(await labels({ text: abel?.ref })).toEqual(["abel kim"]);
    expect(await labels({ text: "%" })).toEqual([]);
  });

  test("within a wall only people of its events, in whatever role", async () => {
    expect(await labels({ within: scope("location:cardiology") })).toEqual(["abel kim"]);
    expect(await labels({ within: scope('actor:"mia oz"') })).toEqual(["mia oz", "pat ient"]);
    expect(await labels({ within: scope("action:nothing"), text: "kim" })).toEqual([]);
  });
});

test("when a fact was seen first and last does not depend on the order in which it is heard of", async () => {
  const fact = (firstMs: number, seenMs: number) =>
    ({ tenantNo: 3, ref: "sub_x", kind: "name", value: "Ann", firstMs, seenMs }) as const;
  for (const [firstMs, seenMs] of [
    [500, 600],
    [100, 200],
    [900, 950],
  ] as const)
    await upsertSubjects(engine.index, [fact(firstMs, seenMs)]);
  const read = async () => (await subjectFacts(engine.index, { tenantNo: 3, refs: ["sub_x"] })).get("sub_x");
  expect(await read()).toEqual([{ kind: "name", value: "Ann", firstMs: 100, seenMs: 950 }]);
  await engine.index.command({ sql: `OPTIMIZE TABLE ${engine.index.database}.subjects FINAL` });
  expect(await read()).toEqual([{ kind: "name", value: "Ann", firstMs: 100, seenMs: 950 }]);
});

test("somebody who takes an earlier name again goes by it", async () => {
  const memo = new SubjectMemo({ maxFacts: 100 });
  const named = (value: string, atMs: number) =>
    upsertSubjects(engine.index, [{ tenantNo: 4, ref: "sub_y", kind: "name", value, firstMs: atMs, seenMs: atMs }], {
      memo,
    });
  for (const [value, atMs] of [
    ["Ann", 100],
    ["Bea", 200],
    ["Ann", 300],
  ] as const)
    await named(value, atMs);
  const names = await subjectsByRef(engine.index, { tenantNo: 4, refs: ["sub_y"] });
  expect(names.get("sub_y")).toEqual({ name: "Ann" });
});

describe("references of one person", () => {
  const tenantNo = 5;
  const refs = ["sub_a", "sub_b", "sub_c"];
  const say = (saidMs: number, ...people: readonly (string | undefined)[]) =>
    upsertSamePeople(
      engine.index,
      people.map((person, i) => ({ tenantNo, ref: refs[i] ?? "", person, saidMs })),
    );
  const meant = async (q: string) => {
    const sets = await resolveSubjects(engine.index, { tenantNo, query: parseQuery(q, { nowMs: 0 }) });
    return [...sets.values()].flatMap((set) => [...set]).toSorted();
  };

  beforeAll(async () => {
    const fact = (ref: string, value: string) =>
      ({ tenantNo, ref, kind: "name", value, firstMs: 1, seenMs: 1 }) as const;
    await upsertSubjects(engine.index, [fact("sub_a", "Ann"), fact("sub_b", "Bea"), fact("sub_c", "Cid")]);
  });

  test("are all meant by what one of them is called, until it is said otherwise", async () => {
    await say(1, "sub_a", "sub_a", undefined);
    expect(await meant("actor:ann")).toEqual(["sub_a", "sub_b"]);
    expect(await meant("actor:bea")).toEqual(["sub_a", "sub_b"]);
    expect(await meant("actor:cid")).toEqual(["sub_c"]);
    await say(3, "sub_a", "sub_a", "sub_a");
    // An earlier word that comes late changes nothing.
    await say(2, undefined, undefined, undefined);
    expect(await meant("actor:cid")).toEqual(refs);
    expect((await listSubjects(engine.index, { tenantNo, text: "cid", limit: 9 })).map(({ ref }) => ref)).toEqual(refs);
    await say(4, "sub_a", undefined, "sub_a");
    expect(await meant("actor:bea")).toEqual(["sub_b"]);
    expect(await meant("actor:ann")).toEqual(["sub_a", "sub_c"]);
  });

  test("another tenant's are nobody's", async () => {
    await say(5, "sub_a", "sub_a", undefined);
    await upsertSubjects(engine.index, [
      { tenantNo: 6, ref: "sub_a", kind: "name", value: "Ann", firstMs: 1, seenMs: 1 },
    ]);
    const sets = await resolveSubjects(engine.index, { tenantNo: 6, query: parseQuery("actor:ann", { nowMs: 0 }) });
    expect([...sets.values()].map((set) => [...set])).toEqual([["sub_a"]]);
  });

  test("who is forgotten is no longer one of them", async () => {
    await say(6, "sub_a", "sub_a", "sub_a");
    await forgetSubjects(engine.index, { tenantNo, refs: ["sub_a"] });
    expect(await meant("actor:bea")).toEqual(["sub_b", "sub_c"]);
    expect(await meant("actor:ann")).toEqual([]);
  });
});

test("the span of events", async () => {
  const atMs = Date.parse("2026-03-04T05:06:07Z");
  expect(await eventSpan(engine.index, scope("action:record.viewed"))).toEqual({
    count: 3,
    span: { firstMs: atMs, lastMs: atMs },
  });
  expect(await eventSpan(engine.index, scope("action:nothing"))).toEqual({ count: 0, span: undefined });
});
