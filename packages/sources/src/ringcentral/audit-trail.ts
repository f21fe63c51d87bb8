import { createDraft } from "../core/create-draft.ts";
import type { Draft } from "../core/draft.ts";
import type { JsonObject } from "../core/json-values.ts";
import { text } from "../core/json-values.ts";
import { type ReadItem, readJsonRecords } from "../core/read-json.ts";
import { SourceError } from "../core/source-error.ts";
import type { MapContext, MappedEvent, SourceMapping } from "../core/source-mapping.ts";
import { auditActionOf } from "./audit-actions.ts";
import { parameterChanges } from "./audit-changes.ts";

export const RINGCENTRAL_SOURCE = "ringcentral";

/** The mapping of records of RingCentral's audit trail. `docs/sources/ringcentral.md` has the table. */
export const auditTrailMapping: SourceMapping = { name: RINGCENTRAL_SOURCE, map: mapAuditRecord };

/** Reads an answer of the audit-trail search, an array of records, or a record on each line. */
export function readAuditTrail(body: string): ReadItem[] {
  return readJsonRecords(body, ["records"]);
}

function mapAuditRecord(record: JsonObject, context: MapContext): MappedEvent {
  const actionId = text(record.actionId);
  if (actionId === undefined) {
    throw new SourceError("shape_invalid", "an audit-trail record has an `actionId`", { pointer: "/actionId" });
  }
  const draft = createDraft(record, context, RINGCENTRAL_SOURCE);
  const { action, verb, category, result } = auditActionOf(actionId, text(record.eventType));
  placeIdentity(draft);
  draft.moveTime("/eventTime", { kind: "rfc3339" });
  draft.set("action", action, "words", ["/actionId"]);
  draft.set("verb", verb, "words", ["/actionId", "/eventType"]);
  draft.set("category", category, "words", ["/actionId"]);
  draft.set("outcome.result", result, "words", ["/actionId"]);
  draft.move("source_action", "/actionId");
  draft.move("description", "/comment");
  draft.set("actor.type", draft.at("/initiator") === undefined ? "system" : "user", "table", ["/initiator"]);
  draft.move("actor.id", "/initiator/extensionId");
  draft.move("actor.name", "/initiator/name");
  draft.move("actor.role", "/initiator/role");
  placeTarget(draft);
  draft.move("context.ip", "/clientIp");
  for (const change of parameterChanges(actionId, draft.at("/details/parameters"))) {
    draft.addChange(
      change,
      change.from.map((i) => `/details/parameters/${i}`),
    );
  }
  return draft.finish();
}

/** Ids are unique within an account, and need not look like UUIDs. */
function placeIdentity(draft: Draft): void {
  const id = draft.textAt("/id");
  if (id === undefined) return;
  const account = draft.textAt("/accountId");
  draft.set("id", account === undefined ? id : `${account}:${id}`, "join", ["/accountId", "/id"]);
  if (id.length <= MAX_TAKEN_CHARS && (account ?? "").length <= MAX_TAKEN_CHARS) draft.take("/id");
}

const MAX_TAKEN_CHARS = 64;

/** Object `0` is the whole company. */
function placeTarget(draft: Draft): void {
  const type = (draft.textAt("/target/objectType") ?? "object").toLowerCase();
  if (draft.textAt("/target/objectId") === "0") {
    draft.addTarget({ type, id: draft.textAt("/accountId") ?? "0", name: draft.textAt("/target/name") }, [
      "/accountId",
    ]);
  } else draft.moveTarget({ type, id: "/target/objectId", name: "/target/name" });
}
