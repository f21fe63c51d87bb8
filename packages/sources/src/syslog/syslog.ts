import { verbOfAction } from "@cairn/event";
import { actionOf, actionSegment } from "../core/action-name.ts";
import { createDraft } from "../core/create-draft.ts";
import type { Draft } from "../core/draft.ts";
import type { JsonObject } from "../core/json-values.ts";
import { SourceError } from "../core/source-error.ts";
import type { MapContext, MappedEvent, SourceMapping } from "../core/source-mapping.ts";
import { placeSpoken, resultOfWord } from "../core/spoken-fields.ts";

export const SYSLOG_SOURCE = "syslog";

/** The mapping of records that `parseSyslog` gives. `docs/sources/syslog.md` has the table. */
export const syslogMapping: SourceMapping = { name: SYSLOG_SOURCE, map: mapSyslog };

function mapSyslog(record: JsonObject, context: MapContext): MappedEvent {
  if (typeof record.facility !== "number") {
    throw new SourceError("shape_invalid", "a parsed syslog message has a facility", { pointer: "/facility" });
  }
  const draft = createDraft(record, context, SYSLOG_SOURCE);
  placeTime(draft);
  if (draft.at("/cef") !== undefined) placeCef(draft);
  else if (draft.at("/leef") !== undefined) placeLeef(draft);
  else placePlain(draft);
  const app = draft.textAt("/app");
  if (app !== undefined) draft.label("app", app);
  const host = draft.textAt("/host");
  if (host !== undefined) draft.label("host", host);
  return draft.finish();
}

function placeTime(draft: Draft): void {
  const uncertainMs = draft.at("/time_uncertain_ms");
  const time = draft.textAt("/time");
  if (time !== undefined && typeof uncertainMs === "number" && Number.isSafeInteger(uncertainMs) && uncertainMs >= 0) {
    const timeMs = Date.parse(time);
    if (Number.isFinite(timeMs) && timeMs >= 0) draft.setTime(timeMs, uncertainMs, ["/time"]);
  } else draft.moveTime(time === undefined ? "/timestamp" : "/time", { kind: "rfc3339" });
}

function placePlain(draft: Draft): void {
  const named = ["/json/action", "/json/event_name", "/json/event.name"].find(
    (each) => draft.textAt(each) !== undefined,
  );
  const app = actionSegment(draft.textAt("/app") ?? "message");
  const msgid = draft.textAt("/msgid");
  const bySender = msgid === undefined ? `syslog.${app}` : `syslog.${app}.${actionSegment(msgid)}`;
  const action = named === undefined ? bySender : actionOf(draft.textAt(named) ?? "");
  draft.set("action", action, "names", named === undefined ? ["/app", "/msgid"] : [named]);
  // The name of a program is no word for what happened.
  const verb = named === undefined ? "other" : verbOfAction(action);
  if (draft.textAt("/json/verb") === undefined) draft.set("verb", verb, "words", [named ?? "/app"]);
  if (named !== undefined) {
    draft.move("source_action", named);
    draft.move("id", "/json/id");
  }
  placeSpoken(draft, "/json");
  draft.move("description", "/message");
}

/** Keys of the CEF dictionary. */
function placeCef(draft: Draft): void {
  const at = "/cef/extension";
  const vendor = actionSegment(draft.textAt("/cef/device_product") ?? "cef");
  draft.set("action", actionOf(`${vendor}.${actionSegment(draft.textAt("/cef/name") ?? "event")}`), "names", [
    "/cef/name",
  ]);
  draft.move("source_action", "/cef/event_class_id");
  draft.move("description", `${at}/msg`, "/cef/name");
  draft.move("id", `${at}/externalId`);
  if (draft.textAt("/timestamp") === undefined && draft.textAt("/time") === undefined) {
    draft.moveTime(`${at}/rt`, { kind: "epoch", unit: "ms" });
  }
  draft.move("actor.id", `${at}/suid`, `${at}/suser`);
  draft.move("actor.name", `${at}/suser`);
  draft.move("context.ip", `${at}/src`);
  draft.move("context.user_agent", `${at}/requestClientApplication`);
  placeResult(draft, [`${at}/outcome`, `${at}/act`]);
  draft.move("outcome.reason", `${at}/reason`);
  draft.moveTarget({ type: "user", id: `${at}/duid`, name: `${at}/duser` });
  draft.moveTarget({ type: "file", id: `${at}/filePath`, name: `${at}/fname` });
}

/** Keys that IBM predefines. */
function placeLeef(draft: Draft): void {
  const at = "/leef/attributes";
  const product = actionSegment(draft.textAt("/leef/product") ?? "leef");
  draft.set("action", actionOf(`${product}.${actionSegment(draft.textAt("/leef/event_id") ?? "event")}`), "names", [
    "/leef/event_id",
  ]);
  draft.move("source_action", "/leef/event_id");
  draft.move("actor.id", `${at}/usrName`);
  draft.move("actor.role", `${at}/role`);
  draft.move("context.ip", `${at}/src`);
  draft.moveTarget({ type: "resource", id: `${at}/resource` });
  placeResult(draft, [`${at}/outcome`, `${at}/result`]);
}

function placeResult(draft: Draft, pointers: readonly string[]): void {
  const pointer = pointers.find((each) => resultOfWord(draft.textAt(each)) !== undefined);
  if (pointer !== undefined) draft.set("outcome.result", resultOfWord(draft.textAt(pointer)), "table", [pointer]);
}
