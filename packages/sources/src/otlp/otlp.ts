import { verbOfAction } from "@cairn/event";
import { actionOf } from "../core/action-name.ts";
import { createDraft } from "../core/create-draft.ts";
import type { Draft } from "../core/draft.ts";
import type { JsonObject } from "../core/json-values.ts";
import type { MapContext, MappedEvent, SourceMapping } from "../core/source-mapping.ts";
import { placeSpoken } from "../core/spoken-fields.ts";

export const OTLP_SOURCE = "otlp";

/** The mapping of OTLP log records as the two decoders give them. `docs/sources/otlp.md` has the table. */
export const otlpMapping: SourceMapping = { name: OTLP_SOURCE, map: mapLogRecord };

/** Where the name of what happened may stand, best first. */
const ACTIONS = [
  "/event_name",
  "/attributes/event.name",
  "/attributes/event.action",
  "/attributes/action",
  "/body/action",
];

function mapLogRecord(record: JsonObject, context: MapContext): MappedEvent {
  const draft = createDraft(record, context, OTLP_SOURCE);
  draft.move("id", "/attributes/log.record.uid", "/attributes/event.id", "/body/id");
  // Zero or absent: when it was seen is all that is known.
  draft.moveTime(record.time_unix_nano === undefined ? "/observed_time_unix_nano" : "/time_unix_nano", {
    kind: "epoch",
    unit: "ns",
  });
  placeAction(draft);
  draft.move("context.trace_id", "/trace_id");
  placeSpoken(draft, "/attributes");
  placeSpoken(draft, "/body");
  if (typeof record.body === "string") draft.move("description", "/body");
  const service = draft.textAt("/resource/service.name");
  if (service !== undefined) draft.label("service", service);
  return draft.finish();
}

function placeAction(draft: Draft): void {
  const pointer = ACTIONS.find((each) => draft.textAt(each) !== undefined);
  const name = pointer === undefined ? undefined : draft.textAt(pointer);
  const action = name === undefined ? "log.record" : actionOf(name);
  draft.set("action", action, "names", pointer === undefined ? [] : [pointer]);
  if (pointer !== undefined) draft.move("source_action", pointer);
  if (draft.textAt("/attributes/verb") === undefined && draft.textAt("/body/verb") === undefined) {
    draft.set("verb", verbOfAction(action), "words", pointer === undefined ? [] : [pointer]);
  }
}
