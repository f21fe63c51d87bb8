import { parseQuery, subjectPatternKey, subjectPatternsOf } from "@cairn/event";
import { ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resolvePeople, resolveSubjects } from "../subjects/resolve.ts";
import { upsertSubjects } from "../subjects/store.ts";
import { startTestIndex, type TestIndex } from "../testing/test-index.ts";
import { openIndexDatabase } from "./clickhouse-database.ts";

let engine: TestIndex;
beforeAll(async () => {
  engine = await startTestIndex();
}, 60_000);
afterAll(async () => {
  await engine.close();
});

describe("errors of the engine", () => {
  test.each([
    ["SELECT sleepEachRow(1) FROM numbers(3)", { max_execution_time: 1 }, "too_expensive"],
    ["SELECT groupArray(repeat('x', 1000)) FROM numbers(1000000)", { max_memory_usage: 20_000_000 }, "too_expensive"],
    ["SELECT nonsense", {}, "internal"],
  ])("%s", async (sql, settings, fault) => {
    await expect(engine.index.query({ sql, settings })).rejects.toMatchObject({ name: "IndexError", fault });
  });

  test("that cannot be reached are told apart", async () => {
    const client = createClient({ url: "http://127.0.0.1:9", log: { level: ClickHouseLogLevel.OFF } });
    const index = openIndexDatabase(client, { database: "cairn" });
    await expect(index.query({ sql: "SELECT 1" })).rejects.toMatchObject({ fault: "unavailable" });
    await client.close();
  });
});

describe("parameters", () => {
  test("reach the engine as they are", async () => {
    const texts = [
      "",
      "'",
      "\\",
      "\\'",
      "\t\n\r",
      "%_\\%",
      "ü患😀",
      "{p0:String}",
      "'; DROP TABLE x --",
      "a\u0001b",
      "`",
      '"',
      "¤sub¤x",
    ];
    const [row] = await engine.index.query<[string[], string, string]>({
      sql: "SELECT {texts:Array(String)}, {one:String}, {two:String}",
      params: { texts, one: texts.join(""), two: "\\N" },
    });
    expect(row).toEqual([texts, texts.join(""), "\\N"]);
  });
});

describe("people", () => {
  test("are resolved by pattern, for either evaluator, and beyond a bound by a subquery", async () => {
    const facts = Array.from({ length: 30 }, (_, i) => ({
      tenantNo: 4,
      ref: `sub_${i}`,
      kind: "name" as const,
      value: i < 20 ? "Ann Lee" : "Bo",
      firstMs: i,
      seenMs: i,
    }));
    await upsertSubjects(engine.index, facts);
    const query = parseQuery("actor.name:ann bo nobody", { nowMs: 0 });
    const [ann, bo, nobody] = subjectPatternsOf(query).map(subjectPatternKey);
    const sets = await resolveSubjects(engine.index, { tenantNo: 4, query });
    expect([ann, bo, nobody].map((key) => sets.get(key ?? "")?.size)).toEqual([20, 10, 0]);
    expect(sets.get(bo ?? "")?.has("sub_20")).toBe(true);
    const people = await resolvePeople(engine.index, { tenantNo: 4, query, listed: 10 });
    expect([ann, bo, nobody].map((key) => people.get(key ?? "")?.kind)).toEqual(["many", "listed", "listed"]);
    expect((await resolveSubjects(engine.index, { tenantNo: 5, query })).get(ann ?? "")?.size).toBe(0);
  });
});
