import { type ActorType, verbOfAction } from "@cairn/event";
import { actionOf } from "../core/action-name.ts";
import { createDraft } from "../core/create-draft.ts";
import type { Draft } from "../core/draft.ts";
import { asArray, asObject, type JsonObject, lookUp, member, text } from "../core/json-values.ts";
import { SourceError } from "../core/source-error.ts";
import type { MapContext, MappedEvent, SourceMapping } from "../core/source-mapping.ts";
import { checkedTenant } from "../core/tenant-of.ts";

export const WORKOS_SOURCE = "workos";

/**
 * The mapping of bodies of WorkOS's `POST /audit_logs/events`: `{organization_id, event}`, and `idempotency_key` where the
 * server puts the header. The organization is the tenant. `docs/sources/workos.md` has the table.
 */
export const workosMapping: SourceMapping = { name: WORKOS_SOURCE, map: mapWorkos };

/** Types that producers give actors, freely: those that are none of the model's. */
const ACTOR_TYPES: Readonly<Record<string, ActorType>> = {
  user: "user",
  member: "user",
  admin: "user",
  person: "user",
  employee: "user",
  customer: "user",
  service: "service",
  service_account: "service",
  machine: "service",
  application: "service",
  system: "system",
  api: "api",
  api_key: "api",
  operator: "operator",
  support: "operator",
  agent: "agent",
  anonymous: "anonymous",
};

function mapWorkos(record: JsonObject, context: MapContext): MappedEvent {
  const event = asObject(record.event);
  const action = text(event?.action);
  if (event === undefined || action === undefined) {
    throw new SourceError("shape_invalid", "the event has no `action`", { pointer: "/event/action" });
  }
  checkedTenant(text(record.organization_id), "/organization_id");
  const draft = createDraft(record, context, WORKOS_SOURCE);
  draft.move("tenant", "/organization_id");
  draft.move("id", "/idempotency_key");
  draft.moveTime("/event/occurred_at", { kind: "rfc3339" });
  draft.set("action", actionOf(action), "names", ["/event/action"]);
  draft.set("verb", verbOfAction(actionOf(action)), "words", ["/event/action"]);
  draft.move("source_action", "/event/action");
  placeActor(draft);
  for (const [i, target] of asArray(event.targets).entries()) {
    const type = text(member(target, "type"));
    const at = `/event/targets/${i}`;
    const kind = type === undefined ? { type: "object" } : { type, typeAt: `${at}/type` };
    draft.moveTarget({ ...kind, id: `${at}/id`, name: `${at}/name` });
  }
  // WorkOS calls the address a location; text that is none may be a place.
  if (draft.move("context.ip", "/event/context/location") === undefined)
    draft.move("context.location", "/event/context/location");
  draft.move("context.user_agent", "/event/context/user_agent");
  return draft.finish();
}

function placeActor(draft: Draft): void {
  const type = draft.textAt("/event/actor/type");
  draft.set("actor.type", lookUp(ACTOR_TYPES, type?.toLowerCase()), "table", ["/event/actor/type"]);
  draft.move("actor.id", "/event/actor/id");
  draft.move("actor.name", "/event/actor/name");
}
