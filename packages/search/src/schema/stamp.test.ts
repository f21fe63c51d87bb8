import { afterAll, beforeAll, expect, test } from "vitest";
import { RowEncoder } from "../encode/rows.ts";
import { toIndexInputs } from "../testing/random-events.ts";
import { startTestIndex, type TestIndex } from "../testing/test-index.ts";
import { EVENT_COLUMNS } from "./columns.ts";
import { createIndex, currentStamp, dropIndex, finishSwap, isCurrent, readStamp, swapIndex } from "./stamp.ts";
import { INDEX_SCHEMA_VERSION, TABLES } from "./tables.ts";

let engine: TestIndex;
beforeAll(async () => {
  engine = await startTestIndex();
}, 60_000);
afterAll(async () => {
  await engine.close();
});

test("an index is stamped with schema and engine, and another version of either is not current", async () => {
  const stamp = await readStamp(engine.index);
  const current = await currentStamp(engine.index);
  expect(stamp).toEqual(current);
  expect(current.schemaVersion).toBe(INDEX_SCHEMA_VERSION);
  expect(isCurrent(current, current)).toBe(true);
  expect(isCurrent({ ...current, schemaVersion: 0 }, current)).toBe(false);
  expect(isCurrent({ ...current, engineVersion: "1.2" }, current)).toBe(false);
  expect(await readStamp(engine.open("nowhere"))).toBeUndefined();
});

test("making an index again changes nothing", async () => {
  const before = await readStamp(engine.index);
  expect(await createIndex(engine.index)).toEqual(before);
});

test("the encoder writes exactly the columns of the table", async () => {
  const [input] = toIndexInputs([{ action: "a.b" }], { tenantNo: 1 });
  const { block } = new RowEncoder().encode(input === undefined ? [] : [input]);
  await engine.index.insert({ table: TABLES.events, block });
  const rows = await engine.index.query<[string, string]>({
    sql: "SELECT name, type FROM system.columns WHERE database = 'cairn' AND table = 'events' AND default_kind = '' ORDER BY position",
  });
  expect(rows).toEqual(Object.entries(EVENT_COLUMNS).map(([name, { type }]) => [name, type]));
});

test("an index built beside takes the place of the one in use", async () => {
  const live = engine.open("live");
  const next = engine.open("live_next");
  const inputs = toIndexInputs([{ action: "a.b" }, { action: "c.d" }], { tenantNo: 1 });
  await createIndex(next);
  await next.insert({ table: TABLES.events, block: new RowEncoder().encode(inputs).block });
  await swapIndex(live, next);
  const count = async () => (await live.query<[number]>({ sql: "SELECT count() FROM live.events" }))[0]?.[0];
  expect(await count()).toBe(2);
  await createIndex(next);
  await next.insert({ table: TABLES.events, block: new RowEncoder().encode(inputs.slice(1)).block });
  await swapIndex(live, next);
  expect(await count()).toBe(1);
  expect(await readStamp(next)).toBeUndefined();
  await createIndex(next);
  await engine.index.command({ sql: "RENAME DATABASE live TO live_retired" }); // where a crash leaves it
  await finishSwap(live, next);
  expect(await count()).toBe(0);
  await finishSwap(live, next);
  expect(await engine.index.query({ sql: "SELECT name FROM system.databases WHERE name LIKE 'live%'" })).toEqual([
    ["live"],
  ]);
  await dropIndex(live);
  expect(await readStamp(live)).toBeUndefined();
});
