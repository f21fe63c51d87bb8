import { CairnError } from "@cairn/event";
import type { AccessChange, Tenant } from "@cairn/ledger";
import type { FastifyRequest } from "fastify";
import type { ServerContext } from "../context.ts";
import { actorOf, contextOf } from "./actor.ts";
import { operatorTenant } from "./operator-tenant.ts";
import type { CategoryKind } from "./own-category.ts";
import type { Principal } from "./principal.ts";

/** One changed value, as an event has it. */
export interface ChangedField {
  readonly field: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What somebody did to who may do what. */
export interface Deed {
  readonly action: string;
  readonly category: CategoryKind;
  readonly target: { readonly type: string; readonly id: string; readonly name?: string };
  readonly changes?: readonly ChangedField[];
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Who does it, by which request. */
export interface Doer {
  readonly principal: Principal;
  readonly request: FastifyRequest;
}

/** Makes changes and records them in the log of a tenant; with `instance`, in that of the operator's. */
export async function perform(
  context: ServerContext,
  { principal, request }: Doer,
  deed: Deed & { readonly tenant: Tenant | "instance"; readonly access: readonly AccessChange[] },
): Promise<void> {
  const tenant =
    deed.tenant === "instance" ? await operatorTenant(context.side.registry, context.threads.writer) : deed.tenant;
  const { changes, details } = deed;
  const event = {
    action: deed.action,
    actor: actorOf(principal, { tenantNo: tenant.no, operatorName: context.config.operatorName }),
    context: contextOf(request, principal),
    targets: [deed.target],
    ...(changes === undefined || changes.length === 0 ? {} : { changes }),
    ...(details === undefined ? {} : { details }),
  };
  const category = principal.kind === "key" ? "provisioning" : deed.category;
  await context.own.change(deed.access, [{ tenantNo: tenant.no, category, event }]);
}

/** In whose log a change of a project stands: that of the tenant it was made from, else that of the instance. */
export function changedFrom({ side }: ServerContext, { tenantNo, isOperator }: Principal): Tenant | "instance" {
  const own = tenantNo === undefined || isOperator ? undefined : side.registry.tenant(tenantNo);
  return own ?? "instance";
}

/** Fields in which two states differ; absent is null. */
export function changedFields(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): ChangedField[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((field) =>
    JSON.stringify(before[field] ?? null) === JSON.stringify(after[field] ?? null)
      ? []
      : [{ field, before: before[field] ?? null, after: after[field] ?? null }],
  );
}

/** Reads a time of a request. @throws CairnError parameter_invalid */
export function futureTime(text: string, name: string): number {
  const timeMs = Date.parse(text);
  if (!(timeMs > Date.now())) throw new CairnError("parameter_invalid", `${name}: it must be a time to come`);
  return timeMs;
}

/** A time as the API writes it. */
export function shownTime(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : new Date(timeMs).toISOString();
}
