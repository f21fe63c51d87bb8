import { parseQuery, type QueryNode } from "@cairn/event";
import { walled } from "../access/wall.ts";
import type { ExportOrder } from "./export-request.ts";

/** What an export searches: its query, within the wall of whoever asked. */
export function queryOf({ request, nowMs, wall }: ExportOrder): QueryNode {
  return walled(parseQuery(request.q ?? "", { nowMs }), wall, nowMs);
}
