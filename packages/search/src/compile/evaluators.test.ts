import { compileMatcher, parseQuery, QueryError } from "@cairn/event";
import { arbitraryEventInput } from "@cairn/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventsTable } from "../database/tables.ts";
import { resolvePeople } from "../subjects/resolve.ts";
import { arbitraryQuery } from "../testing/random-queries.ts";
import { startTestIndex, type TestIndex } from "../testing/test-index.ts";
import { makeWorld, type World } from "../testing/world.ts";
import { Params } from "./params.ts";
import { compileWhere } from "./where.ts";

const nowMs = Date.UTC(2026, 5, 1);
/** Reproduces a failure: `SEED=… npx vitest run …`. */
const seed = process.env.SEED === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(process.env.SEED);
/** Queries asked in each world, by a short run and by a long campaign. */
const runs = process.env.CAIRN_CAMPAIGN === "long" ? 1_000 : 100;

let engine: TestIndex;
beforeAll(async () => {
  engine = await startTestIndex();
}, 60_000);
afterAll(async () => {
  await engine.close();
});

/** In the last world every pattern means "too many" people to list: the other way of asking for them. */
const LISTED: Readonly<Record<number, { listed: number }>> = { 3: { listed: 0 } };
/** In all worlds but the first some people have several references: every third of them, by threes. */
const sameOf = (refs: readonly string[]) =>
  Array.from({ length: Math.floor(refs.length / 9) }, (_, i) => [0, 3, 6].map((step) => refs[i * 9 + step] ?? ""));

async function bySql(world: World, text: string): Promise<number[]> {
  const { tenantNo } = world;
  const query = parseQuery(text, { nowMs });
  const params = new Params();
  const people = await resolvePeople(engine.index, { tenantNo, query, ...LISTED[tenantNo] });
  const where = compileWhere(query, { params, people });
  const tenant = params.integer(tenantNo);
  const rows = await engine.index.query<[number]>({
    sql: `SELECT sequence FROM ${eventsTable(engine.index)} WHERE tenant = ${tenant} AND ${where} ORDER BY sequence`,
    params: params.values,
  });
  return rows.map(([sequence]) => sequence);
}

function byEvent(world: World, text: string): number[] {
  const matches = compileMatcher(parseQuery(text, { nowMs }), { resolveSubjects: world.directory });
  return world.views.filter(matches).map((view) => view.event.sequence);
}

describe(`the two evaluators (seed ${seed})`, () => {
  test.each([1, 2, 3])("agree on random events and queries, world %i", async (tenantNo) => {
    const inputs = fc.sample(arbitraryEventInput, { numRuns: 300, seed: seed + tenantNo });
    const world = await makeWorld(engine.index, { tenantNo, inputs, ...(tenantNo === 1 ? {} : { same: sameOf }) });
    let asked = 0;
    let telling = 0;
    await fc.assert(
      fc.asyncProperty(arbitraryQuery(world.observed), async (text) => {
        let expected: number[];
        try {
          expected = byEvent(world, text);
        } catch (error) {
          if (error instanceof QueryError) return;
          throw error;
        }
        asked++;
        if (expected.length > 0 && expected.length < world.views.length) telling++;
        expect(await bySql(world, text)).toEqual(expected);
      }),
      { numRuns: runs, seed, interruptAfterTimeLimit: 9_000 * Math.ceil(runs / 250) },
    );
    // Queries that find nothing, or everything, would prove little.
    expect(asked).toBeGreaterThan(20);
    expect(telling).toBeGreaterThan(asked / 8);
  });
});
