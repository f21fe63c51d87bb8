import type { IndexDatabase } from "../database/index-database.ts";
import { eventsTable } from "../database/tables.ts";
import { IndexError } from "../errors.ts";
import { SEARCH_LIMITS } from "../limits.ts";
import { type PreparedScope, prepareScope, type SearchScope } from "./scope.ts";

/** How many events match. */
export type MatchCount =
  | { readonly kind: "exact"; readonly count: number }
  /** Counting stopped at `atMost`. */
  | { readonly kind: "atLeast"; readonly count: number }
  /** Counting took too long; the engine's indexes leave no more rows than these. */
  | { readonly kind: "atMost"; readonly count: number };

export interface CountOptions extends SearchScope {
  /** Stop counting here; a million when absent. */
  readonly atMost?: number;
  /** Give up counting after this time and give an upper bound; 2 s when absent. */
  readonly timeoutMs?: number;
}

/** Counts the events that match, or says how many there are at least or at most. */
export async function countMatches(index: IndexDatabase, options: CountOptions): Promise<MatchCount> {
  const { atMost = SEARCH_LIMITS.countedMatches, timeoutMs = 2_000 } = options;
  const prepared = await prepareScope(index, options);
  try {
    const count = await countUpTo(index, prepared, atMost + 1, { timeoutMs });
    return count > atMost ? { kind: "atLeast", count: atMost } : { kind: "exact", count };
  } catch (error) {
    if (!(error instanceof IndexError) || error.fault !== "too_expensive") throw error;
    return { kind: "atMost", count: await upperBound(index, prepared) };
  }
}

/** Counts matches up to a bound. */
export async function countUpTo(
  index: IndexDatabase,
  { where, params }: PreparedScope,
  bound: number,
  options: { timeoutMs?: number } = {},
): Promise<number> {
  const [row] = await index.query<[number]>({
    sql: `SELECT count() FROM (SELECT 1 FROM ${eventsTable(index)} WHERE ${where} LIMIT ${bound})`,
    params: params.values,
    ...(options.timeoutMs === undefined ? {} : { settings: { max_execution_time: options.timeoutMs / 1_000 } }),
  });
  return row?.[0] ?? 0;
}

/** Rows that the indexes cannot rule out: read from the index alone, in milliseconds. */
async function upperBound(index: IndexDatabase, { where, params }: PreparedScope): Promise<number> {
  const rows = await index.query<[string, string, number, number, number]>({
    sql: `EXPLAIN ESTIMATE SELECT 1 FROM ${eventsTable(index)} WHERE ${where}`,
    params: params.values,
  });
  return rows.reduce((sum, [, , , count]) => sum + count, 0);
}
