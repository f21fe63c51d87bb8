import { CairnError } from "@cairn/event";
import type { Tenant } from "@cairn/ledger";

/** What is said of a tenant that is not there, and of one that is somebody else's. */
export function noTenant(): CairnError {
  return new CairnError("not_found", "there is no such tenant");
}

/** @throws CairnError tenant_suspended */
export function demandLive({ suspendedAtMs, expiresAtMs }: Tenant): void {
  if (suspendedAtMs !== undefined || (expiresAtMs !== undefined && expiresAtMs <= Date.now()))
    throw new CairnError("tenant_suspended", "the tenant is suspended");
}
