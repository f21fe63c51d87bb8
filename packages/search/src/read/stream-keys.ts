import type { IndexDatabase } from "../database/index-database.ts";
import { SEARCH_LIMITS } from "../limits.ts";
import { type FoundKey, readKeys } from "./read-keys.ts";
import { prepareScope, type SearchScope } from "./scope.ts";
import { type SortOrder, sortKey } from "./sort.ts";

export interface StreamKeysOptions extends SearchScope {
  /** By time of occurrence; `asc` when absent. */
  readonly order?: SortOrder;
  /** Keys in one chunk. */
  readonly chunkKeys?: number;
  /** Go on after this key of an earlier stream over the same scope. */
  readonly after?: FoundKey | undefined;
}

/**
 * Gives every match by time of occurrence, in chunks, however many there are: each chunk is a query of its own that starts
 * where the last one ended, so memory stays flat and a broken stream can go on.
 */
export async function* streamKeys(
  index: IndexDatabase,
  options: StreamKeysOptions,
): AsyncGenerator<readonly FoundKey[], void, undefined> {
  const { chunkKeys = SEARCH_LIMITS.streamKeys } = options;
  const order: SortOrder = options.order === "desc" ? "desc" : "asc";
  let after = options.after;
  for (;;) {
    const prepared = await prepareScope(index, options);
    const key = sortKey("occurred_at", { index, tenantNo: options.tenantNo, params: prepared.params });
    const keys = await readKeys(index, { prepared, key, order, limit: chunkKeys, after });
    if (keys.length > 0) yield keys;
    after = keys.at(-1);
    if (keys.length < chunkKeys) return;
  }
}
