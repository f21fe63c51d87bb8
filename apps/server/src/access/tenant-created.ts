import type { OwnEvent, Registry, Tenant } from "@cairn/ledger";
import { completeOwnEvent } from "./own-log.ts";

/** What is recorded of a tenant that a key made by recording for it; written with the tenant itself. */
export function tenantCreated(registry: Registry, { no, id, name }: Tenant, keyId: string): OwnEvent {
  const event = {
    action: "tenant.created",
    actor: { type: "api", id: keyId, name: "Provisioning API" },
    targets: [{ type: "tenant", id, name }],
    details: { by: "first event" },
  };
  return completeOwnEvent(registry, { tenantNo: no, category: "provisioning", event });
}
