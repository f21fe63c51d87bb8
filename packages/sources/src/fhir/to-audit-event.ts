import type { CairnEvent, EventTarget, Json, Receipt, Verb } from "@cairn/event";
import type { JsonObject } from "../core/json-values.ts";
import { FHIR_SYSTEMS } from "./fhir-codes.ts";

/** An event as it is read back: with its receipt, or without. */
export type WrittenEvent = CairnEvent & Partial<Receipt>;

/** What the event itself does not say. */
export interface AuditEventOptions {
  /** Who observed: the system, as people know it. */
  readonly observer: string;
  /** Where: enterprise or site. */
  readonly site?: string;
}

/** System of the codes that are actions of this log. */
const ACTION_SYSTEM = "https://cairn.dev/actions";

/**
 * Writes an event as a FHIR R4 AuditEvent (4.0.1). Sign-ins, exports and uses of the log get DICOM's codes, accesses to data
 * the RESTful ones; the action itself is always among the subtypes. What has no element goes to the details of an entity.
 */
export function toAuditEvent(event: WrittenEvent, { observer, site }: AuditEventOptions): JsonObject {
  const id = idOf(event);
  const outcome = OUTCOME_CODES[event.outcome.result];
  const { reason } = event.outcome;
  const letter = LETTERS[event.verb];
  const entities = entitiesOf(event);
  return {
    resourceType: "AuditEvent",
    ...(id === undefined ? {} : { id }),
    ...typeOf(event),
    ...(letter === undefined ? {} : { action: letter }),
    recorded: event.occurred_at,
    ...(outcome === undefined ? {} : { outcome }),
    ...(reason === undefined ? {} : { outcomeDesc: plain(reason) }),
    ...(event.purpose === undefined ? {} : { purposeOfEvent: [{ text: plain(event.purpose) }] }),
    agent: agentsOf(event),
    source: { ...(site === undefined ? {} : { site: plain(site) }), observer: { display: plain(observer) } },
    ...(entities.length === 0 ? {} : { entity: entities }),
  };
}

/** Ids of resources (2.24.0.1): what does not fit them is no id. */
const RESOURCE_ID = /^[A-Za-z0-9.-]{1,64}$/;

function idOf(event: WrittenEvent): string | undefined {
  if (event.ledger !== undefined && event.sequence !== undefined) return `e${event.ledger}-${event.sequence}`;
  return RESOURCE_ID.test(event.id) ? event.id : undefined;
}

/** FHIR texts hold no control characters but tab and line ends, and are never empty. */
function plain(text: string): string {
  const clean = text.replaceAll(/[^\P{Cc}\t\r\n]/gu, " ").trim();
  return clean === "" ? "-" : clean;
}

/** A refusal is a minor failure, a failure a serious one; of an unknown outcome nothing is said. */
const OUTCOME_CODES = { success: "0", denied: "4", failure: "8", unknown: undefined } as const;

const LETTERS: Readonly<Record<Verb, string | undefined>> = {
  create: "C",
  read: "R",
  update: "U",
  delete: "D",
  search: "E",
  export: "R",
  print: "R",
  copy: "R",
  send: "R",
  login: "E",
  logout: "E",
  grant: "U",
  revoke: "U",
  other: "E",
};

interface Code {
  readonly system: string;
  readonly code: string;
  readonly display: string;
}

const dicom = (code: string, display: string): Code => ({ system: FHIR_SYSTEMS.dicom, code, display });
const interaction = (code: string): Code => ({ system: FHIR_SYSTEMS.restful, code, display: code });
const REST: Code = { system: FHIR_SYSTEMS.eventType, code: "rest", display: "Restful Operation" };
const EXPORT = dicom("110106", "Export");

type TypeRow = readonly [type: Code, subtype: Code | undefined];

const TYPES: Readonly<Record<Verb, TypeRow>> = {
  login: [dicom("110114", "User Authentication"), dicom("110122", "Login")],
  logout: [dicom("110114", "User Authentication"), dicom("110123", "Logout")],
  read: [REST, interaction("read")],
  create: [REST, interaction("create")],
  update: [REST, interaction("update")],
  delete: [REST, interaction("delete")],
  search: [REST, interaction("search-type")],
  export: [EXPORT, undefined],
  print: [EXPORT, undefined],
  copy: [EXPORT, undefined],
  send: [EXPORT, undefined],
  grant: [dicom("110113", "Security Alert"), dicom("110136", "Security Roles Changed")],
  revoke: [dicom("110113", "Security Alert"), dicom("110136", "Security Roles Changed")],
  other: [dicom("110100", "Application Activity"), undefined],
};

const DISCLOSE: Code = { system: FHIR_SYSTEMS.lifecycle, code: "disclose", display: "Disclose" };
const LOG_USED: TypeRow = [dicom("110101", "Audit Log Used"), undefined];

function typeOf(event: WrittenEvent): { readonly type: Json; readonly subtype: Json } {
  const isLogUse = event.category === "administration" && (event.verb === "read" || event.verb === "search");
  const [type, subtype] = isLogUse ? LOG_USED : TYPES[event.verb];
  const disclosed = type === EXPORT && event.recipient !== undefined ? [DISCLOSE] : [];
  const own: Code = { system: ACTION_SYSTEM, code: event.action, display: event.action };
  const subtypes = [...(subtype === undefined ? [] : [subtype]), ...disclosed, own];
  return { type: { ...type }, subtype: subtypes.map((code) => ({ ...code })) };
}

function agentsOf(event: WrittenEvent): Json[] {
  const { actor, context } = event;
  const agents: Json[] = [
    {
      ...agentOf(actor),
      ...(actor.role === undefined ? {} : { role: [{ text: plain(actor.role) }] }),
      requestor: true,
      ...(context?.ip === undefined ? {} : { network: { address: context.ip, type: "2" } }),
    },
  ];
  if (actor.on_behalf_of !== undefined) agents.push({ ...agentOf(actor.on_behalf_of), requestor: false });
  if (event.recipient !== undefined) {
    const destination = { coding: [{ ...dicom("110152", "Destination Role ID") }] };
    agents.push({ type: destination, who: { display: plain(event.recipient) }, requestor: false });
  }
  return agents;
}

interface Principal {
  readonly type: string;
  readonly id?: string;
  readonly name?: string;
  readonly email?: string;
}

function agentOf({ type, id, name, email }: Principal): JsonObject {
  const display = name ?? email ?? id ?? type;
  return {
    type: { text: type },
    who: { ...(id === undefined ? {} : { identifier: { value: plain(id) } }), display: plain(display) },
    ...(email === undefined ? {} : { altId: plain(email) }),
    ...(name === undefined ? {} : { name: plain(name) }),
  };
}

/** Roles of objects by type of target; a thing of another type is a domain resource. */
const ROLE_OF_TARGET: Readonly<Record<string, string>> = {
  patient: "1",
  location: "2",
  report: "3",
  user: "6",
  list: "7",
  practitioner: "15",
  customer: "19",
  job: "20",
  table: "22",
  query: "24",
};
const DOMAIN_RESOURCE = "4";
const PERSON_TYPES: ReadonlySet<string> = new Set([
  "patient",
  "user",
  "practitioner",
  "customer",
  "person",
  "member",
  "staff",
]);

function entitiesOf(event: WrittenEvent): Json[] {
  const entities: Json[] = (event.targets ?? []).map(entityOf);
  const request = event.context?.request_id;
  if (request !== undefined) {
    const type = { system: FHIR_SYSTEMS.basicAuditEntity, code: "XrequestId" };
    entities.push({ what: { identifier: { value: plain(request) } }, type });
  }
  const details = detailsOf(event);
  if (details.length > 0) entities.push({ description: plain(event.description ?? event.action), detail: details });
  return entities;
}

function entityOf({ type, id, name }: EventTarget): Json {
  const role = Object.hasOwn(ROLE_OF_TARGET, type) ? ROLE_OF_TARGET[type] : DOMAIN_RESOURCE;
  const what = {
    ...(id === undefined ? {} : { identifier: { value: plain(id) } }),
    ...(name === undefined && id !== undefined ? {} : { display: plain(name ?? type) }),
  };
  return {
    what,
    type: { system: FHIR_SYSTEMS.entityType, code: PERSON_TYPES.has(type) ? "1" : "2" },
    role: { system: FHIR_SYSTEMS.objectRole, code: role ?? DOMAIN_RESOURCE },
    ...(name === undefined ? {} : { name: plain(name) }),
    description: plain(type),
  };
}

function detailsOf(event: WrittenEvent): Json[] {
  const { context = {}, changes = [] } = event;
  const pairs: (readonly [string, Json | undefined])[] = [
    ["description", event.description],
    ["category", event.category],
    ["data_category", event.data_category],
    ["session_id", context.session_id],
    ["trace_id", context.trace_id],
    ["user_agent", context.user_agent],
    ["location", context.location],
    ["parent_id", event.parent_id],
    ["inferred", event.inferred],
    ["time_uncertain_ms", event.time_uncertain_ms],
    ["source", event.source],
    ["source_id", event.id],
    ["source_action", event.source_action],
    ["event_root", event.event_root],
    ...changes.flatMap(({ field, before, after }) => [
      [`before ${field}`, before] as const,
      [`after ${field}`, after] as const,
    ]),
  ];
  return pairs.flatMap(([type, value]) =>
    value === undefined
      ? []
      : [{ type: plain(type), valueString: plain(typeof value === "string" ? value : JSON.stringify(value)) }],
  );
}
