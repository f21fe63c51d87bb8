import type { Definition } from "../definition.ts";

/** The audit log of RingCX (engage voice), which has true values before and after. */
export const RINGCX: Definition = {
  version: 1,
  name: "ringcx",
  title: "RingCX audit log",
  input: { format: "json", wrappers: ["auditLogs", "records"] },
  occurred_at: { from: ["/createTime", "/createTimeAsDateTime"], time: ["epoch_ms", "rfc3339"] },
  fields: {
    action: { template: "ringcx.{/auditedClass}.{/actionType}", as: "action" },
    source_action: { template: "{/actionType} {/auditedClass}" },
    verb: { from: "/actionType", table: { CREATE: "create", UPDATE: "update", DELETE: "delete" }, otherwise: "other" },
    category: { constant: "configuration" },
    "actor.type": { constant: "user" },
    "actor.id": { from: ["/authUser/userId", "/authUser/userName"] },
    "actor.name": { from: "/authUser/userName" },
    "outcome.result": { constant: "success" },
    "context.ip": { from: "/authUser/sourceId" },
  },
  targets: [
    {
      type: { first: [{ from: "/auditedClass", as: "lower" }, { constant: "entity" }] },
      id: { from: "/auditedEntityId" },
      name: { from: "/auditedEntityDescription" },
    },
  ],
  changes: [
    {
      each: "/auditLogResultList",
      field: { from: "/attributeName" },
      before: { from: "/originalValue" },
      after: { from: "/newValue" },
    },
  ],
};
