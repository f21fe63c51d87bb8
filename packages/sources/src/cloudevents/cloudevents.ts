import { type ActorType, verbOfAction } from "@cairn/event";
import { actionOf } from "../core/action-name.ts";
import { createDraft } from "../core/create-draft.ts";
import type { Draft } from "../core/draft.ts";
import { type JsonObject, lookUp, text } from "../core/json-values.ts";
import { SourceError } from "../core/source-error.ts";
import type { MapContext, MappedEvent, SourceMapping } from "../core/source-mapping.ts";
import { placeSpoken } from "../core/spoken-fields.ts";

export const CLOUDEVENTS_SOURCE = "cloudevents";

/** The mapping of CloudEvents 1.0 in their structured form. `docs/sources/cloudevents.md` has the table. */
export const cloudEventsMapping: SourceMapping = { name: CLOUDEVENTS_SOURCE, map: mapCloudEvent };

const REQUIRED = ["specversion", "id", "source", "type"] as const;

/** `authtype` of the authcontext extension. */
const ACTOR_TYPES: Readonly<Record<string, ActorType>> = {
  app_user: "user",
  user: "user",
  service_account: "service",
  api_key: "api",
  system: "system",
  unauthenticated: "anonymous",
};

function mapCloudEvent(record: JsonObject, context: MapContext): MappedEvent {
  const missing = REQUIRED.find((key) => text(record[key]) === undefined);
  if (missing !== undefined) {
    throw new SourceError("shape_invalid", `a CloudEvent has \`${missing}\` (1.0, required attributes)`, {
      pointer: `/${missing}`,
    });
  }
  if (!/^1\./.test(String(record.specversion))) {
    throw new SourceError("shape_invalid", "only CloudEvents 1.x are read", { pointer: "/specversion" });
  }
  const draft = createDraft(record, context, CLOUDEVENTS_SOURCE);
  placeIdentity(draft);
  draft.moveTime("/time", { kind: "rfc3339" });
  const action = actionOf(draft.textAt("/type") ?? "");
  draft.set("action", action, "names", ["/type"]);
  draft.move("source_action", "/type");
  if (draft.textAt("/data/verb") === undefined) draft.set("verb", verbOfAction(action), "words", ["/type"]);
  placeActor(draft);
  placeSpoken(draft, "/data");
  placeTrace(draft);
  if (draft.textAt("/subject") !== undefined) draft.moveTarget({ type: "subject", id: "/subject" });
  return draft.finish();
}

/** `source` and `id` together are unique (1.0, §3.1.1). Both stay under `details` when they are long. */
function placeIdentity(draft: Draft): void {
  const source = draft.textAt("/source") ?? "";
  const id = draft.textAt("/id") ?? "";
  const identity = `${source}#${id}`;
  draft.set("id", identity, "join", ["/source", "/id"]);
  if (identity.length <= MAX_WHOLE_CHARS) draft.take("/source", "/id");
}

const MAX_WHOLE_CHARS = 200;

function placeActor(draft: Draft): void {
  const type = lookUp(ACTOR_TYPES, draft.textAt("/authtype"));
  if (draft.textAt("/authid") === undefined && type === undefined) return;
  draft.set("actor.type", type, "table", ["/authtype"]);
  draft.move("actor.id", "/authid");
}

const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

function placeTrace(draft: Draft): void {
  const trace = TRACEPARENT.exec(draft.textAt("/traceparent") ?? "")?.[1];
  if (trace !== undefined && !/^0+$/.test(trace)) draft.set("context.trace_id", trace, "traceparent", ["/traceparent"]);
}
