import { parseQuery } from "@cairn/event";
import { arbitraryEventInput } from "@cairn/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestIndex, type TestIndex } from "../testing/test-index.ts";
import { makeWorld, type World } from "../testing/world.ts";
import { type FoundKey, readKeys } from "./read-keys.ts";
import { readNewest } from "./read-newest.ts";
import { prepareScope } from "./scope.ts";
import { sortKey } from "./sort.ts";

const TENANT = 1;
const EVENTS = 2_000;
let engine: TestIndex;
let world: World;

beforeAll(async () => {
  engine = await startTestIndex();
  world = await makeWorld(engine.index, {
    tenantNo: TENANT,
    inputs: fc.sample(arbitraryEventInput, { numRuns: EVENTS, seed: 11 }),
  });
}, 60_000);
afterAll(async () => {
  await engine.close();
});

/** Queries that match nearly everything, some, hardly anything and nothing. */
const QUERIES = ["", "verb:read", "actor.type:user", "category:access", "verb:login outcome:denied", "action:no.such"];

test("windows give the page that one statement gives, wherever it begins", async () => {
  const times = world.views.map(({ event }) => Date.parse(event.core.occurred_at));
  const asOf = world.views.at(-1)!.event;
  let filled = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        q: fc.constantFrom(...QUERIES),
        limit: fc.constantFrom(1, 7, 50, 400),
        windowRows: fc.constantFrom(20, 60, 200),
        fromMs: fc.option(fc.constantFrom(...times), { nil: undefined }),
        toMs: fc.option(fc.constantFrom(...times), { nil: undefined }),
        page: fc.nat(2),
      }),
      async ({ q, limit, windowRows, fromMs, toMs, page }) => {
        const query = parseQuery(q, { nowMs: Date.now() });
        const scope = { tenantNo: TENANT, query, asOf, fromMs, toMs };
        let after: FoundKey | undefined;
        for (let i = 0; i <= page; i++) {
          // A statement's parameters are counted through: each reading wants its own.
          const reading = async () => {
            const prepared = await prepareScope(engine.index, scope);
            const key = sortKey("occurred_at", { index: engine.index, tenantNo: TENANT, params: prepared.params });
            return { prepared, key, order: "desc", limit, after } as const;
          };
          const whole = await readKeys(engine.index, await reading());
          expect(await readNewest(engine.index, await reading(), { ...scope, windowRows })).toEqual(whole);
          if (whole.length === limit) filled++;
          after = whole.at(-1);
          if (after === undefined) break;
        }
      },
    ),
    { numRuns: 60 },
  );
  expect(filled).toBeGreaterThan(10);
});
