import { type CairnEvent, eachLeaf, fold, foldCut, ipHex, placeOf, refWord, toWords } from "@cairn/event";
import { arbitraryEventInput } from "@cairn/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EVENT_COLUMNS } from "../schema/columns.ts";
import { startTestIndex, type TestIndex } from "../testing/test-index.ts";
import { makeWorld, type World } from "../testing/world.ts";
import { type IndexInput, RowEncoder } from "./rows.ts";
import { keptKeyword, shownKeyword } from "./stored.ts";

let engine: TestIndex;
let world: World;
beforeAll(async () => {
  engine = await startTestIndex();
  world = await makeWorld(engine.index, {
    tenantNo: 1,
    inputs: fc.sample(arbitraryEventInput, { numRuns: 300, seed: 11 }),
  });
}, 60_000);
afterAll(async () => {
  await engine.close();
});

/** What a row should hold, worked out the slow way. */
function expectedRow({ tenantNo, ledger, sequence, receivedAtMs, split }: IndexInput): unknown[] {
  const { core } = split;
  const { actor, context } = core;
  const behind = actor.on_behalf_of;
  const folded = (text: string | undefined) => fold(text ?? "");
  const kept = (text: string | undefined) => (text === undefined ? "" : keptKeyword(text));
  const words = (text: string | undefined) => toWords(text ?? "");
  const reference = (ref: string | undefined) => (ref === undefined ? "" : refWord(ref));
  const time = (timeMs: number) => new Date(timeMs).toISOString().replace("T", " ").replace("Z", "");
  const leaves: [string, string, number | null][] = [];
  eachLeaf(core, (path, text, number) => leaves.push([path, toWords(text), Number.isNaN(number) ? null : number]));
  const targets = core.targets ?? [];
  const hex = ipHex(placeOf(split, "ip") ?? "") ?? "0".repeat(32);
  return [
    tenantNo, time(Date.parse(core.occurred_at)), ledger, sequence, time(receivedAtMs), folded(core.id), kept(core.source),
    folded(core.action), folded(core.verb), kept(core.category), core.outcome.result, words(core.outcome.reason),
    actor.type, reference(actor.ref), kept(actor.id), words(actor.name), kept(actor.email), kept(actor.role),
    (actor.groups ?? []).map(kept), folded(behind?.type), reference(behind?.ref), kept(behind?.id), words(behind?.name),
    kept(behind?.email), targets.map((target) => fold(target.type)), targets.map((target) => reference(target.ref)),
    targets.map((target) => foldCut(target.id ?? "")), targets.map((target) => words(target.name)), hex,
    words(placeOf(split, "user_agent")), words(placeOf(split, "location")), folded(context?.session_id),
    folded(context?.request_id), folded(context?.trace_id), folded(context?.client?.kind), kept(context?.client?.name),
    kept(context?.client?.version), words(core.purpose), words(core.recipient), kept(core.data_category),
    folded(core.parent_id), core.inferred === undefined ? "" : String(core.inferred), core.time_uncertain_ms ?? -1,
    words(core.description), words(core.source_action), (core.warnings ?? []).map(words), leaves.map(([path]) => path),
    leaves.map(([, text]) => text), leaves.map(([, , number]) => number), alsoOf(core), mentionsOf(core, leaves),
  ]; // biome-ignore format: in the order of the columns
}

const isPlain = (text: string) => /^[^\u0080-\uffff]{0,100}$/.test(text);

function alsoOf({ action, actor, targets }: CairnEvent): string {
  const principals = [actor, ...(actor.on_behalf_of === undefined ? [] : [actor.on_behalf_of])];
  const texts = [
    ...(isPlain(action) ? [] : [action]),
    ...principals.flatMap(({ id, name, email }) => [id, name, email]),
    ...(targets ?? []).flatMap(({ type, id }) => [
      isPlain(type) ? "" : type,
      id === undefined || isPlain(id) ? "" : id,
    ]),
  ];
  const lines = texts.map((text) => toWords(text ?? "")).filter((line) => line !== "");
  return lines.join("\n");
}

function mentionsOf(core: CairnEvent, leaves: readonly (readonly [string, string, unknown])[]): string[] {
  const { actor, targets } = core;
  const own = [actor.ref, actor.on_behalf_of?.ref, ...(targets ?? []).map(({ ref }) => ref)];
  const texts = [
    core.outcome.reason, core.description, core.source_action, ...(targets ?? []).flatMap(({ id, name }) => [id, name]),
  ].map((text) => toWords(text ?? "")); // biome-ignore format: one list
  const marked = [...texts, ...leaves.map(([, text]) => text)].join(" ").split(" ");
  const refs = new Set(marked.filter((word) => word.startsWith("¤")));
  for (const ref of own) if (ref !== undefined) refs.delete(refWord(ref));
  return [...refs].sort();
}

describe("rows", () => {
  test("hold of an event what the query language says, column by column", async () => {
    const names = Object.keys(EVENT_COLUMNS);
    const columns = names.map((name) =>
      name === "ip" ? "lower(hex(ip))" : name === "mentions" ? "arraySort(mentions)" : `\`${name}\``,
    );
    const rows = await engine.index.query<unknown[]>({
      sql: `SELECT ${columns.join(", ")} FROM cairn.events WHERE tenant = 1 ORDER BY sequence`,
    });
    expect(rows).toHaveLength(world.inputs.length);
    for (const [i, input] of world.inputs.entries()) {
      const row = rows[i] ?? [];
      const expected = expectedRow(input);
      for (const [j, name] of names.entries()) expect([name, row[j]]).toEqual([name, expected[j]]);
    }
  });

  test("of many tenants, and none, are a block too", async () => {
    const encoder = new RowEncoder();
    const empty = encoder.encode([]);
    expect(empty).toMatchObject({ rowCount: 0, facts: [] });
    const inputs = world.inputs.slice(0, 20).map((input, i) => ({ ...input, tenantNo: 100 + i }));
    await engine.index.insert({ table: "events", block: encoder.encode(inputs).block });
    const [row] = await engine.index.query<[number]>({
      sql: "SELECT uniqExact(tenant) FROM cairn.events WHERE tenant >= 100",
    });
    expect(row).toEqual([20]);
  });

  test("come with what is known of people, each fact once", () => {
    const [input] = world.inputs;
    const facts = new RowEncoder().encode([...world.inputs, ...world.inputs]).facts;
    const keys = facts.map(({ tenantNo, ref, kind, value }) => JSON.stringify([tenantNo, ref, kind, value]));
    expect(new Set(keys).size).toBe(keys.length);
    expect(facts.every(({ tenantNo }) => tenantNo === input?.tenantNo)).toBe(true);
    expect(new Set(facts.map(({ kind }) => kind))).toEqual(new Set(["id", "name", "email"]));
  });
});

test("a kept keyword shows its original", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: "binary" }), (text) => {
      const stored = keptKeyword(text);
      expect(stored.split("\0")).toHaveLength(2);
      expect(stored.startsWith(`${fold(text)}\0`)).toBe(true);
      expect(shownKeyword(stored)).toBe(text.toWellFormed().replaceAll("\0", "\ufffd"));
    }),
  );
});
