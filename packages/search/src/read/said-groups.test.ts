import { parseQuery } from "@cairn/event";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestIndex, type TestIndex } from "../testing/test-index.ts";
import { makeWorld, type World } from "../testing/world.ts";
import { countSaidGroups } from "./said-groups.ts";

const at = (day: number, id: string, more: object = {}) => ({
  ...{ action: "record.viewed", actor: { type: "user", id, ...more } },
  occurred_at: new Date(Date.UTC(2026, 2, day)).toISOString(),
});
let engine: TestIndex;
let world: World;

beforeAll(async () => {
  engine = await startTestIndex();
  const inputs = [at(1, "u-1"), at(2, "u-1"), at(3, "u-1"), at(3, "u-2"), at(3, "u-1", { groups: ["own"] })];
  world = await makeWorld(engine.index, { tenantNo: 1, inputs });
}, 60_000);
afterAll(() => engine.close());

test("counts each event by what was said of its actor last before it, unless it names groups itself", async () => {
  const [one = "", two = ""] = [0, 3].map((i) => world.observed[i]?.core.actor.ref);
  const count = async (q: string, ...said: readonly (readonly [ref: string, day: number, ...groups: string[]])[]) =>
    Object.fromEntries(
      await countSaidGroups(
        engine.index,
        { tenantNo: 1, query: parseQuery(q, { nowMs: 0 }), asOf: { ledger: 9, sequence: 0 } },
        said.map(([ref, day, ...groups]) => ({ ref, fromMs: Date.UTC(2026, 2, day), groups })),
      ),
    );
  expect(await count("*", [one, 2, "Ward 1", "nights"], [one, 3, "Ward 2"], [two, 1, "Ward 1"])).toEqual({
    "Ward 1": 2,
    nights: 1,
    "Ward 2": 1,
  });
  expect(await count("*", [one, 1, "Ward 1"], [one, 2])).toEqual({ "Ward 1": 1 });
  expect(await count("occurred_at:<2026-03-02", [one, 1, "Ward 1"])).toEqual({ "Ward 1": 1 });
  expect(await count("action:nothing", [one, 1, "Ward 1"])).toEqual({});
  expect(await count("*", ["sub_nobody", 1, "Ward 1"])).toEqual({});
});

test("however much was said", async () => {
  const ref = world.observed[0]?.core.actor.ref ?? "";
  const others = Array.from({ length: 3_000 }, (_, i) => ({
    ref: `sub_of_nobody_${i}`,
    fromMs: i,
    groups: ["Ward 1"],
  }));
  const scope = { tenantNo: 1, query: parseQuery("*", { nowMs: 0 }), asOf: { ledger: 9, sequence: 0 } };
  const said = [...others, { ref, fromMs: 0, groups: ["Ward 1", "x".repeat(200)] }, ...others];
  expect(await countSaidGroups(engine.index, scope, said)).toEqual(
    new Map([
      ["Ward 1", 3],
      ["x".repeat(200), 3],
    ]),
  );
});
