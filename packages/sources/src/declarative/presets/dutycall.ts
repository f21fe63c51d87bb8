import type { Definition } from "../definition.ts";

/** Flat objects in the short form: `timestamp, user, action, resource, ip_address, session_id, details`. */
export const DUTYCALL: Definition = {
  version: 1,
  name: "dutycall",
  title: "DutyCall",
  input: { format: "json", wrappers: ["events", "data"] },
  occurred_at: { from: "/timestamp", time: "rfc3339" },
  fields: {
    id: { from: "/id" },
    action: { from: "/action" },
    category: { from: "/action", table: "categories", otherwise: "other" },
    "actor.id": { from: ["/user", "/username"] },
    "actor.role": { from: "/role" },
    "context.ip": { from: "/ip_address" },
    "context.session_id": { from: "/session_id" },
    "outcome.result": {
      first: [
        {
          from: "/result",
          as: "lower",
          table: { success: "success", failure: "failure", failed: "failure", denied: "denied" },
        },
        { from: "/action", table: "outcomes", otherwise: "unknown" },
      ],
    },
    "outcome.reason": { from: "/details/error" },
  },
  targets: [{ type: { from: "/resource" } }],
  changes: [
    {
      field: { first: [{ from: "/details/field" }, { from: "/action", table: "settings" }, { constant: "value" }] },
      before: { from: "/details/before" },
      after: { from: "/details/after" },
    },
  ],
  tables: {
    categories: {
      "authentication.*": "authentication",
      "data.export.*": "data_export",
      "data.*": "data_access",
      "settings.*": "configuration",
      "permission.*": "permission",
      "role.*": "permission",
      "integration.*": "integration",
      "security.*": "security",
      "api.*": "api",
    },
    outcomes: {
      "*.success": "success",
      "*.succeeded": "success",
      "*.completed": "success",
      "*.updated": "success",
      "*.created": "success",
      "*.deleted": "success",
      "*.failed": "failure",
      "*.failure": "failure",
      "*.denied": "denied",
      "*.blocked": "denied",
    },
    settings: { "settings.retention_policy.updated": "retention_policy" },
  },
};
