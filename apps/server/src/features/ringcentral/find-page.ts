import type { RecordedEvent } from "@cairn/event";
import { countMatches, type FoundKey, SEARCH_LIMITS, type SearchScope, streamKeys } from "@cairn/search";
import type { ServerContext } from "../../context.ts";
import type { Entered } from "../../http/principal.ts";
import { scopeOf } from "../search/scope.ts";
import { invalidParameter } from "./errors.ts";
import { MAX_MATCHES, type Search } from "./search-request.ts";

/** A page of the audit trail, and where it stands. */
export interface AuditTrailPage {
  readonly events: readonly RecordedEvent[];
  readonly paging: {
    readonly page: number;
    readonly perPage: number;
    /** Pages. */
    readonly total: number;
    /** Events that match; at a million counting ends, and when it takes too long this is an upper bound. */
    readonly totalFound: number;
  };
}

/** Reads a page by its number, newest first. A page costs as much as the names of all events before it. */
export async function findPage(
  context: ServerContext,
  entered: Entered,
  { search, nowMs }: { readonly search: Search; readonly nowMs: number },
): Promise<AuditTrailPage> {
  const { page, perPage } = search;
  if (page * perPage > MAX_MATCHES) throw invalidParameter("page");
  const scope = scopeOf(context, entered, search, nowMs);
  const [keys, counted] = await Promise.all([
    keysOfPage(context, scope, { page, perPage }),
    countMatches(context.search.index(), { ...scope, atMost: MAX_MATCHES }),
  ]);
  const events = await context.threads.reader.call("events", {
    tenantNo: entered.tenant.no,
    places: keys.map(({ ledger, sequence }) => ({ ledger, sequence })),
  });
  const totalFound = Math.min(counted.count, MAX_MATCHES);
  return {
    events: events.filter((event): event is RecordedEvent => event !== undefined),
    paging: { page, perPage, total: Math.ceil(totalFound / perPage), totalFound },
  };
}

async function keysOfPage(
  context: ServerContext,
  scope: SearchScope,
  { page, perPage }: { readonly page: number; readonly perPage: number },
): Promise<readonly FoundKey[]> {
  const end = page * perPage;
  const chunkKeys = Math.min(end, SEARCH_LIMITS.streamKeys);
  let passed = 0;
  const found: FoundKey[] = [];
  for await (const chunk of streamKeys(context.search.index(), { ...scope, order: "desc", chunkKeys })) {
    found.push(...chunk.slice(Math.max(0, end - perPage - passed), Math.max(0, end - passed)));
    passed += chunk.length;
    if (passed >= end) break;
  }
  return found;
}
