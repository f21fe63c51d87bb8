import { CONDITIONS } from "./query-parameters.ts";

/** When what is said here changed last. */
const DATE = "2026-11-22";

const TYPES: Readonly<Record<string, string>> = {
  _id: "token",
  _lastUpdated: "date",
  date: "date",
  agent: "reference",
  patient: "reference",
  entity: "reference",
  "agent-name": "string",
  "agent-role": "token",
  "entity-name": "string",
  address: "string",
  altid: "token",
  source: "reference",
  action: "token",
  outcome: "token",
  type: "token",
  subtype: "token",
};

/** Writes what this server can as a CapabilityStatement. */
export function capabilityStatement(base: string): object {
  // Chained parameters are not declared by themselves.
  const parameters = Object.keys(CONDITIONS).filter((name) => !name.includes("."));
  return {
    resourceType: "CapabilityStatement",
    status: "active",
    date: DATE,
    kind: "instance",
    software: { name: "Cairn" },
    implementation: { description: "Audit log", url: base },
    fhirVersion: "4.0.1",
    format: ["json"],
    rest: [
      {
        mode: "server",
        documentation:
          "AuditEvents are recorded for good: there is no update and no delete. XML is read, JSON is written.",
        security: { description: "Authorization: Bearer <API key>" },
        resource: [
          {
            type: "AuditEvent",
            interaction: [{ code: "create" }, { code: "read" }, { code: "search-type" }],
            versioning: "no-version",
            searchParam: parameters.map((name) => ({ name, type: TYPES[name] ?? "string" })),
          },
        ],
        interaction: [{ code: "batch" }],
      },
    ],
  };
}
