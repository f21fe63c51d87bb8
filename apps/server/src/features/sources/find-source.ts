import { CairnError } from "@cairn/event";
import type { Source, Tenant } from "@cairn/ledger";
import type { FastifyRequest } from "fastify";
import type { Permission } from "../../access/permissions.ts";
import type { Principal } from "../../access/principal.ts";
import type { ServerContext } from "../../context.ts";
import { enter } from "../../http/principal.ts";

/** A request about a source. */
export interface AtSource {
  readonly principal: Principal;
  readonly tenant: Tenant;
  readonly source: Source;
}

/** Lets a request in to a source of its tenant. @throws CairnError what `enter` throws; not_found, also for somebody else's */
export function enterSource(
  context: ServerContext,
  request: FastifyRequest<{ Params: { id: string } }>,
  permission: Permission,
): AtSource {
  const { principal, tenant } = enter(context, request, permission);
  const source = context.side.access.sources.find(request.params.id);
  if (source === undefined || source.tenantNo !== tenant.no)
    throw new CairnError("not_found", "there is no such source");
  return { principal, tenant, source };
}
