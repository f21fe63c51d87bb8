import { type ActorType, isEmail, type Json } from "@cairn/event";
import { actionSegment } from "../core/action-name.ts";
import { createDraft } from "../core/create-draft.ts";
import type { Draft } from "../core/draft.ts";
import { asArray, asObject, type JsonObject, lookUp, member, text } from "../core/json-values.ts";
import { SourceError } from "../core/source-error.ts";
import type { MapContext, MappedEvent, SourceMapping } from "../core/source-mapping.ts";
import { type Zone, zoneOf } from "../core/zoned-time.ts";
import {
  DICOM_EVENT_IDS,
  DICOM_EVENT_TYPES,
  DICOM_ROLES,
  TARGET_OF_ROLE,
  VERB_OF_ACTION_CODE,
} from "../health/dicom-codes.ts";

export const DICOM_SOURCE = "dicom";

export interface DicomOptions {
  /** IANA zone of times without an offset, which old senders write; UTC when absent. */
  readonly zone?: string;
}

/** Makes the mapping of DICOM audit messages, as `readDicomAudit` gives them. `docs/sources/dicom.md` has the table. */
export function createDicomMapping(options: DicomOptions = {}): SourceMapping {
  const zone = options.zone === undefined ? undefined : zoneOf(options.zone);
  return { name: DICOM_SOURCE, map: (record, context) => mapAudit(record, context, zone) };
}

const EVENT = "/EventIdentification/0";

function mapAudit(record: JsonObject, context: MapContext, zone: Zone | undefined): MappedEvent {
  if (asObject(asArray(record.EventIdentification)[0]) === undefined) {
    throw new SourceError("shape_invalid", "an audit message has an EventIdentification", {
      pointer: "/EventIdentification",
    });
  }
  const draft = createDraft(record, context, DICOM_SOURCE);
  draft.moveTime(`${EVENT}/EventDateTime`, { kind: "rfc3339", ...(zone === undefined ? {} : { zone }) });
  placeAction(draft);
  placeOutcome(draft);
  const participants = asArray(record.ActiveParticipant);
  const actor = actorIndex(participants);
  if (actor === -1) draft.set("actor.type", "anonymous");
  else placeActor(draft, participants[actor] as Json, `/ActiveParticipant/${actor}`);
  placeRecipient(draft, participants, actor);
  for (const [i, object] of asArray(record.ParticipantObjectIdentification).entries()) {
    placeObject(draft, object, `/ParticipantObjectIdentification/${i}`);
  }
  draft.move("context.location", "/AuditSourceIdentification/0/AuditEnterpriseSiteID");
  const source = draft.textAt("/AuditSourceIdentification/0/AuditSourceID");
  if (source !== undefined) draft.label("audit_source", source);
  return draft.finish();
}

/** Reads a coded value: `csd-code` in DICOM, `code` in RFC 3881. */
function codeOf(value: Json | undefined): string | undefined {
  return text(member(value, "csd-code")) ?? text(member(value, "code"));
}

function nameOf(value: Json | undefined): string | undefined {
  return text(member(value, "originalText")) ?? text(member(value, "displayName"));
}

function placeAction(draft: Draft): void {
  const [eventId] = asArray(draft.at(`${EVENT}/EventID`));
  const types = asArray(draft.at(`${EVENT}/EventTypeCode`));
  const known = types.map((type) => DICOM_EVENT_TYPES.get(codeOf(type) ?? "")).find((type) => type !== undefined);
  const kind = DICOM_EVENT_IDS.get(codeOf(eventId) ?? "");
  const named = actionSegment(nameOf(eventId) ?? codeOf(eventId) ?? "event");
  const from = [`${EVENT}/EventTypeCode`, `${EVENT}/EventID`];
  if (known === undefined && kind === undefined) draft.warn(`unknown_code:${codeOf(eventId) ?? ""}`);
  draft.set("action", known?.action ?? kind?.action ?? `audit.${named}`, "table", from);
  const byCode = lookUp(VERB_OF_ACTION_CODE, draft.textAt(`${EVENT}/EventActionCode`));
  draft.set("verb", known?.verb ?? kind?.verb ?? byCode ?? "other", "table", [...from, `${EVENT}/EventActionCode`]);
  draft.set("category", known?.category ?? kind?.category ?? "other", "table", from);
  const words = [eventId, ...types].map((each) =>
    [codeOf(each), nameOf(each)].filter((part) => part !== undefined).join(" "),
  );
  draft.set("source_action", words.filter((each) => each !== "").join("; "), "join", from);
}

/** 0 success, 4 minor, 8 serious, 12 major failure. */
function placeOutcome(draft: Draft): void {
  const code = draft.textAt(`${EVENT}/EventOutcomeIndicator`);
  const isFailure = code === "4" || code === "8" || code === "12";
  const result = code === "0" ? "success" : isFailure ? "failure" : "unknown";
  draft.set("outcome.result", result, "table", [`${EVENT}/EventOutcomeIndicator`]);
  draft.move("outcome.reason", `${EVENT}/EventOutcomeDescription/0/#text`);
}

function rolesOf(participant: Json): string[] {
  return asArray(member(participant, "RoleIDCode")).flatMap((role) => codeOf(role) ?? []);
}

/** Who asked for it; of several who did, a person. If nobody did, whoever is not the receiving side. */
function actorIndex(participants: readonly Json[]): number {
  const indexes = participants.map((_, i) => i);
  const requestors = indexes.filter((i) =>
    /^(?:true|1)$/i.test(text(member(participants[i], "UserIsRequestor")) ?? ""),
  );
  const person = requestors.find((i) => isPerson(participants[i] ?? null));
  const sender = indexes.find((i) => !rolesOf(participants[i] ?? null).includes(DICOM_ROLES.destination));
  return person ?? requestors[0] ?? sender ?? (participants.length === 0 ? -1 : 0);
}

function isPerson(participant: Json): boolean {
  const code = text(member(participant, "UserTypeCode"));
  if (code !== undefined) return code === "1";
  return text(member(participant, "UserName")) !== undefined || isEmail(text(member(participant, "UserID")) ?? "");
}

const MACHINE_ROLES: ReadonlySet<string> = new Set(Object.values(DICOM_ROLES));

function placeActor(draft: Draft, participant: Json, at: string): void {
  const roles = asArray(member(participant, "RoleIDCode"));
  const isMachine = !isPerson(participant) && rolesOf(participant).some((role) => MACHINE_ROLES.has(role));
  const hasId = draft.textAt(`${at}/UserID`) !== undefined || draft.textAt(`${at}/UserName`) !== undefined;
  const type: ActorType = !hasId ? "anonymous" : isMachine ? "service" : "user";
  draft.set("actor.type", type, "table", [`${at}/UserTypeCode`, `${at}/RoleIDCode`]);
  draft.move("actor.id", `${at}/UserID`, `${at}/AlternativeUserID`);
  draft.move("actor.name", `${at}/UserName`);
  draft.set(
    "actor.role",
    roles
      .map(nameOf)
      .find((name) => name !== undefined)
      ?.trim(),
    "copy",
    [`${at}/RoleIDCode`],
  );
  draft.move("context.ip", `${at}/NetworkAccessPointID`);
}

/** To whom data went. */
function placeRecipient(draft: Draft, participants: readonly Json[], actor: number): void {
  const code = codeOf(asArray(draft.at(`${EVENT}/EventID`))[0]);
  if (code !== "110104" && code !== "110106") return;
  const index = participants.findIndex((each, i) => i !== actor && rolesOf(each).includes(DICOM_ROLES.destination));
  const participant = participants[index];
  const who = text(member(participant, "UserName")) ?? text(member(participant, "UserID"));
  draft.set("recipient", who, "copy", [`/ActiveParticipant/${index}/UserID`]);
}

const TRACEPARENT = /^00-([0-9a-f]{32})-/;

function placeObject(draft: Draft, object: Json, at: string): void {
  const idType = codeOf(asArray(member(object, "ParticipantObjectIDTypeCode"))[0]);
  if (idType === "traceparent") {
    const trace = TRACEPARENT.exec(draft.textAt(`${at}/ParticipantObjectID`) ?? "")?.[1];
    draft.set("context.trace_id", trace, "traceparent", [`${at}/ParticipantObjectID`]);
    return;
  }
  const role = text(member(object, "ParticipantObjectTypeCodeRole"));
  const isPersonObject = text(member(object, "ParticipantObjectTypeCode")) === "1";
  const type = lookUp(TARGET_OF_ROLE, role) ?? (isPersonObject ? "person" : idType === "110180" ? "study" : "object");
  draft.moveTarget({ type, id: `${at}/ParticipantObjectID`, name: `${at}/ParticipantObjectName/0/#text` });
}
