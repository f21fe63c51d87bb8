import type { FastifyRequest } from "fastify";
import type { Principal } from "../../access/principal.ts";
import type { ServerContext } from "../../context.ts";
import { tenantOf } from "../../http/principal.ts";
import type { RecordRequest } from "../../sources/record-events.ts";

/** Into whose log events go, and whose limits they count by. */
export interface Destination extends Omit<RecordRequest, "events" | "defaultSource"> {
  /** A tenant that its first event makes; every event has to name it. */
  readonly newTenant?: string;
}

/**
 * Whose log a request writes to: the key's own tenant, or the one that `Cairn-Tenant` names within the key's project. A key
 * with `tenants:create` may name one that is not there yet.
 * @throws CairnError tenant_required, not_found or tenant_suspended
 */
export function destinationOf(context: ServerContext, request: FastifyRequest, principal: Principal): Destination {
  const sender = senderOf(principal);
  const named = request.headers["cairn-tenant"];
  const isNew =
    typeof named === "string" &&
    principal.tenantNo === undefined &&
    request.headers["cairn-project"] === undefined &&
    sender.canCreateTenants === true &&
    context.side.registry.findAnyTenant(principal.projectNo, named) === undefined;
  return isNew
    ? { ...sender, tenantNo: undefined, newTenant: named }
    : { ...sender, tenantNo: tenantOf(context, request, principal).no };
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

function senderOf({ id, projectNo, permissions }: Principal): Omit<Destination, "tenantNo"> {
  return { senderId: id, projectNo, canCreateTenants: permissions.has("tenants:create") };
}
