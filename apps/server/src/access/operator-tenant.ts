import type { Registry, Tenant } from "@cairn/ledger";
import type { Client } from "../threads/rpc.ts";
import type { WriterApi } from "../threads/writer-api.ts";

/** Project and tenant of those who run the instance: its members are operators, its log is the instance's. */
export const OPERATOR_ID = "operator";

/** Tells whether a tenant is the operator's. */
export function isOperatorTenant(tenant: Pick<Tenant, "id" | "projectId">): boolean {
  return tenant.projectId === OPERATOR_ID && tenant.id === OPERATOR_ID;
}

/** The operator's tenant, made when something of the instance is recorded for the first time. */
export async function operatorTenant(registry: Registry, writer: Client<WriterApi>): Promise<Tenant> {
  const project = registry.project(OPERATOR_ID);
  const known = project && registry.findAnyTenant(project.no, OPERATOR_ID);
  if (known !== undefined) return known;
  const projectNo = await writer.call("createProject", { id: OPERATOR_ID, name: "Operator of this instance" });
  return writer.call("createTenant", { projectNo, id: OPERATOR_ID, name: "Operator of this instance" });
}
