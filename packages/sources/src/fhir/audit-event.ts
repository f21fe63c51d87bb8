import type { ActorType, Json } from "@cairn/event";
import { actionSegment } from "../core/action-name.ts";
import { createDraft } from "../core/create-draft.ts";
import type { Draft } from "../core/draft.ts";
import { asArray, asObject, type JsonObject, lookUp, member, text } from "../core/json-values.ts";
import { SourceError } from "../core/source-error.ts";
import type { MapContext, MappedEvent, SourceMapping } from "../core/source-mapping.ts";
import {
  DICOM_EVENT_IDS,
  DICOM_EVENT_TYPES,
  DICOM_ROLES,
  TARGET_OF_ROLE,
  VERB_OF_ACTION_CODE,
} from "../health/dicom-codes.ts";
import { FHIR_SYSTEMS, VERB_OF_INTERACTION } from "./fhir-codes.ts";

export const FHIR_SOURCE = "fhir";

/** The mapping of FHIR R4 AuditEvents. `docs/sources/fhir.md` has the table. */
export const fhirAuditMapping: SourceMapping = { name: FHIR_SOURCE, map: mapAuditEvent };

function mapAuditEvent(record: JsonObject, context: MapContext): MappedEvent {
  if (record.resourceType === "OperationOutcome") return mapOperationOutcome(record, context);
  if (record.resourceType !== "AuditEvent") {
    throw new SourceError("shape_invalid", "the resource is not an AuditEvent", { pointer: "/resourceType" });
  }
  const draft = createDraft(record, context, FHIR_SOURCE);
  draft.move("id", "/id");
  draft.moveTime("/recorded", { kind: "rfc3339" });
  placeAction(draft);
  placeOutcome(draft);
  const agents = asArray(record.agent);
  const actor = actorIndex(agents);
  if (actor === -1) draft.set("actor.type", "anonymous");
  else placeActor(draft, agents[actor] as Json, `/agent/${actor}`);
  placeAddress(draft, agents, actor);
  placeRecipient(draft, agents);
  for (const [i, entity] of asArray(record.entity).entries()) placeEntity(draft, entity, `/entity/${i}`);
  placePurpose(draft, actor);
  draft.move("context.location", "/source/site");
  return draft.finish();
}

/** A search answered in part: who did not answer stands in the Bundle beside what was found, and must not be lost. */
function mapOperationOutcome(record: JsonObject, context: MapContext): MappedEvent {
  const draft = createDraft(record, context, FHIR_SOURCE);
  draft.move("id", "/id");
  draft.set("action", "source.incomplete");
  draft.set("verb", "other");
  draft.set("category", "system");
  draft.set("actor.type", "system");
  const severities = asArray(record.issue).map((issue) => text(member(issue, "severity")));
  const isError = severities.some((severity) => severity === "error" || severity === "fatal");
  draft.set("outcome.result", isError ? "failure" : "unknown", "table", ["/issue"]);
  draft.move("source_action", "/issue/0/code");
  draft.move("description", "/issue/0/details/text", "/issue/0/diagnostics");
  return draft.finish();
}

interface Coding {
  readonly system: string | undefined;
  readonly code: string | undefined;
  readonly display: string | undefined;
}

function codingOf(value: Json | undefined): Coding {
  return {
    system: text(member(value, "system")),
    code: text(member(value, "code")),
    display: text(member(value, "display")),
  };
}

/** The codings of a CodeableConcept. */
function codingsOf(concept: Json | undefined): Coding[] {
  return asArray(member(concept, "coding")).map(codingOf);
}

function placeAction(draft: Draft): void {
  const type = codingOf(draft.at("/type"));
  const subtypes = asArray(draft.at("/subtype")).map(codingOf);
  const from = ["/type", "/subtype"];
  const dicom = subtypes.map(({ code }) => DICOM_EVENT_TYPES.get(code ?? "")).find((each) => each !== undefined);
  const kind = type.system === FHIR_SYSTEMS.eventType ? undefined : DICOM_EVENT_IDS.get(type.code ?? "");
  const rest = subtypes.find(({ system }) => system === FHIR_SYSTEMS.restful);
  const isRest = type.code === "rest" && rest?.code !== undefined;
  const [first] = subtypes;
  const named = actionSegment(first?.code ?? type.code ?? "event");
  const action =
    dicom?.action ?? (isRest ? `fhir.${actionSegment(rest.code ?? "")}` : (kind?.action ?? `audit.${named}`));
  draft.set("action", action, "table", from);
  const byLetter = lookUp(VERB_OF_ACTION_CODE, draft.textAt("/action"));
  const verb = dicom?.verb ?? lookUp(VERB_OF_INTERACTION, rest?.code) ?? kind?.verb ?? byLetter ?? "other";
  draft.set("verb", isRest || dicom !== undefined ? verb : (kind?.verb ?? byLetter ?? "other"), "table", [
    ...from,
    "/action",
  ]);
  const hasPatient = asArray(draft.at("/entity")).some((entity) => entityType(entity) === "patient");
  const ofData = hasPatient ? "patient_record" : "data_access";
  draft.set("category", dicom?.category ?? (isRest ? ofData : (kind?.category ?? ofData)), "table", from);
  const words = [type, ...subtypes].map(({ code, display }) =>
    [code, display].filter((part) => part !== undefined).join(" "),
  );
  draft.set("source_action", words.filter((each) => each !== "").join("; "), "join", from);
}

/** An authorization that was not given is denied; any other failure is a failure. */
function placeOutcome(draft: Draft): void {
  const code = draft.textAt("/outcome");
  const isAuthorization = asArray(draft.at("/subtype")).some((each) => /authz/i.test(codingOf(each).code ?? ""));
  const isFailure = code === "4" || code === "8" || code === "12";
  const failure = isAuthorization ? "denied" : "failure";
  draft.set("outcome.result", code === "0" ? "success" : isFailure ? failure : "unknown", "table", ["/outcome"]);
  draft.move("outcome.reason", "/outcomeDesc");
}

function agentRoles(agent: Json): string[] {
  const concepts = [member(agent, "type"), ...asArray(member(agent, "role"))];
  return concepts.flatMap((concept) => codingsOf(concept).flatMap(({ code }) => code ?? []));
}

const MACHINE_ROLES: ReadonlySet<string> = new Set(Object.values(DICOM_ROLES));

/** Who asked for it; if nobody did, the first who is neither end of the transfer, else its source. */
function actorIndex(agents: readonly Json[]): number {
  const requestor = agents.findIndex((agent) => member(agent, "requestor") === true);
  if (requestor !== -1) return requestor;
  const other = agents.findIndex((agent) => !agentRoles(agent).some((role) => MACHINE_ROLES.has(role)));
  const source = agents.findIndex((agent) => agentRoles(agent).includes(DICOM_ROLES.source));
  return other !== -1 ? other : source !== -1 ? source : agents.length > 0 ? 0 : -1;
}

/** Types of resources that are people, and those that are things. */
const TYPE_OF_REFERENCE: Readonly<Record<string, ActorType>> = {
  Practitioner: "user",
  PractitionerRole: "user",
  Patient: "user",
  RelatedPerson: "user",
  Person: "user",
  Organization: "service",
  Device: "service",
};

function referenceType(reference: string | undefined): string | undefined {
  return /(?:^|\/)([A-Z][A-Za-z]+)\/[^/]+(?:\/_history\/[^/]+)?$/.exec(reference ?? "")?.[1];
}

function placeActor(draft: Draft, agent: Json, at: string): void {
  const reference = draft.textAt(`${at}/who/reference`);
  const ids = [`${at}/who/identifier/value`, `${at}/who/reference`, `${at}/altId`];
  const names = [`${at}/name`, `${at}/who/display`];
  const isKnown = [...ids, ...names].some((pointer) => draft.textAt(pointer) !== undefined);
  const isMachine = agentRoles(agent).some((role) => MACHINE_ROLES.has(role));
  const byReference = lookUp(TYPE_OF_REFERENCE, referenceType(reference));
  draft.set("actor.type", isKnown ? (byReference ?? (isMachine ? "service" : "user")) : "anonymous", "table", [
    `${at}/who`,
    `${at}/type`,
  ]);
  draft.move("actor.id", ...ids);
  draft.move("actor.name", ...names);
  const role = [...asArray(member(agent, "role")), member(agent, "type")].flatMap(codingsOf)[0];
  draft.set("actor.role", role?.display ?? role?.code, "copy", [`${at}/role`, `${at}/type`]);
}

/** The actor's address, else that of the first agent whose network point is an address (type 2). */
function placeAddress(draft: Draft, agents: readonly Json[], actor: number): void {
  const order = [actor, ...agents.keys()].filter((i) => i >= 0);
  draft.move("context.ip", ...order.map((i) => `/agent/${i}/network/address`));
}

/** Whom an export or a disclosure went to. */
function placeRecipient(draft: Draft, agents: readonly Json[]): void {
  const code = codingOf(draft.at("/type")).code;
  if (code !== "110106" && code !== "110107" && code !== "110104") return;
  const index = agents.findIndex((agent) => agentRoles(agent).includes(DICOM_ROLES.destination));
  const at = `/agent/${index}`;
  const pointers = [`${at}/name`, `${at}/who/display`, `${at}/who/reference`, `${at}/who/identifier/value`];
  const pointer = pointers.find((each) => draft.textAt(each) !== undefined);
  if (pointer !== undefined) draft.set("recipient", draft.textAt(pointer), "copy", [pointer]);
}

function entityType(entity: Json): string {
  const byReference = referenceType(text(member(member(entity, "what"), "reference")));
  if (byReference !== undefined) return byReference.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
  const role = lookUp(TARGET_OF_ROLE, codingOf(member(entity, "role")).code);
  const type = codingOf(member(entity, "type"));
  return role ?? (type.system === FHIR_SYSTEMS.entityType && type.code === "1" ? "person" : "object");
}

function placeEntity(draft: Draft, entity: Json, at: string): void {
  if (asObject(entity) === undefined) return;
  if (codingOf(member(entity, "type")).code === "XrequestId") {
    draft.move("context.request_id", `${at}/what/identifier/value`);
    return;
  }
  const id = [`${at}/what/identifier/value`, `${at}/what/reference`].find((each) => draft.textAt(each) !== undefined);
  const name = [`${at}/name`, `${at}/what/display`].find((each) => draft.textAt(each) !== undefined);
  const type = entityType(entity);
  if (id === undefined && name === undefined) draft.addTarget({ type }, [at]);
  else draft.moveTarget({ type, ...(id && { id }), ...(name && { name }) });
}

function placePurpose(draft: Draft, actor: number): void {
  const places = ["/purposeOfEvent", `/agent/${actor}/purposeOfUse`];
  for (const place of places) {
    const coding = asArray(draft.at(place)).flatMap(codingsOf)[0];
    draft.set("purpose", coding?.display ?? coding?.code, "copy", [place]);
  }
}
