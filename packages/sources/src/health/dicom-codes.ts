import type { Verb } from "@cairn/event";

/** What a code of DICOM's controlled terminology (DCM) means in an audit message or an AuditEvent. */
export interface AuditCode {
  readonly action: string;
  readonly verb?: Verb;
  readonly category: string;
}

type Row = readonly [action: string, category: string, verb?: Verb];

/** EventID (PS3.15 A.5, CID 400): the kind of an event. */
const EVENT_IDS: Readonly<Record<string, Row>> = {
  "110100": ["application.activity", "system"],
  "110101": ["audit_log.used", "administration", "read"],
  "110102": ["instances.transfer_begun", "data_export", "send"],
  "110103": ["instances.accessed", "patient_record"],
  "110104": ["instances.transferred", "data_export", "send"],
  "110105": ["study.deleted", "patient_record", "delete"],
  "110106": ["data.exported", "data_export", "export"],
  "110107": ["data.imported", "patient_record", "create"],
  "110108": ["network.entered", "system"],
  "110109": ["order_record.accessed", "patient_record"],
  "110110": ["patient_record.accessed", "patient_record"],
  "110111": ["procedure_record.accessed", "patient_record"],
  "110112": ["query.made", "data_access", "search"],
  "110113": ["security.alert", "security"],
  "110114": ["user.authenticated", "authentication"],
};

/** EventTypeCode (CID 401): what exactly; counts before the kind. */
const EVENT_TYPES: Readonly<Record<string, Row>> = {
  "110120": ["application.started", "system", "other"],
  "110121": ["application.stopped", "system", "other"],
  "110122": ["session.login", "authentication", "login"],
  "110123": ["session.logout", "authentication", "logout"],
  "110124": ["network.attached", "system", "other"],
  "110125": ["network.detached", "system", "other"],
  "110126": ["node.authenticated", "authentication", "login"],
  "110127": ["emergency_override.started", "security", "other"],
  "110128": ["network.configured", "configuration", "update"],
  "110129": ["security.configured", "configuration", "update"],
  "110130": ["hardware.configured", "configuration", "update"],
  "110131": ["software.configured", "configuration", "update"],
  "110132": ["restricted_function.used", "security", "other"],
  "110133": ["audit_recording.stopped", "administration", "other"],
  "110134": ["audit_recording.started", "administration", "other"],
  "110135": ["object_security.changed", "permission", "update"],
  "110136": ["security_roles.changed", "permission", "update"],
  "110137": ["user_security.changed", "permission", "update"],
  "110138": ["emergency_override.stopped", "security", "other"],
  "110139": ["remote_service.started", "system", "other"],
  "110140": ["remote_service.stopped", "system", "other"],
  "110141": ["local_service.started", "system", "other"],
  "110142": ["local_service.stopped", "system", "other"],
};

function codeOf(row: Row): AuditCode {
  const [action, category, verb] = row;
  return verb === undefined ? { action, category } : { action, category, verb };
}

const codes = (rows: Readonly<Record<string, Row>>): ReadonlyMap<string, AuditCode> =>
  new Map(Object.entries(rows).map(([code, row]) => [code, codeOf(row)]));

/** Kinds of events, by code. */
export const DICOM_EVENT_IDS = codes(EVENT_IDS);
/** Types of events, by code. */
export const DICOM_EVENT_TYPES = codes(EVENT_TYPES);

/** `EventActionCode` and `AuditEvent.action`. */
export const VERB_OF_ACTION_CODE: Readonly<Record<string, Verb>> = {
  C: "create",
  R: "read",
  U: "update",
  D: "delete",
};

/** Roles of participants. */
export const DICOM_ROLES = {
  application: "110150",
  launcher: "110151",
  destination: "110152",
  source: "110153",
} as const;

/** `ParticipantObjectTypeCodeRole` and `AuditEvent.entity.role`: what kind of target. */
export const TARGET_OF_ROLE: Readonly<Record<string, string>> = {
  "1": "patient",
  "2": "location",
  "3": "report",
  "4": "resource",
  "5": "master_file",
  "6": "user",
  "7": "list",
  "8": "practitioner",
  "9": "subscriber",
  "10": "guarantor",
  "11": "user",
  "12": "security_group",
  "13": "security_resource",
  "14": "security_granularity",
  "15": "practitioner",
  "16": "report_destination",
  "17": "report_library",
  "18": "schedule",
  "19": "customer",
  "20": "job",
  "21": "job_stream",
  "22": "table",
  "23": "routing_criteria",
  "24": "query",
  "26": "processing_element",
};
