import { compileMatcher, fold, parseQuery, placeOf } from "@cairn/event";
import { arbitraryEventInput } from "@cairn/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RowEncoder } from "../encode/rows.ts";
import { TABLES } from "../schema/tables.ts";
import { startTestIndex, type TestIndex } from "../testing/test-index.ts";
import { makeWorld, type World } from "../testing/world.ts";
import { countMatches } from "./count.ts";
import { decodeCursor, encodeCursor, type SearchCursor } from "./cursor.ts";
import { facets } from "./facets.ts";
import { histogram } from "./histogram.ts";
import type { Position, SearchScope } from "./scope.ts";
import { type FoundKey, searchKeys } from "./search-keys.ts";
import type { SortOrder } from "./sort.ts";
import { streamKeys } from "./stream-keys.ts";

const nowMs = Date.UTC(2026, 5, 1);
const EVENTS = 400;
let engine: TestIndex;
let world: World;
let other: World;

beforeAll(async () => {
  engine = await startTestIndex();
  world = await makeWorld(engine.index, {
    tenantNo: 1,
    inputs: fc.sample(arbitraryEventInput, { numRuns: EVENTS, seed: 7 }),
  });
  other = await makeWorld(engine.index, {
    tenantNo: 2,
    inputs: fc.sample(arbitraryEventInput, { numRuns: 50, seed: 8 }),
  });
}, 60_000);
afterAll(async () => {
  await engine.close();
});

const everything: Position = { ledger: 9, sequence: 0 };

function scopeOf(text: string, changes: Partial<SearchScope> = {}): SearchScope {
  return { tenantNo: 1, query: parseQuery(text, { nowMs }), asOf: everything, ...changes };
}

/** The matching events, found without the index. */
function expected(scope: SearchScope): Position[] {
  const matches = compileMatcher(scope.query, { resolveSubjects: world.directory });
  return world.views
    .filter(
      (view) => matches(view) && view.occurredMs >= (scope.fromMs ?? 0) && view.occurredMs < (scope.toMs ?? Infinity),
    )
    .map(({ event }) => ({ ledger: event.ledger, sequence: event.sequence }))
    .filter(({ ledger, sequence }) => isUpTo({ ledger, sequence }, scope.asOf));
}

const isUpTo = (a: Position, b: Position) => a.ledger < b.ledger || (a.ledger === b.ledger && a.sequence <= b.sequence);
const names = (keys: readonly Position[]) => keys.map(({ ledger, sequence }) => `${ledger}/${sequence}`);

async function allPages(scope: SearchScope, sort: string, order: SortOrder): Promise<FoundKey[]> {
  const keys: FoundKey[] = [];
  let after: SearchCursor | undefined;
  do {
    const page = await searchKeys(engine.index, { ...scope, nowMs, sort, order, limit: 61, after });
    keys.push(...page.keys);
    after = page.next === undefined ? undefined : decodeCursor(encodeCursor(page.next));
  } while (after !== undefined);
  return keys;
}

describe("searchKeys", () => {
  test("gives the newest first, by time of occurrence, and nothing of another tenant", async () => {
    const keys = await allPages(scopeOf(""), "occurred_at", "desc");
    expect(keys).toHaveLength(EVENTS);
    const sorted = world.views.toSorted(
      (a, b) => b.occurredMs - a.occurredMs || b.event.ledger - a.event.ledger || b.event.sequence - a.event.sequence,
    );
    expect(names(keys)).toEqual(names(sorted.map(({ event }) => event)));
    const theirs = await allPages(scopeOf("", { tenantNo: 2 }), "occurred_at", "desc");
    expect(theirs).toHaveLength(other.views.length);
  });

  const sorts = [
    "occurred_at", "received_at", "action", "actor", "category", "outcome", "target", "ip", "verb", "actor.role",
    "outcome.reason", "description", "session", "client.version", "details.a", "labels.env", "changes.field", "sequence",
    "time_uncertain_ms", "actor.groups", "target.type", "id",
  ]; // biome-ignore format: one list

  test.each(sorts)("pages through every event by %s, either way, each once", async (sort) => {
    for (const order of ["asc", "desc"] as const) {
      const keys = await allPages(scopeOf(""), sort, order);
      expect(new Set(names(keys)).size).toBe(EVENTS);
      const values = keys.map((key) => key.value);
      const present = values.filter((value) => value !== "" && value !== -1);
      expect(values.slice(present.length).every((value) => value === "" || value === -1)).toBe(true);
      for (let i = 1; i < keys.length; i++) {
        const [a, b] = [keys[i - 1], keys[i]] as [FoundKey, FoundKey];
        const byValue = compareValues(a.value, b.value);
        const inOrder = i >= present.length ? 0 : order === "asc" ? byValue : -byValue;
        expect(inOrder).toBeLessThanOrEqual(0);
        if (byValue === 0) expect(isUpTo(a, b)).toBe(order === "asc");
      }
    }
  });

  test("sorts people by name", async () => {
    const keys = await allPages(scopeOf("actor.name:*"), "actor", "asc");
    const jane = keys.filter((key) => String(key.value).startsWith("jane doe"));
    expect(jane.length).toBeGreaterThan(0);
  });

  test("hides what lies beyond the snapshot, and between the bounds of time shows the rest", async () => {
    for (const changes of [
      { asOf: { ledger: 1, sequence: 100 } },
      { asOf: { ledger: 2, sequence: 10 } },
      { asOf: { ledger: 1, sequence: -1 } },
      { fromMs: Date.UTC(2000, 0, 1), toMs: Date.UTC(2100, 0, 1) },
    ]) {
      const scope = scopeOf("-action:x", changes);
      const keys = await allPages(scope, "occurred_at", "desc");
      expect(names(keys).sort()).toEqual(names(expected(scope)).sort());
    }
  });

  test("refuses a cursor of another search, and what is none", async () => {
    const page = await searchKeys(engine.index, { ...scopeOf(""), nowMs, limit: 10 });
    const after = page.next;
    expect(after).toBeDefined();
    for (const changes of [
      { sort: "action" },
      { order: "asc" as const },
      { tenantNo: 2 },
      { query: parseQuery("x", { nowMs }) },
    ]) {
      const search = searchKeys(engine.index, { ...scopeOf(""), nowMs, limit: 10, after, ...changes });
      await expect(search).rejects.toMatchObject({ fault: "cursor_invalid" });
    }
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString("base64url")),
        ),
        (text) => {
          expect(() => decodeCursor(text)).toThrow("cursor");
        },
      ),
    );
  });

  test("refuses to sort by what is no field", async () => {
    for (const sort of ["nonsense", "subject", "actor.x"]) {
      await expect(searchKeys(engine.index, { ...scopeOf(""), nowMs, sort, limit: 5 })).rejects.toMatchObject({
        code: "parameter_invalid",
      });
    }
  });
});

/** Conditions that the language admits, and so many that each kind of them is quickly tried. */
const MOST = 500;
const MANY = 120;

describe("the largest queries that the language admits", () => {
  const many = (term: (i: number) => string, glue: string, length = MANY) =>
    Array.from({ length }, (_, i) => term(i)).join(glue);
  test.each([
    ["words", many((i) => `w${i}`, " ")],
    ["alternative words", many((i) => `w${i}`, " OR ", MOST)],
    ["phrases", many((i) => `"a${i} b${i}"`, " OR ")],
    ["identifiers", `id:(${many((i) => `0190c2f1-aaaa-7bbb-8ccc-${i}`, " OR ")})`],
    ["people", many((i) => `actor:p${i}@x.yz`, " OR ", MOST)],
    ["targets", many((i) => `target:t${i}`, " OR ")],
    ["details", many((i) => `details.k${i}:v${i}`, " OR ")],
    ["numbers", many((i) => `details.k${i}:>${i}`, " OR ")],
    ["wildcards", Array.from({ length: 50 }, (_, i) => `abcd${i}*`).join(" OR ")],
    ["nesting", `${"(-".repeat(16)}x${")".repeat(16)}`],
  ])("%s", async (_name, text) => {
    const scope = scopeOf(text);
    expect(await countMatches(engine.index, { ...scope, timeoutMs: 20_000 })).toEqual({
      kind: "exact",
      count: expected(scope).length,
    });
  });
});

describe("countMatches", () => {
  test("counts, stops at a bound, and hides what lies beyond the snapshot", async () => {
    for (const text of ["", "action:x OR outcome:failure", "jane", "-jane", "nothingofthekind"]) {
      const scope = scopeOf(text, { asOf: { ledger: 2, sequence: 333 } });
      expect(await countMatches(engine.index, scope)).toEqual({ kind: "exact", count: expected(scope).length });
    }
    expect(await countMatches(engine.index, { ...scopeOf(""), atMost: 20 })).toEqual({ kind: "atLeast", count: 20 });
  });

  test("gives an upper bound when there is no time", async () => {
    const count = await countMatches(engine.index, { ...scopeOf("description:*zzz*"), timeoutMs: 0.001 });
    expect(["exact", "atMost"]).toContain(count.kind);
    if (count.kind === "atMost")
      expect(count.count).toBeGreaterThanOrEqual(expected(scopeOf("description:*zzz*")).length);
  });
});

describe("facets", () => {
  test("count keywords by folded value and show the original", async () => {
    const found = await facets(engine.index, {
      ...scopeOf(""),
      fields: ["action", "category", "outcome", "actor.groups"],
      limit: 100,
    });
    const counts = new Map<string, number>();
    for (const { event } of world.views) counts.set(event.core.category, (counts.get(event.core.category) ?? 0) + 1);
    expect(new Map(found.get("category")?.map(({ value, count }) => [value, count]))).toEqual(counts);
    expect(found.get("action")?.reduce((sum, { count }) => sum + count, 0)).toBe(EVENTS);
    const groups = found.get("actor.groups") ?? [];
    expect(groups.length).toBeGreaterThan(3);
    for (const { value, count } of groups.slice(0, 5)) {
      const having = world.observed.filter(({ core }) =>
        core.actor.groups?.some((group) => fold(group) === fold(value)),
      );
      expect(count).toBe(having.length);
    }
  });

  test("count people by reference, targets with an example, addresses as written", async () => {
    const found = await facets(engine.index, {
      ...scopeOf("verb:*"),
      fields: ["actor", "target", "ip", "changes.field", "details"],
      limit: 100,
    });
    const actor = found.get("actor")?.find(({ ref }) => ref !== undefined);
    expect(world.observed.filter(({ core }) => core.actor.ref === actor?.ref)).toHaveLength(actor?.count ?? -1);
    for (const { type, value, example, count } of found.get("target")?.filter((each) => each.example !== undefined) ??
      []) {
      const shown = world.observed.find(
        (event) => event.sequence === example?.sequence && event.ledger === example.ledger,
      );
      expect(shown?.core.targets?.some((target) => target.type === type && fold(target.id ?? "").length >= 0)).toBe(
        true,
      );
      expect(count).toBeGreaterThan(0);
      expect(value).not.toContain("\0");
    }
    for (const { value, count } of found.get("ip") ?? []) {
      expect(world.observed.filter((event) => placeOf(event, "ip") === value)).toHaveLength(count);
    }
    expect(found.get("changes.field")?.length).toBeGreaterThan(0);
    expect(found.get("details")?.length).toBeGreaterThan(0);
    await expect(facets(engine.index, { ...scopeOf(""), fields: ["nonsense"], limit: 5 })).rejects.toMatchObject({
      code: "parameter_invalid",
    });
  });
});

describe("counts of a snapshot", () => {
  const snapshots: readonly Position[] = [
    { ledger: 1, sequence: -1 },
    { ledger: 1, sequence: 100 },
    { ledger: 2, sequence: 101 },
    { ledger: 2, sequence: EVENTS },
  ];

  test.each(snapshots)("leave out what lies beyond %o", async (asOf) => {
    for (const text of ["", "-jane", "outcome:success"]) {
      const scope = scopeOf(text, { asOf });
      const seen = new Set(names(expected(scope)));
      const views = world.views.filter(({ event }) => seen.has(`${event.ledger}/${event.sequence}`));
      const bars = await histogram(engine.index, { ...scope, unit: "month" });
      expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(views.length);
      expect(bars.every(({ count }) => count > 0)).toBe(true);
      const found = await facets(engine.index, { ...scope, fields: ["outcome", "target.type", "verb"], limit: 100 });
      const byValue = (values: readonly string[][]) => {
        const counts = new Map<string, number>();
        for (const value of values.flatMap((each) => [...new Set(each)]))
          counts.set(value, (counts.get(value) ?? 0) + 1);
        return counts;
      };
      const of = (field: string) => new Map(found.get(field)?.map(({ value, count }) => [value, count]));
      expect(of("outcome")).toEqual(byValue(views.map(({ event }) => [event.core.outcome.result])));
      expect(of("verb")).toEqual(byValue(views.map(({ event }) => [event.core.verb])));
      const types = views.map(({ event }) => (event.core.targets ?? []).map(({ type }) => fold(type)));
      expect(of("target.type")).toEqual(byValue(types));
    }
  });

  test("stay the same while rows come in", async () => {
    const tenantNo = 3;
    const world = await makeWorld(engine.index, {
      tenantNo,
      inputs: fc.sample(arbitraryEventInput, { numRuns: 40, seed: 9 }),
    });
    const scope = { ...scopeOf("", { tenantNo }), asOf: { ledger: 2, sequence: 1_000 } };
    const control = { isDone: false };
    const inserting = (async () => {
      for (let i = 1; i <= 40; i++) {
        const inputs = world.inputs.map((input) => ({ ...input, ledger: 2, sequence: input.sequence + 1_000 * i + 1 }));
        await engine.index.insert({ table: TABLES.events, block: new RowEncoder().encode(inputs).block });
      }
      control.isDone = true;
    })();
    let asked = 0;
    while (!control.isDone) {
      const [bars, found] = await Promise.all([
        histogram(engine.index, { ...scope, unit: "year" }),
        facets(engine.index, { ...scope, fields: ["outcome"], limit: 10 }),
      ]);
      const sum = (counts: readonly { readonly count: number }[]) => counts.reduce((all, { count }) => all + count, 0);
      expect(sum(bars)).toBe(world.inputs.length);
      expect(sum(found.get("outcome") ?? [])).toBe(world.inputs.length);
      asked++;
    }
    await inserting;
    expect(asked).toBeGreaterThan(3);
  });
});

describe("histogram", () => {
  test("counts by day in a time zone", async () => {
    const timeZone = "America/New_York";
    const scope = scopeOf("", { fromMs: Date.UTC(1970, 0, 1), toMs: Date.UTC(1990, 0, 1) });
    const bars = await histogram(engine.index, { ...scope, unit: "day", timeZone });
    const day = new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" });
    const counts = new Map<string, number>();
    for (const { ledger, sequence } of expected(scope)) {
      const view = world.views.find(({ event }) => event.ledger === ledger && event.sequence === sequence);
      const key = day.format(view?.occurredMs);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(new Map(bars.map(({ startMs, count }) => [day.format(startMs), count]))).toEqual(counts);
    for (const { startMs } of bars) {
      expect(new Intl.DateTimeFormat("en", { timeZone, timeStyle: "medium", hourCycle: "h23" }).format(startMs)).toBe(
        "00:00:00",
      );
    }
  });

  test("covers every unit and every time the door admits", async () => {
    for (const unit of ["hour", "week", "month", "year"] as const) {
      const bars = await histogram(engine.index, { ...scopeOf(""), unit, timeZone: "asia/kolkata" });
      expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(EVENTS);
    }
  });

  test("refuses unknown zones, odd bars and too many", async () => {
    for (const changes of [
      { timeZone: "Mars/Olympus" },
      { timeZone: "+02:00" },
      { unit: "day, (SELECT 1)" as "day" },
      { unit: "day" as const, step: 2 },
      { step: 0 },
    ]) {
      await expect(histogram(engine.index, { ...scopeOf(""), unit: "hour", ...changes })).rejects.toMatchObject({
        code: "parameter_invalid",
      });
    }
  });
});

describe("streamKeys", () => {
  test("gives every match once, in chunks, and goes on where it stopped", async () => {
    const scope = scopeOf("-jane");
    const chunks: FoundKey[][] = [];
    for await (const chunk of streamKeys(engine.index, { ...scope, chunkKeys: 37 })) chunks.push([...chunk]);
    expect(chunks.every((chunk) => chunk.length <= 37)).toBe(true);
    const keys = chunks.flat();
    expect(names(keys).sort()).toEqual(names(expected(scope)).sort());
    expect(keys.every((key, i) => i === 0 || Number(keys[i - 1]?.value) <= Number(key.value))).toBe(true);
    const rest: FoundKey[] = [];
    for await (const chunk of streamKeys(engine.index, { ...scope, chunkKeys: 50, after: keys[39] }))
      rest.push(...chunk);
    expect(names(rest)).toEqual(names(keys.slice(40)));
  });
});

function compareValues(a: number | string, b: number | string): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}
