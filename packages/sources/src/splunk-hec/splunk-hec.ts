import { verbOfAction } from "@cairn/event";
import { actionOf, actionSegment } from "../core/action-name.ts";
import { readConcatenatedJson } from "../core/concatenated-json.ts";
import { createDraft } from "../core/create-draft.ts";
import type { Draft } from "../core/draft.ts";
import type { JsonObject } from "../core/json-values.ts";
import type { ReadItem } from "../core/read-json.ts";
import { SourceError } from "../core/source-error.ts";
import type { MapContext, MappedEvent, SourceMapping } from "../core/source-mapping.ts";
import { placeSpoken, resultOfWord } from "../core/spoken-fields.ts";

export const SPLUNK_HEC_SOURCE = "splunk_hec";

/** The mapping of events of Splunk's HTTP event collector. `docs/sources/splunk-hec.md` has the table. */
export const splunkHecMapping: SourceMapping = { name: SPLUNK_HEC_SOURCE, map: mapHecEvent };

/** Reads a body of `/services/collector/event`: objects one after the other. */
export function readSplunkHec(body: string): ReadItem[] {
  return readConcatenatedJson(body);
}

/** Answers of the collector by its own codes. */
export const HEC_ANSWERS = {
  success: { code: 0, text: "Success", status: 200 },
  noData: { code: 5, text: "No data", status: 400 },
  invalidFormat: { code: 6, text: "Invalid data format", status: 400 },
  eventMissing: { code: 12, text: "Event field is required", status: 400 },
  eventBlank: { code: 13, text: "Event field cannot be blank", status: 400 },
} as const;

export type HecAnswer = (typeof HEC_ANSWERS)[keyof typeof HEC_ANSWERS];

/** Tells what the collector answers for a record that was refused. */
export function hecAnswerOf(error: SourceError): HecAnswer {
  if (error.code === "body_empty") return HEC_ANSWERS.noData;
  if (error.code !== "shape_invalid") return HEC_ANSWERS.invalidFormat;
  return error.message === BLANK ? HEC_ANSWERS.eventBlank : HEC_ANSWERS.eventMissing;
}

const BLANK = "the event is blank";

function mapHecEvent(record: JsonObject, context: MapContext): MappedEvent {
  const { event } = record;
  if (event === undefined || event === null)
    throw new SourceError("shape_invalid", "there is no `event`", { pointer: "/event" });
  if (event === "") throw new SourceError("shape_invalid", BLANK, { pointer: "/event" });
  const draft = createDraft(record, context, SPLUNK_HEC_SOURCE);
  draft.move("id", "/event/id", "/event/event_id", "/fields/event_id");
  // Splunk takes seconds; some senders write milliseconds.
  const unit = /^\d{13}$/.test(draft.textAt("/time") ?? "") ? "ms" : "s";
  draft.moveTime("/time", { kind: "epoch", unit });
  placeTime(draft);
  placeAction(draft);
  placeSpoken(draft, "/event");
  placeSpoken(draft, "/fields");
  if (typeof event === "string") draft.move("description", "/event");
  return draft.finish();
}

function placeTime(draft: Draft): void {
  if (draft.at("/time") !== undefined) return;
  const pointer = ["/event/occurred_at", "/event/timestamp", "/event/@timestamp"].find(
    (each) => draft.textAt(each) !== undefined,
  );
  if (pointer !== undefined) draft.moveTime(pointer, { kind: "rfc3339" });
}

/** In Splunk's common information model `action` is how it ended: then the name is the kind of the event. */
function placeAction(draft: Draft): void {
  const given = draft.textAt("/event/action");
  const isOutcome = resultOfWord(given) !== undefined;
  if (isOutcome) draft.set("outcome.result", resultOfWord(given), "table", ["/event/action"]);
  const pointer = [
    ...(isOutcome ? [] : ["/event/action"]),
    "/event/vendor_action",
    "/event/signature",
    "/event/event_type",
    "/event/eventType",
  ].find((each) => draft.textAt(each) !== undefined);
  const sourcetype = draft.textAt("/sourcetype");
  const action =
    pointer === undefined ? `hec.${actionSegment(sourcetype ?? "event")}` : actionOf(draft.textAt(pointer) ?? "");
  draft.set("action", action, "names", [pointer ?? "/sourcetype"]);
  if (pointer !== undefined) draft.move("source_action", pointer);
  if (draft.textAt("/event/verb") !== undefined) return;
  // The name of a kind of log is no word for what happened.
  const verb = pointer === undefined ? "other" : verbOfAction(action.replaceAll("_", "."));
  draft.set("verb", verb, "words", [pointer ?? "/sourcetype"]);
}
