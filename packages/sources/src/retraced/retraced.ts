import { type Verb, verbOfAction } from "@cairn/event";
import { actionOf } from "../core/action-name.ts";
import { createDraft } from "../core/create-draft.ts";
import type { Draft } from "../core/draft.ts";
import { type JsonObject, lookUp, text, textOrNumber } from "../core/json-values.ts";
import { type ReadItem, readJsonRecords } from "../core/read-json.ts";
import { SourceError } from "../core/source-error.ts";
import type { MapContext, MappedEvent, SourceMapping } from "../core/source-mapping.ts";
import { checkedTenant } from "../core/tenant-of.ts";

export const RETRACED_SOURCE = "retraced";

/**
 * The mapping of events of Retraced's publisher API, with `id` where the server puts the one it answers. The group is the
 * tenant. `docs/sources/retraced.md` has the table.
 */
export const retracedMapping: SourceMapping = { name: RETRACED_SOURCE, map: mapRetraced };

/** Reads the body of `/event` (one event) or `/event/bulk` (`{"events": […]}`). */
export function readRetraced(body: string): ReadItem[] {
  return readJsonRecords(body, ["events"]);
}

const VERBS: Readonly<Record<string, Verb>> = { c: "create", r: "read", u: "update", d: "delete" };

function mapRetraced(record: JsonObject, context: MapContext): MappedEvent {
  const action = text(record.action);
  if (action === undefined) throw new SourceError("shape_invalid", "the event has no `action`", { pointer: "/action" });
  const draft = createDraft(record, context, RETRACED_SOURCE);
  checkedTenant(draft.textAt("/group/id"), "/group/id");
  draft.move("tenant", "/group/id");
  draft.move("id", "/id");
  placeTime(draft, record);
  draft.set("action", actionOf(action), "names", ["/action"]);
  draft.move("source_action", "/action");
  const byWords = verbOfAction(actionOf(action));
  // A sign-in is `c` to its producers, an export `r`: the action's words say more where they say something of their own.
  const isSpecial = !["other", "create", "read", "update", "delete"].includes(byWords);
  draft.set("verb", isSpecial ? byWords : (lookUp(VERBS, text(record.crud)) ?? byWords), "table", ["/crud", "/action"]);
  draft.set("outcome.result", record.is_failure === true ? "failure" : "success", "table", ["/is_failure"]);
  draft.move("description", "/description");
  const isAnonymous = record.is_anonymous === true || draft.textAt("/actor/id") === undefined;
  draft.set("actor.type", isAnonymous ? "anonymous" : "user", "table", ["/is_anonymous"]);
  draft.move("actor.id", "/actor/id");
  draft.move("actor.name", "/actor/name");
  const type = draft.textAt("/target/type");
  const kind = type === undefined ? { type: "object" } : { type, typeAt: "/target/type" };
  draft.moveTarget({ ...kind, id: "/target/id", name: "/target/name" });
  draft.move("context.ip", "/source_ip");
  return draft.finish();
}

/** Clients send ISO 8601; older ones milliseconds. */
function placeTime(draft: Draft, record: JsonObject): void {
  const created = textOrNumber(record.created);
  if (created === undefined) return;
  draft.moveTime("/created", /^\d+$/.test(created) ? { kind: "epoch", unit: "ms" } : { kind: "rfc3339" });
}
