import { parseQuery } from "@cairn/event";
import { type IndexDatabase, IndexError } from "@cairn/search";
import { expect, test } from "vitest";
import { EXPORT_LIMITS } from "./limits.ts";
import { type KeyOptions, matchingKeys } from "./matching-keys.ts";

type Row = [ledger: number, sequence: number, value: number];

/** An index that answers each query with the next of these. */
function indexWith(answers: (Row[] | Error)[]) {
  const asked: { sql: string; params: Readonly<Record<string, unknown>>; settings: object }[] = [];
  const index: IndexDatabase = {
    database: "test",
    query: async <T extends readonly unknown[]>(statement: Parameters<IndexDatabase["query"]>[0]): Promise<T[]> => {
      asked.push({ sql: statement.sql, params: statement.params ?? {}, settings: statement.settings ?? {} });
      const answer = answers.shift() ?? [];
      if (answer instanceof Error) throw answer;
      return answer as unknown as T[];
    },
    command: () => Promise.reject(new Error("nothing is commanded")),
    insert: () => Promise.reject(new Error("nothing is inserted")),
  };
  return { index, asked };
}

const page = (from: number, count: number) =>
  Array.from({ length: count }, (_, i): Row => [1, from + i, 1_000_000 + from + i]);
const options = (): KeyOptions & { readonly abort: AbortController } => {
  const abort = new AbortController();
  const scope = { tenantNo: 1, query: parseQuery("", { nowMs: 0 }), asOf: { ledger: 1, sequence: 1e9 } };
  return { ...scope, nowMs: 0, sort: "occurred_at", order: "asc", signal: abort.signal, abort };
};
async function collect(index: IndexDatabase, from: KeyOptions): Promise<number[]> {
  const sequences: number[] = [];
  for await (const keys of matchingKeys(index, from)) for (const { sequence } of keys) sequences.push(sequence);
  return sequences;
}
const FULL = EXPORT_LIMITS.chunkEvents;

test("goes on behind the last key while pages are full, with time enough for each", async () => {
  const { index, asked } = indexWith([page(0, FULL), page(FULL, 3)]);
  expect(await collect(index, options())).toEqual(Array.from({ length: FULL + 3 }, (_, i) => i));
  expect(asked).toHaveLength(2);
  expect(Object.values(asked[1]!.params)).toContain(FULL - 1);
  expect(asked[0]!.settings).toEqual({ max_execution_time: EXPORT_LIMITS.pageSeconds });
});

test("an engine that is started again is waited for, and nothing is given twice", async () => {
  const gone = new IndexError("unavailable", "the search engine cannot be reached");
  const { index, asked } = indexWith([page(0, FULL), gone, page(FULL, 3)]);
  expect(await collect(index, options())).toEqual(Array.from({ length: FULL + 3 }, (_, i) => i));
  expect(asked[2]).toEqual(asked[1]);
});

test("any other fault ends it", async () => {
  const { index } = indexWith([new IndexError("too_expensive", "159")]);
  await expect(collect(index, options())).rejects.toMatchObject({ fault: "too_expensive" });
});

test("it ends when it is told to, also while it waits for the engine", async () => {
  const { index } = indexWith([new IndexError("unavailable", "gone"), page(0, 1)]);
  const asked = options();
  setTimeout(() => asked.abort.abort(), 50);
  await expect(collect(index, asked)).rejects.toMatchObject({ name: "AbortError" });
});
