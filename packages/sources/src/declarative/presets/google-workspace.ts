import type { Definition, FindRule } from "../definition.ts";

/** A parameter of an event: Google writes them as a list of names and values of several kinds. */
const parameter = (name: string): FindRule => ({
  find: {
    list: "/events/parameters",
    key: "name",
    equals: name,
    value: ["value", "intValue", "boolValue", "multiValue", "multiIntValue", "messageValue"],
  },
});

/** Activities of the Reports API. One activity holds several events, and becomes as many. */
export const GOOGLE_WORKSPACE: Definition = {
  version: 1,
  name: "google_workspace",
  title: "Google Workspace",
  input: { format: "json", wrappers: ["items"] },
  each: { list: "/events", index: "event_index" },
  occurred_at: { from: "/id/time", time: "rfc3339" },
  fields: {
    id: { template: "{/id/applicationName}:{/id/time}:{/id/uniqueQualifier}:{/event_index}" },
    action: { template: "{/id/applicationName}.{/events/name}", as: "action" },
    source_action: { from: "/events/name" },
    verb: {
      first: [{ from: "/events/name", as: "lower", table: "verbs" }],
    },
    category: { from: "/id/applicationName", table: "categories", otherwise: "other" },
    "actor.type": {
      first: [
        { from: "/actor/callerType", table: { USER: "user", KEY: "service" } },
        { from: "/actor/email", table: {}, otherwise: "user" },
      ],
    },
    "actor.id": { from: ["/actor/profileId", "/actor/key"] },
    "actor.email": { from: "/actor/email" },
    "outcome.result": {
      first: [
        { from: "/events/status/eventStatus", table: "statuses", otherwise: "unknown" },
        { from: "/events/name", as: "lower", table: "results", otherwise: "success" },
      ],
    },
    "outcome.reason": { first: [{ from: "/events/status/errorMessage" }, parameter("login_failure_type")] },
    "context.ip": { from: "/ipAddress" },
  },
  targets: [
    { type: { constant: "file" }, id: parameter("doc_id"), name: parameter("doc_title") },
    { type: { constant: "user" }, id: parameter("USER_EMAIL") },
    { type: { constant: "application" }, id: parameter("client_id"), name: parameter("app_name") },
  ],
  changes: [
    {
      field: { first: [parameter("SETTING_NAME"), { from: "/events/name" }] },
      before: parameter("OLD_VALUE"),
      after: parameter("NEW_VALUE"),
    },
  ],
  tables: {
    categories: {
      login: "authentication",
      saml: "authentication",
      admin: "configuration",
      drive: "data_access",
      token: "integration",
      user_accounts: "user_administration",
      groups: "permission",
      rules: "security",
    },
    verbs: {
      "login_*": "login",
      "suspicious_login*": "login",
      logout: "logout",
      view: "read",
      preview: "read",
      edit: "update",
      download: "export",
      print: "print",
      copy: "copy",
      delete: "delete",
      trash: "delete",
      authorize: "grant",
      revoke: "revoke",
      "create*": "create",
      "add_*": "create",
      "delete_*": "delete",
      "remove_*": "delete",
      "change_*": "update",
      "toggle_*": "update",
      "assign_*": "grant",
      "unassign_*": "revoke",
      "*": "other",
    },
    statuses: {
      SUCCEEDED: "success",
      SUCCEEDED_WITH_WARNINGS: "success",
      FAILED: "failure",
      SKIPPED: "unknown",
      UNKNOWN_EVENT_STATUS: "unknown",
    },
    results: { "*_failure": "failure", "*_failed": "failure", "*_blocked": "denied" },
  },
};
