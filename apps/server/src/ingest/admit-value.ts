import { CairnError, type CairnEvent } from "@cairn/event";
import { acceptEvent } from "@cairn/event/door";
import type { AdmittedEvent, TenantContext } from "./admitted-event.ts";
import { identityOf } from "./identity.ts";
import { OWN_SOURCE, reservedSource } from "./own-source.ts";

/** What of its request an event is admitted by. */
export interface AdmittedBy {
  /** Source of an event that names none. */
  readonly defaultSource: string;
  readonly idempotencyKey: string | undefined;
  /** Position of the event in the request. */
  readonly position: number;
}

/** Lets the parsed value of one event in to a tenant's log. @throws CairnError with a JSON Pointer */
export function admitValue(
  value: unknown,
  context: TenantContext,
  { defaultSource, idempotencyKey, position }: AdmittedBy,
): AdmittedEvent {
  const { event, tenant, defaulted } = acceptEvent(value, {
    nowMs: Date.now(),
    defaultSource,
    describeAction: (action) => context.catalog.get(action)?.definition,
  });
  if (tenant !== undefined && tenant !== context.tenant.id) {
    throw new CairnError("tenant_unexpected", "the event names another tenant than the request", {
      pointer: "/tenant",
    });
  }
  if (event.source === OWN_SOURCE && defaultSource !== OWN_SOURCE) throw reservedSource();
  const entry = context.catalog.get(event.action);
  const id = identityOf(event.id, { idempotencyKey, position, key: context.fingerprintKey });
  let recorded: CairnEvent = { ...event, id };
  if (entry?.fits !== undefined && !entry.fits(event.details)) {
    const { definition } = entry;
    if (definition.strict === true) {
      throw new CairnError(
        "schema_misfit",
        `details do not fit version ${definition.version} of the schema of ${event.action}`,
        { pointer: "/details" },
      );
    }
    recorded = {
      ...recorded,
      warnings: [...(event.warnings ?? []), `schema_misfit:${event.action}@${definition.version}`],
    };
  }
  const own = entry?.definition.personal;
  return {
    context,
    event: recorded,
    defaulted,
    personalPointers: own === undefined ? context.personalPointers : [...context.personalPointers, ...own],
  };
}
