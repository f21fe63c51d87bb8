import { CairnError } from "@cairn/event";
import type { FastifyRequest } from "fastify";
import type { Principal } from "../../access/principal.ts";
import type { ServerContext } from "../../context.ts";
import { enterProject, lacksPermission } from "../../http/principal.ts";

/**
 * Lets a request in that changes the catalog of a project. It holds for all tenants of the project, so that whoever is
 * bound to one of them may change it only while there is no other.
 * @throws CairnError unauthenticated, forbidden, catalog_shared, not_found or tenant_suspended
 */
export function enterCatalog(context: ServerContext, request: FastifyRequest): ReturnType<typeof enterProject> {
  const entered = enterProject(context, request, "catalog:write");
  const refusal = catalogRefusal(context, entered.principal);
  if (refusal !== undefined) throw refusal;
  return entered;
}

/** What somebody is told who wants to change the catalog and may not; undefined when they may. */
export function catalogRefusal({ side }: ServerContext, principal: Principal): CairnError | undefined {
  if (!principal.permissions.has("catalog:write")) return lacksPermission(principal, "catalog:write");
  const { isOperator, tenantNo, projectNo } = principal;
  if (isOperator || tenantNo === undefined || !side.registry.hasOtherTenants(projectNo, tenantNo)) return undefined;
  return new CairnError(
    "catalog_shared",
    "the catalog holds for every tenant of the project: none of several may change it by itself",
  );
}
