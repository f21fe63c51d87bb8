import { CairnError } from "@cairn/event";
import { EVENT_LOG, readLog } from "@cairn/ledger";
import { searchKeys } from "@cairn/search";
import type { ServerContext } from "../../context.ts";
import type { ExportOrder } from "../../exports/export-request.ts";
import type { StoredExport } from "../../exports/export-store.ts";
import { TIME_FIELD } from "../../exports/matching-keys.ts";
import type { Entered } from "../../http/principal.ts";
import { scopeOf } from "../search/scope.ts";
import { translated } from "../search/translate.ts";
import { checkRequest } from "./check-request.ts";
import type { ExportBody } from "./schema.ts";

/** Fixes what will be in the file: everything that is recorded now, and nothing later. */
export async function orderOf(context: ServerContext, entered: Entered, body: ExportBody): Promise<ExportOrder> {
  const { principal, tenant } = entered;
  const request = checkRequest(body);
  // A bundle carries proofs over the whole log, and with them how much there is.
  if (request.format === "evidence" && principal.wall !== undefined)
    throw new CairnError("forbidden", "behind a wall there is no evidence: it proves the log as a whole");
  const nowMs = Date.now();
  const { ledger, size } = readLog(context.side.db, tenant.no, EVENT_LOG);
  const { query, ...times } = scopeOf(context, entered, request, nowMs);
  const scope = { ...times, asOf: { ledger, sequence: size - 1 } };
  const { sort = TIME_FIELD, order } = request;
  // A field that cannot be sorted by, or too many matches for it, is said now and not in an hour.
  if (sort !== TIME_FIELD)
    await translated(() => searchKeys(context.search.index(), { ...scope, query, nowMs, sort, order, limit: 1 }));
  const { id: requestedBy, wall } = principal;
  return { request, nowMs, scope, requestedBy, ...(wall === undefined ? {} : { wall }) };
}

/** Behind a wall there are the own exports only, and of those what was made behind the same wall. */
export function mayFetch({ principal }: Entered, { order }: StoredExport): boolean {
  return principal.wall === undefined || (order.requestedBy === principal.id && order.wall === principal.wall);
}
