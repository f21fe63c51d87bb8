import type { FieldName, QueryNode } from "@cairn/event";
import type { IndexDatabase } from "../database/index-database.ts";
import { SEARCH_LIMITS } from "../limits.ts";
import { type FoundKey, type ReadOptions, readKeys } from "./read-keys.ts";
import { recentSpan } from "./recent-span.ts";
import type { SearchScope } from "./scope.ts";

/** A log of fewer windows than this is quickly read as a whole. */
const WORTHWHILE_WINDOWS = 8;
/** A second window is made this much longer than it should have to be, because events do not come evenly. */
const MARGIN = 1.5;
/** Beyond so many times the first window, a second one costs as much as everything. */
const MAX_GROWTH = 16;

/** Fields of which a value is in few events, far apart: the indexes lead to all of them at once. */
const RARE_VALUES: ReadonlySet<FieldName> = new Set([
  ...(["id", "session", "request", "trace", "parent"] as const),
  ...(["target", "target.id", "target.ref"] as const),
]);

function asksForRareValue(query: QueryNode): boolean {
  if (query.kind === "and") return query.children.some(asksForRareValue);
  return query.kind === "term" && RARE_VALUES.has(query.field);
}

/**
 * Reads a page newest first. The engine asks its indexes about the whole log before it reads the first row, so the newest
 * rows are asked first; when they do not fill the page, as much more as its matches lie apart there; then the rest.
 */
export async function readNewest(
  index: IndexDatabase,
  options: ReadOptions,
  scope: Pick<SearchScope, "tenantNo" | "query" | "asOf" | "fromMs" | "toMs"> & { readonly windowRows?: number },
): Promise<FoundKey[]> {
  const { tenantNo, query, asOf, windowRows = SEARCH_LIMITS.windowRows } = scope;
  const isWorthwhile = asOf.sequence >= WORTHWHILE_WINDOWS * windowRows && !asksForRareValue(query);
  const recent = isWorthwhile ? await recentSpan(index, { tenantNo, asOf, rows: windowRows }) : undefined;
  if (recent === undefined) return readKeys(index, options);
  const { limit, after } = options;
  const { fromMs: startMs = Number.NEGATIVE_INFINITY } = scope;
  const endMs = typeof after?.value === "number" ? after.value + 1 : scope.toMs;
  const fromMs = endMs === undefined ? recent.fromMs : Math.min(recent.fromMs, endMs - recent.spanMs);
  const found = await readKeys(index, { ...options, window: { fromMs } });
  let toMs = fromMs;
  const growth = found.length === 0 ? Number.POSITIVE_INFINITY : ((limit - found.length) / found.length) * MARGIN;
  if (found.length < limit && toMs > startMs && growth <= MAX_GROWTH) {
    const window = { fromMs: fromMs - Math.ceil(growth * recent.spanMs), toMs };
    found.push(...(await readKeys(index, { ...options, window, limit: limit - found.length })));
    toMs = window.fromMs;
  }
  if (found.length < limit && toMs > startMs)
    found.push(...(await readKeys(index, { ...options, window: { toMs }, limit: limit - found.length })));
  return found;
}
