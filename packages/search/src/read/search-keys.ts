import type { Params } from "../compile/params.ts";
import { allOf } from "../compile/sql.ts";
import type { IndexDatabase } from "../database/index-database.ts";
import { eventsTable } from "../database/tables.ts";
import { IndexError } from "../errors.ts";
import { SEARCH_LIMITS } from "../limits.ts";
import { countUpTo } from "./count.ts";
import { hashOfSearch, type SearchCursor } from "./cursor.ts";
import { type Position, type PreparedScope, prepareScope, type SearchScope } from "./scope.ts";
import { type SortKey, type SortOrder, sortKey } from "./sort.ts";

/** An event found: its name, and the value it was sorted by. */
export interface FoundKey extends Position {
  readonly value: number | string;
}

/** A page of events found. */
export interface KeyPage {
  readonly keys: readonly FoundKey[];
  /** Where the next page starts; undefined when this was the last. */
  readonly next: SearchCursor | undefined;
}

export interface SearchKeysOptions extends SearchScope {
  /** The moment that relative times of the query count from: the cursor carries it on. */
  readonly nowMs: number;
  /** Any field of the query language; `occurred_at` when absent. */
  readonly sort?: string | undefined;
  /** `desc` when absent: newest first. */
  readonly order?: SortOrder | undefined;
  /** At most {@link SEARCH_LIMITS}.pageKeys. */
  readonly limit: number;
  /** The end of the page before. */
  readonly after?: SearchCursor | undefined;
}

/**
 * Finds events, a page at a time, names only: whoever shows them reads them from the ledger. Ties go by (ledger, sequence),
 * in the same order; events without the sorted value come last.
 * @throws IndexError sort_too_large, cursor_invalid, too_expensive, unavailable; CairnError parameter_invalid
 */
export async function searchKeys(index: IndexDatabase, options: SearchKeysOptions): Promise<KeyPage> {
  const { sort = "occurred_at", after } = options;
  const order: SortOrder = options.order === "asc" ? "asc" : "desc";
  const limit = Math.max(1, Math.min(Math.trunc(options.limit), SEARCH_LIMITS.pageKeys));
  const queryHash = hashOfSearch({ ...options, sort, order });
  if (after !== undefined && after.queryHash !== queryHash) {
    throw new IndexError("cursor_invalid", "the cursor belongs to another search");
  }
  const scope = after === undefined ? options : { ...options, asOf: after.asOf };
  const prepared = await prepareScope(index, scope);
  const key = sortKey(sort, { index, tenantNo: options.tenantNo, params: prepared.params });
  if (!key.isUnlimited && after === undefined) await refuseLargeSort(index, prepared, sort);
  const keys = await readKeys(index, { prepared, key, order, limit, after: after?.last });
  const last = keys.at(-1);
  const next =
    last === undefined || keys.length < limit ? undefined : { asOf: scope.asOf, nowMs: options.nowMs, last, queryHash };
  return { keys, next };
}

async function refuseLargeSort(index: IndexDatabase, prepared: PreparedScope, sort: string): Promise<void> {
  const count = await countUpTo(index, prepared, SEARCH_LIMITS.sortableMatches + 1);
  if (count <= SEARCH_LIMITS.sortableMatches) return;
  throw new IndexError(
    "sort_too_large",
    `more than ${SEARCH_LIMITS.sortableMatches.toLocaleString("en")} events match; narrow the search to sort by ${sort}`,
  );
}

interface ReadOptions {
  readonly prepared: PreparedScope;
  readonly key: SortKey;
  readonly order: SortOrder;
  readonly limit: number;
  readonly after: FoundKey | undefined;
}

/** Runs one page. */
export async function readKeys(index: IndexDatabase, options: ReadOptions): Promise<FoundKey[]> {
  const { prepared, key, order, limit, after } = options;
  const { params } = prepared;
  const isByTime = key.sql === "toUnixTimestamp64Milli(occurred_at)";
  const where = allOf([prepared.where, after === undefined ? undefined : beyond(after, key, { order, params })]);
  // By time the table's own order serves; naming the column itself lets the engine see that.
  const orderBy = isByTime
    ? `occurred_at ${order}, ledger ${order}, sequence ${order}`
    : `(value = ${literal(key.missing)}) ASC, value ${order}, ledger ${order}, sequence ${order}`;
  const rows = await index.query<[number, number, number | string]>({
    sql: `SELECT ledger, sequence, ${key.sql} AS value FROM ${eventsTable(index)}${key.join} WHERE ${where} ORDER BY ${orderBy} LIMIT ${limit}`,
    params: params.values,
  });
  return rows.map(([ledger, sequence, value]) => ({ ledger, sequence, value }));
}

/** The events after the last one of a page, in the page's order. */
function beyond(last: FoundKey, key: SortKey, { order, params }: { order: SortOrder; params: Params }): string {
  const sign = order === "desc" ? "<" : ">";
  const tie = `(ledger, sequence) ${sign} (${params.integer(last.ledger)}, ${params.integer(last.sequence)})`;
  const value = typeof last.value === "number" ? params.integer(last.value) : params.string(last.value);
  const missing = literal(key.missing);
  if (last.value === key.missing) return `(${key.sql} = ${missing} AND ${tie})`;
  if (key.sql === "toUnixTimestamp64Milli(occurred_at)") {
    const time = `fromUnixTimestamp64Milli(${value}, 'UTC')`;
    return `(occurred_at ${sign}= ${time} AND (occurred_at ${sign} ${time} OR ${tie}))`;
  }
  return `(${key.sql} = ${missing} OR ${key.sql} ${sign} ${value} OR (${key.sql} = ${value} AND ${tie}))`;
}

function literal(missing: SortKey["missing"]): string {
  return missing === "" ? "''" : String(missing);
}
