import type { FastifyRequest } from "fastify";
import type { Principal } from "../../access/principal.ts";
import type { ServerContext } from "../../context.ts";
import { tenantOf } from "../../http/principal.ts";
import { type Destined, tenantWrittenTo } from "../../http/tenant-written-to.ts";
import type { Delivered } from "../../ingest/deliver.ts";

/** Into whose log events go, and whose limits they count by. */
export type Destination = Destined & Pick<Delivered, "keyId" | "projectNo" | "canCreateTenants">;

/**
 * Whose log a request writes to: the key's own tenant, or the one that `Cairn-Tenant` names within the key's project. A key
 * with `tenants:create` may name one that is not there yet.
 * @throws CairnError tenant_required, not_found or tenant_suspended
 */
export function destinationOf(context: ServerContext, request: FastifyRequest, principal: Principal): Destination {
  return { ...senderOf(principal), ...tenantWrittenTo(context, request, principal) };
}

/** The same for protocols whose events name the customer themselves; a key of a tenant still writes to that tenant only. */
export function destinationNamedByEvents(
  context: ServerContext,
  request: FastifyRequest,
  principal: Principal,
): Destination {
  const isFixed = principal.tenantNo !== undefined || request.headers["cairn-tenant"] !== undefined;
  return { ...senderOf(principal), tenantNo: isFixed ? tenantOf(context, request, principal).no : undefined };
}

function senderOf({ id, projectNo, permissions }: Principal): Omit<Destination, keyof Destined> {
  return { keyId: id, projectNo, canCreateTenants: permissions.has("tenants:create") };
}
