import type { AccessStore, Registry, Tenant } from "@cairn/ledger";
import type { FastifyBaseLogger } from "fastify";
import { SYSTEM_ACTOR } from "./actor.ts";
import { changedFields, shownTime } from "./change-log.ts";
import type { NewOwnEvent, OwnLog } from "./own-log.ts";

const LOOK_MS = 15_000;
/** What expired longer ago was recorded by an earlier look: a server is rarely away for longer. */
const LOOK_BACK_MS = 7 * 86_400_000;

/** What expires, and whom to tell. */
export interface ExpiryParts {
  readonly registry: Registry;
  readonly access: AccessStore;
  readonly own: OwnLog;
  readonly log: FastifyBaseLogger;
  /** In whose log stands what belongs to no tenant. */
  readonly operatorTenant: () => Promise<Pick<Tenant, "no">>;
  /** A tenant was suspended or deleted. */
  readonly onTenant: () => void;
}

/**
 * Acts and records as System when a time has come: tenants that expire are suspended, deletions that nobody cancelled are
 * done, members and keys whose time is over are noted. Access itself ends by the clock, whether this has looked or not.
 */
export function watchExpiry(parts: ExpiryParts): { stop(): Promise<void> } {
  const noted = new Set<string>();
  let looking: Promise<void> = Promise.resolve();
  const look = (): void => {
    looking = looking
      .then(() => lookOnce(parts, noted))
      .catch((error: unknown) => parts.log.error({ err: error }, "what expired could not be recorded; tried again"));
  };
  look();
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}

async function lookOnce(parts: ExpiryParts, noted: Set<string>): Promise<void> {
  const nowMs = Date.now();
  await expireTenants(parts, nowMs);
  const events = [...expiredMembers(parts, nowMs), ...(await expiredKeys(parts, nowMs))].filter(
    ({ id }) => !noted.has(id),
  );
  if (events.length === 0) return;
  await parts.own.record(events);
  for (const { id } of events) noted.add(id);
}

async function expireTenants({ registry, own, onTenant }: ExpiryParts, nowMs: number): Promise<void> {
  for (const tenant of registry.tenants()) {
    if (tenant.deletedAtMs !== undefined) continue;
    const isExpired = tenant.expiresAtMs !== undefined && tenant.expiresAtMs <= nowMs;
    const isDoomed = tenant.deletion !== undefined && tenant.deletion.dueAtMs <= nowMs;
    if (!isDoomed && (!isExpired || tenant.suspendedAtMs !== undefined)) continue;
    const standing = isDoomed ? { deletion: undefined, deletedAtMs: nowMs } : { suspendedAtMs: nowMs };
    const after = { ...tenant, ...standing };
    const event = {
      action: isDoomed ? "tenant.deleted" : "tenant.expired",
      actor: SYSTEM_ACTOR,
      targets: [{ type: "tenant", id: tenant.id, name: tenant.name }],
      changes: changedFields(
        { suspended_at: shownTime(tenant.suspendedAtMs), deleted_at: null },
        { suspended_at: shownTime(after.suspendedAtMs), deleted_at: shownTime(after.deletedAtMs) },
      ),
    };
    await own.change(
      [{ kind: "tenant", no: tenant.no, standing }],
      [{ tenantNo: tenant.no, category: "settings", event }],
    );
    onTenant();
  }
}

type Noted = NewOwnEvent & { readonly id: string };

/** The id is made of what expired and when: recorded again after a restart, it is the same event. */
function* expiredMembers({ access, registry }: ExpiryParts, nowMs: number): Iterable<Noted> {
  for (const tenant of registry.tenants()) {
    for (const { id, name, state, expiresAtMs } of access.members.expired(tenant.no, since(nowMs))) {
      if (state === "removed" || expiresAtMs === undefined) continue;
      const event = { action: "member.expired", actor: SYSTEM_ACTOR, targets: [{ type: "member", id, name }] };
      yield {
        ...{ id: `expired-${id}-${expiresAtMs}`, tenantNo: tenant.no, occurredAtMs: expiresAtMs },
        category: "people",
        event,
      };
    }
  }
}

/** Keys of a whole project are the instance's business. */
async function expiredKeys({ access, registry, operatorTenant }: ExpiryParts, nowMs: number): Promise<Noted[]> {
  const found: Noted[] = [];
  for (const { id, name, projectNo, tenantNo, expiresAtMs, revokedAtMs } of access.keys.expired(since(nowMs))) {
    if (revokedAtMs !== undefined || expiresAtMs === undefined) continue;
    const project = tenantNo === undefined ? registry.projectOf(projectNo)?.id : undefined;
    const event = {
      action: "api_key.expired",
      actor: SYSTEM_ACTOR,
      targets: [{ type: "api_key", id, name }],
      ...(project === undefined ? {} : { details: { project } }),
    };
    found.push({
      ...{ id: `expired-${id}-${expiresAtMs}`, tenantNo: tenantNo ?? (await operatorTenant()).no },
      ...{ occurredAtMs: expiresAtMs, category: "keys", event },
    });
  }
  return found;
}

function since(nowMs: number): { readonly fromMs: number; readonly toMs: number } {
  return { fromMs: nowMs - LOOK_BACK_MS, toMs: nowMs };
}
