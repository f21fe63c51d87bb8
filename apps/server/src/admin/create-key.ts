import { type AccessStore, type Registry, SCOPES, type Scope, type Tenant } from "@cairn/ledger";
import { COMMAND_LINE_ACTOR } from "../access/actor.ts";
import { OPERATOR_ID, operatorTenant } from "../access/operator-tenant.ts";
import type { OwnLog } from "../access/own-log.ts";
import type { Client } from "../threads/rpc.ts";
import type { WriterApi } from "../threads/writer-api.ts";

export interface KeyRequest {
  readonly project: string;
  /** Undefined: a key of the whole project. */
  readonly tenant?: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresAtMs?: number;
}

export interface CreatedKey {
  /** The key itself, which is shown once. */
  readonly key: string;
  readonly id: string;
}

export interface KeyTools {
  readonly registry: Registry;
  readonly access: AccessStore;
  readonly writer: Client<WriterApi>;
  readonly own: OwnLog;
}

/** Makes an API key, with its project and tenant when they are new, and records that in the tenant's log. */
export async function createKey(request: KeyRequest, tools: KeyTools): Promise<CreatedKey> {
  const scopes = checkScopes(request.scopes);
  const { projectNo, tenant } = await placeOf(request, tools);
  const { name, expiresAtMs } = request;
  const { text, prepared } = tools.access.keys.prepare(
    { name, projectNo, tenantNo: tenant?.no, scopes, expiresAtMs },
    Date.now(),
  );
  // A key of a whole project is the instance's business.
  const recordedIn = tenant ?? (await operatorTenant(tools.registry, tools.writer));
  const event = {
    action: "api_key.created",
    actor: COMMAND_LINE_ACTOR,
    targets: [{ type: "api_key", id: prepared.id, name }],
    details: { scopes, ...(tenant === undefined ? { project: request.project } : {}) },
  };
  await tools.own.change([{ kind: "new_key", key: prepared }], [{ tenantNo: recordedIn.no, category: "keys", event }]);
  return { key: text, id: prepared.id };
}

async function placeOf(
  { project, tenant }: KeyRequest,
  { registry, writer }: KeyTools,
): Promise<{ readonly projectNo: number; readonly tenant: Tenant | undefined }> {
  if (project === OPERATOR_ID) {
    if (tenant !== OPERATOR_ID) throw new Error(`the project ${OPERATOR_ID} has one tenant, ${OPERATOR_ID}`);
    const own = await operatorTenant(registry, writer);
    return { projectNo: own.projectNo, tenant: own };
  }
  const projectNo = await writer.call("createProject", { id: project, name: project });
  if (tenant === undefined) return { projectNo, tenant: undefined };
  return { projectNo, tenant: await writer.call("createTenant", { projectNo, id: tenant }) };
}

function checkScopes(scopes: readonly string[]): Scope[] {
  const unknown = scopes.find((scope) => !(SCOPES as readonly string[]).includes(scope));
  if (unknown !== undefined) throw new Error(`${unknown} is not a scope; there are ${SCOPES.join(", ")}`);
  if (scopes.length === 0) throw new Error(`a key needs at least one scope of ${SCOPES.join(", ")}`);
  return scopes as Scope[];
}
