import { type Registry, SCOPES, type Scope, type Tenant } from "@cairn/ledger";
import type { IngestApi } from "../ingest/ingest-api.ts";
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

export interface KeyTools {
  readonly registry: Registry;
  readonly writer: Client<WriterApi>;
  readonly ingest: Pick<Client<IngestApi>, "call">;
}

/** Makes an API key, with its project and tenant when they are new, and records that in the tenant's log. */
export async function createKey(
  request: KeyRequest,
  tools: KeyTools,
): Promise<{ readonly key: string; readonly id: string }> {
  const scopes = checkScopes(request.scopes);
  const projectNo = await tools.writer.call("createProject", { id: request.project, name: request.project });
  const tenant: Tenant | undefined =
    request.tenant === undefined
      ? undefined
      : await tools.writer.call("createTenant", { projectNo, id: request.tenant });
  const { id, text } = await tools.writer.call("createApiKey", {
    name: request.name,
    projectNo,
    tenantNo: tenant?.no,
    scopes,
    expiresAtMs: request.expiresAtMs,
  });
  if (tenant !== undefined) await recordKey(tools.ingest, { projectNo, tenant, id, name: request.name, scopes });
  return { key: text, id };
}

function checkScopes(scopes: readonly string[]): Scope[] {
  const unknown = scopes.find((scope) => !(SCOPES as readonly string[]).includes(scope));
  if (unknown !== undefined) throw new Error(`${unknown} is not a scope; there are ${SCOPES.join(", ")}`);
  if (scopes.length === 0) throw new Error(`a key needs at least one scope of ${SCOPES.join(", ")}`);
  return scopes as Scope[];
}

async function recordKey(
  ingest: KeyTools["ingest"],
  made: {
    readonly projectNo: number;
    readonly tenant: Tenant;
    readonly id: string;
    readonly name: string;
    readonly scopes: readonly Scope[];
  },
): Promise<void> {
  const event = {
    action: "api_key.created",
    category: "administration",
    actor: { type: "system", id: "cairn", name: "Cairn command line" },
    targets: [{ type: "api_key", id: made.id, name: made.name }],
    outcome: { result: "success" },
    details: { scopes: made.scopes },
  };
  const answer = await ingest.call("ingest", {
    body: Buffer.from(JSON.stringify(event)),
    encoding: "identity",
    format: "json",
    keyId: "cairn",
    projectNo: made.projectNo,
    tenantNo: made.tenant.no,
    isProjectKey: false,
    canCreateTenants: false,
    atomic: false,
    idempotencyKey: undefined,
    defaultSource: "cairn",
  });
  if (answer.status !== 200)
    throw new Error(`the key was made, but not recorded: ${Buffer.from(answer.body).toString("utf8")}`);
}
