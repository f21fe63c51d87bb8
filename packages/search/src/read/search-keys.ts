import type { IndexDatabase } from "../database/index-database.ts";
import { IndexError } from "../errors.ts";
import { SEARCH_LIMITS } from "../limits.ts";
import { countUpTo } from "./count.ts";
import { hashOfSearch, type SearchCursor } from "./cursor.ts";
import { type FoundKey, isByTime, readKeys } from "./read-keys.ts";
import { readNewest } from "./read-newest.ts";
import { type PreparedScope, prepareScope, type SearchScope } from "./scope.ts";
import { type SortOrder, sortKey } from "./sort.ts";

export type { FoundKey } from "./read-keys.ts";

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
  const reading = { prepared, key, order, limit, after: after?.last };
  const keys =
    isByTime(key) && order === "desc" ? await readNewest(index, reading, scope) : await readKeys(index, reading);
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
