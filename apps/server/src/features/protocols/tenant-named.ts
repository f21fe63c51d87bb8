import type { Tenant } from "@cairn/ledger";
import type { FastifyRequest } from "fastify";
import type { Principal } from "../../access/principal.ts";
import { demandLive, noTenant } from "../../access/standing.ts";
import type { ServerContext } from "../../context.ts";
import { demandGrant, tenantOf } from "../../http/principal.ts";

/** Whom a request of a protocol names as its customer. */
export interface Naming {
  readonly principal: Principal;
  readonly named: string;
}

/**
 * The tenant that a request names in the words of its protocol: with a key of a project any of its tenants, else the sender's own.
 * @throws CairnError not_found, tenant_suspended or grant_required
 */
export function tenantNamed(context: ServerContext, request: FastifyRequest, { principal, named }: Naming): Tenant {
  const isFixed = principal.tenantNo !== undefined || request.headers["cairn-tenant"] !== undefined;
  if (isFixed) {
    const tenant = tenantOf(context, request, principal);
    demandGrant(principal, tenant);
    if (tenant.id !== named) throw noTenant();
    return tenant;
  }
  const tenant = context.side.registry.findAnyTenant(principal.projectNo, named);
  if (tenant === undefined || tenant.deletedAtMs !== undefined) throw noTenant();
  demandLive(tenant);
  return tenant;
}
