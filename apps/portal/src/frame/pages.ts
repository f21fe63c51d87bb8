import type { Permission, Who } from "../api/access-answers.ts";
import type { TenantAnswer } from "../api/answers.ts";
import type { PageName } from "../view/view.ts";

/** Pages for whoever reads the log, in the order of the navigation. */
const READING: readonly PageName[] = ["events", "overview", "people", "actions", "exports", "integrity", "help"];

/** Pages for whoever decides about it, and what each needs. */
const MANAGING: readonly (readonly [page: PageName, needs: Permission])[] = [
  ["members", "members:read"],
  ["keys", "keys:read"],
  ["sources", "sources:read"],
  ["settings", "settings:read"],
  ["tenants", "tenants:write"],
];

export interface OpenPages {
  readonly reading: readonly PageName[];
  readonly managing: readonly PageName[];
}

/** The pages that somebody has: what they may not see is not offered. */
export function pagesFor(who: Who, tenant: TenantAnswer | undefined): OpenPages {
  const may = (permission: Permission) => who.permissions.includes(permission);
  const reading = READING.filter((page) => {
    if (page === "help") return true;
    if (tenant === undefined) return false;
    if (page === "exports") return may("exports");
    return page !== "integrity" || tenant.log !== null;
  });
  const managing = MANAGING.flatMap(([page, needs]) => (may(needs) ? [page] : []));
  return { reading, managing: who.operator ? [...managing, "health"] : managing };
}
