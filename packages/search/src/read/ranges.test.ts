import { parseQuery } from "@cairn/event";
import { arbitraryEventInput } from "@cairn/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RowEncoder } from "../encode/rows.ts";
import { TABLES } from "../schema/tables.ts";
import { forgetSubjects, SubjectMemo, subjectsByRef, upsertSubjects } from "../subjects/store.ts";
import { startTestIndex, type TestIndex } from "../testing/test-index.ts";
import { makeWorld, type World } from "../testing/world.ts";
import { auditRange } from "./audit.ts";
import { countMatches } from "./count.ts";
import { countByRange, deleteSequences, presentSequences } from "./ranges.ts";

let engine: TestIndex;
let world: World;

beforeAll(async () => {
  engine = await startTestIndex();
  world = await makeWorld(engine.index, {
    tenantNo: 1,
    inputs: fc.sample(arbitraryEventInput, { numRuns: 200, seed: 3 }),
  });
}, 60_000);
afterAll(async () => {
  await engine.close();
});

/** Events of ledger 1 have even sequences, those of ledger 2 odd ones. */
const ledger1 = { ledger: 1, fromSequence: 0, toSequence: 200 };
const inLedger1 = () => world.inputs.filter(({ ledger }) => ledger === 1);
const search = (text: string) => ({
  tenantNo: 1,
  query: parseQuery(text, { nowMs: 0 }),
  asOf: { ledger: 9, sequence: 0 },
});

describe("ranges", () => {
  test("are counted by rows and by events", async () => {
    const ranges = [
      ledger1,
      { ledger: 2, fromSequence: 0, toSequence: 21 },
      { ledger: 3, fromSequence: 0, toSequence: 9 },
    ];
    const counts = await countByRange(engine.index, { tenantNo: 1, ranges });
    expect(counts).toEqual([
      { rows: 100, events: 100 },
      { rows: 10, events: 10 },
      { rows: 0, events: 0 },
    ]);
    const [first] = world.inputs;
    const receivedWithin = { firstMs: first?.receivedAtMs ?? 0, lastMs: (first?.receivedAtMs ?? 0) + 1 };
    expect(await countByRange(engine.index, { tenantNo: 1, ranges: [ledger1], receivedWithin })).toEqual([
      { rows: 1, events: 1 },
    ]);
    expect(await countByRange(engine.index, { tenantNo: 2, ranges: [ledger1] })).toEqual([{ rows: 0, events: 0 }]);
  });

  test("are listed as runs", async () => {
    const range = { ledger: 2, fromSequence: 4, toSequence: 9 };
    const { runs, repeated } = await presentSequences(engine.index, { tenantNo: 1, range });
    expect(runs).toEqual([
      { ledger: 2, fromSequence: 5, toSequence: 6 },
      { ledger: 2, fromSequence: 7, toSequence: 8 },
    ]);
    expect(repeated).toEqual([]);
  });
});

describe("auditRange", () => {
  const audit = (expected = inLedger1()) => auditRange(engine.index, { tenantNo: 1, range: ledger1, expected });

  test("finds nothing where index and ledger agree", async () => {
    expect(await audit()).toEqual({ missing: [], surplus: [], different: [], repeated: [] });
  });

  test("finds what is missing, surplus, repeated or different", async () => {
    const [a, b, c] = inLedger1() as [World["inputs"][number], World["inputs"][number], World["inputs"][number]];
    await engine.index.insert({ table: TABLES.events, block: new RowEncoder().encode([a]).block });
    const changed = { ...b, split: { ...b.split, core: { ...b.split.core, description: "something else entirely" } } };
    const invented = { ...c, sequence: 198_000 };
    const expected = [...inLedger1().filter((each) => each !== b && each !== c), changed, invented];
    const report = await auditRange(engine.index, {
      tenantNo: 1,
      range: { ...ledger1, toSequence: 200_000 },
      expected,
    });
    expect(report).toEqual({
      missing: [198_000],
      surplus: [c.sequence],
      different: [b.sequence],
      repeated: [a.sequence],
    });
    const { repeated } = await presentSequences(engine.index, { tenantNo: 1, range: ledger1 });
    expect(repeated).toEqual([a.sequence]);
    expect(await countByRange(engine.index, { tenantNo: 1, ranges: [ledger1] })).toEqual([{ rows: 101, events: 100 }]);
    await deleteSequences(engine.index, {
      tenantNo: 1,
      ranges: [{ ledger: 1, fromSequence: a.sequence, toSequence: a.sequence + 1 }],
    });
    await engine.index.insert({ table: TABLES.events, block: new RowEncoder().encode([a]).block });
    expect(await audit()).toEqual({ missing: [], surplus: [], different: [], repeated: [] });
  });
});

describe("inserting", () => {
  test("the same token twice inserts once", async () => {
    const [input] = world.inputs;
    const rows = [0, 1].map((i) => ({ ...input, tenantNo: 5, sequence: i })) as World["inputs"];
    const { block } = new RowEncoder().encode(rows);
    for (let i = 0; i < 3; i++) await engine.index.insert({ table: TABLES.events, block, token: "batch 1" });
    const [count] = await countByRange(engine.index, { tenantNo: 5, ranges: [{ ...ledger1, toSequence: 10 }] });
    expect(count).toEqual({ rows: 2, events: 2 });
  });
});

describe("deleted events", () => {
  test("are gone from every answer, the text index included", async () => {
    const inputs = Array.from({ length: 30 }, (_, i) => ({
      action: "a.b",
      description: i % 3 === 0 ? "zebra" : "horse",
    }));
    await makeWorld(engine.index, { tenantNo: 6, inputs });
    const zebras = { ...search("zebra"), tenantNo: 6 };
    expect(await countMatches(engine.index, zebras)).toEqual({ kind: "exact", count: 10 });
    await deleteSequences(engine.index, { tenantNo: 6, ranges: [{ ledger: 1, fromSequence: 0, toSequence: 13 }] });
    expect(await countMatches(engine.index, zebras)).toEqual({ kind: "exact", count: 7 });
    expect(await countMatches(engine.index, { ...zebras, query: parseQuery("-zebra", { nowMs: 0 }) })).toEqual({
      kind: "exact",
      count: 16,
    });
  });
});

describe("people", () => {
  const jane = { id: "u-1", name: "Jane Roe", email: "Jane.Roe@Example.org" };
  const context = { ip: "198.51.100.7", user_agent: "Firefox", location: "Ward 7" };

  test("are given back by reference, and forgotten with address, agent and place", async () => {
    const tenantNo = 7;
    const inputs = [
      { action: "a.b", actor: jane, context, description: "Jane Roe was here" },
      { action: "a.b", actor: { ...jane, name: "Jane Roe-Doe" }, context },
      { action: "a.b", actor: { id: "u-2", name: "John" }, context },
    ];
    const { observed } = await makeWorld(engine.index, { tenantNo, inputs });
    const ref = observed[0]?.core.actor.ref ?? "";
    const names = await subjectsByRef(engine.index, { tenantNo, refs: [ref, "sub_nobody"] });
    expect(names).toEqual(new Map([[ref, { id: "u-1", name: "Jane Roe-Doe", email: "Jane.Roe@Example.org" }]]));
    expect(await subjectsByRef(engine.index, { tenantNo: 8, refs: [ref] })).toEqual(new Map());

    const count = async (text: string) => (await countMatches(engine.index, { ...search(text), tenantNo })).count;
    for (const text of ["actor:jane.roe@example.org", "roe", "actor.name:jane", "actor.id:U-1"])
      expect(await count(text)).toBe(2);
    expect(await count("ip:198.51.100.7")).toBe(3);
    await forgetSubjects(engine.index, { tenantNo, refs: [ref] });
    for (const text of ["actor:jane.roe@example.org", "roe", "actor.name:jane", "actor.id:u-1"])
      expect(await count(text)).toBe(0);
    for (const text of ["ip:198.51.100.7", "user_agent:firefox", "location:ward"]) expect(await count(text)).toBe(1);
    expect(await count(`actor.ref:${ref}`)).toBe(2);
    expect(await subjectsByRef(engine.index, { tenantNo, refs: [ref] })).toEqual(new Map());
  });

  test("are written once while the memo remembers them", async () => {
    const memo = new SubjectMemo({ maxFacts: 2 });
    const facts = [1, 2].map((i) => ({
      tenantNo: 9,
      ref: `sub_${i}`,
      kind: "name" as const,
      value: `n${i}`,
      firstMs: i,
      seenMs: i,
    }));
    await upsertSubjects(engine.index, facts, { memo });
    expect(memo.unknown(facts)).toEqual([]);
    await upsertSubjects(engine.index, facts, { memo });
    const [row] = await engine.index.query<[number]>({ sql: "SELECT count() FROM cairn.subjects WHERE tenant = 9" });
    expect(row).toEqual([2]);
    memo.clear();
    expect(memo.unknown(facts)).toEqual(facts);
  });
});
