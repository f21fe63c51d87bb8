import { parseQuery, type QueryNode } from "@cairn/event";
import { walled } from "../access/wall.ts";
import type { DirectoryGroups } from "../subjects/directory-groups.ts";
import type { ExportOrder } from "./export-request.ts";

/** What an export searches: its query, within the wall of whoever asked, as search understands it. */
export function queryOf({ request, nowMs, wall, scope }: ExportOrder, groups: DirectoryGroups): QueryNode {
  return groups.understand(scope.tenantNo, walled(parseQuery(request.q ?? "", { nowMs }), wall, nowMs));
}
