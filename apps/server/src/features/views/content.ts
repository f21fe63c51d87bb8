import { CairnError, findField, parseQuery } from "@cairn/event";
import type { ViewContent } from "@cairn/ledger";
import { columnsOf } from "../../exports/csv/columns.ts";
import { zoneClock } from "../../exports/time-zone.ts";
import type { ViewRequest } from "./schema.ts";

/**
 * What of a request a view keeps: a query that can be asked, and columns that an export of the view could have.
 * @throws CairnError query_invalid or parameter_invalid
 */
export function contentOf({ shared: _shared, ...content }: ViewRequest): ViewContent {
  const { q = "", sort, columns = [], zone = "UTC" } = content;
  parseQuery(q, { nowMs: Date.now() });
  if (sort !== undefined && findField(sort.split(".")) === undefined)
    throw new CairnError("parameter_invalid", "sort: there is no such field");
  columnsOf(columns, zoneClock(zone));
  return { ...content, q };
}
