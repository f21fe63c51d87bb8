import type { Verb } from "@cairn/event";

/** Systems of codes that AuditEvents use. */
export const FHIR_SYSTEMS = {
  dicom: "http://dicom.nema.org/resources/ontology/DCM",
  eventType: "http://terminology.hl7.org/CodeSystem/audit-event-type",
  restful: "http://hl7.org/fhir/restful-interaction",
  lifecycle: "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle",
  entityType: "http://terminology.hl7.org/CodeSystem/audit-entity-type",
  objectRole: "http://terminology.hl7.org/CodeSystem/object-role",
  sourceType: "http://terminology.hl7.org/CodeSystem/security-source-type",
  participation: "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
  basicAuditEntity: "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType",
} as const;

/** RESTful interactions. */
export const VERB_OF_INTERACTION: Readonly<Record<string, Verb>> = {
  read: "read",
  vread: "read",
  history: "read",
  "history-instance": "read",
  "history-type": "read",
  "history-system": "read",
  search: "search",
  "search-type": "search",
  "search-system": "search",
  create: "create",
  update: "update",
  patch: "update",
  delete: "delete",
  operation: "other",
  transaction: "other",
  batch: "other",
  capabilities: "read",
};
