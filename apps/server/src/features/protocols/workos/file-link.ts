import type { Tenant } from "@cairn/ledger";
import type { Principal } from "../../../access/principal.ts";
import { demandLive } from "../../../access/standing.ts";
import type { ServerContext } from "../../../context.ts";
import { principalOfKey } from "../../../http/identify-key.ts";

/** What the address of an export's file says, sealed: which file, and who was given it. */
export interface FileLink {
  readonly tenantNo: number;
  /** Id of the export. */
  readonly id: string;
  readonly kind: Principal["kind"];
  /** Id of the key or member that asked. */
  readonly by: string;
}

/** Who an address stands for, as long as they might still fetch the file themselves; undefined once they may not. */
export function vouchedFor(
  context: ServerContext,
  { tenantNo, kind, by }: FileLink,
): { readonly principal: Principal; readonly tenant: Tenant } | undefined {
  const tenant = context.side.registry.tenant(tenantNo);
  if (tenant === undefined || tenant.deletedAtMs !== undefined) return undefined;
  demandLive(tenant);
  const { projectNo } = tenant;
  if (kind !== "key") {
    if (kind === "member" && context.side.access.members.find(by)?.state !== "active") return undefined;
    const principal = { kind, id: by, projectNo, tenantNo, permissions: new Set<never>(), isOperator: false };
    return { principal: { ...principal, wall: undefined }, tenant };
  }
  const key = context.side.access.keys.find(by);
  if (key === undefined || key.revokedAtMs !== undefined || (key.expiresAtMs ?? Infinity) <= Date.now())
    return undefined;
  const principal = principalOfKey(context, key);
  return principal?.permissions.has("exports") === true ? { principal, tenant } : undefined;
}
