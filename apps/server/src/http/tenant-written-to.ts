import type { FastifyRequest } from "fastify";
import type { Principal } from "../access/principal.ts";
import { noTenant } from "../access/standing.ts";
import type { ServerContext } from "../context.ts";
import { isTenantName } from "../ingest/tenant-name.ts";
import { tenantOf } from "./principal.ts";

/** Whose log a request writes to. */
export interface Destined {
  /** Undefined: each event names its own tenant, or the request makes one. */
  readonly tenantNo: number | undefined;
  /** Name of a tenant that is not there yet and that the request makes. */
  readonly newTenant?: string;
}

/**
 * The tenant that a request writes to: the sender's own, or the one that `Cairn-Tenant` names within the project. A key with
 * `tenants:create` may name one that is not there yet.
 * @throws CairnError tenant_required, not_found or tenant_suspended
 */
export function tenantWrittenTo(context: ServerContext, request: FastifyRequest, principal: Principal): Destined {
  const named = request.headers["cairn-tenant"];
  const mayMake =
    typeof named === "string" &&
    principal.tenantNo === undefined &&
    request.headers["cairn-project"] === undefined &&
    principal.permissions.has("tenants:create");
  if (!mayMake || context.side.registry.findAnyTenant(principal.projectNo, named) !== undefined)
    return { tenantNo: tenantOf(context, request, principal).no };
  if (!isTenantName(named)) throw noTenant();
  return { tenantNo: undefined, newTenant: named };
}
