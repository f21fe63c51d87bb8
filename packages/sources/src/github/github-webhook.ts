import { LIMITS, type Verb, verbOfAction } from "@cairn/event";
import { actionOf } from "../core/action-name.ts";
import { createDraft } from "../core/create-draft.ts";
import type { Draft } from "../core/draft.ts";
import { asObject, type JsonObject, lookUp, member, text } from "../core/json-values.ts";
import { SourceError } from "../core/source-error.ts";
import type { MapContext, MappedEvent, SkippedRecord, SourceMapping } from "../core/source-mapping.ts";

export const GITHUB_WEBHOOK_SOURCE = "github_webhook";

/** The mapping of deliveries of GitHub's webhooks as `readGitHubWebhook` gives them. `docs/sources/github.md` has the table. */
export const gitHubWebhookMapping: SourceMapping = { name: GITHUB_WEBHOOK_SOURCE, map: mapDelivery };

/** Verbs of what a payload's `action` says, where its word alone does not tell. */
const VERBS: Readonly<Record<string, Verb>> = {
  "member.added": "grant",
  "member.removed": "revoke",
  "membership.added": "grant",
  "membership.removed": "revoke",
  "organization.member_added": "grant",
  "organization.member_removed": "revoke",
  "organization.member_invited": "create",
  "team.added_to_repository": "grant",
  "team.removed_from_repository": "revoke",
  "repository.publicized": "grant",
  "repository.privatized": "revoke",
  "installation.created": "grant",
  "installation.deleted": "revoke",
  push: "update",
  create: "create",
  delete: "delete",
  fork: "copy",
  public: "grant",
};

const CATEGORIES: Readonly<Record<string, string>> = {
  member: "permission",
  membership: "permission",
  team: "permission",
  team_add: "permission",
  public: "permission",
  organization: "user_administration",
  push: "data_access",
  fork: "data_access",
  create: "data_access",
  delete: "data_access",
  release: "data_access",
  repository: "configuration",
  branch_protection_rule: "configuration",
  branch_protection_configuration: "configuration",
  repository_ruleset: "configuration",
  meta: "configuration",
  deploy_key: "configuration",
  installation: "integration",
  installation_repositories: "integration",
  installation_target: "integration",
  github_app_authorization: "integration",
  personal_access_token_request: "integration",
  code_scanning_alert: "security",
  dependabot_alert: "security",
  repository_vulnerability_alert: "security",
  secret_scanning_alert: "security",
  security_advisory: "security",
  security_and_analysis: "security",
};

/** Where the time of what happened may stand: in the thing that the event is about. */
const TIMES = ["/payload/alert/updated_at", "/payload/head_commit/timestamp"];

function mapDelivery(record: JsonObject, context: MapContext): MappedEvent | SkippedRecord {
  const event = text(record.event);
  const delivery = text(record.delivery);
  if (event === undefined || delivery === undefined || asObject(record.payload) === undefined)
    throw new SourceError("shape_invalid", "a delivery has an event, a name and a payload");
  if (event === "ping") return { kind: "skipped", reason: "a ping: the webhook was set up" };
  const draft = createDraft(record, context, GITHUB_WEBHOOK_SOURCE);
  draft.move("id", "/delivery");
  placeAction(draft, event);
  draft.set("category", lookUp(CATEGORIES, event) ?? "other", "table", ["/event"]);
  const time = TIMES.find((pointer) => draft.textAt(pointer) !== undefined);
  if (time !== undefined) draft.moveTime(time, { kind: "rfc3339" });
  placeSender(draft);
  placeTargets(draft);
  return draft.finish();
}

function placeAction(draft: Draft, event: string): void {
  const done = draft.textAt("/payload/action");
  const from = done === undefined ? ["/event"] : ["/event", "/payload/action"];
  const name = done === undefined ? event : `${event}.${done}`;
  const action = actionOf(name);
  draft.set("action", action, "names", from);
  draft.set("source_action", name, "join", from);
  if (name.length <= LIMITS.shortTextChars) draft.take(...from);
  draft.set("verb", lookUp(VERBS, name) ?? verbOfAction(action), "words", from);
  // Webhooks tell of what has happened; nothing in them was refused.
  draft.set("outcome.result", "success");
}

function placeSender(draft: Draft): void {
  const type = draft.textAt("/payload/sender/type");
  if (draft.textAt("/payload/sender/login") === undefined) {
    draft.set("actor.type", "anonymous");
    return;
  }
  draft.set("actor.type", type === "Bot" ? "service" : "user", "table", ["/payload/sender/type"]);
  draft.move("actor.id", "/payload/sender/login");
}

function placeTargets(draft: Draft): void {
  draft.moveTarget({ type: "repository", id: "/payload/repository/full_name" });
  for (const who of ["member", "membership/user", "invitation", "user", "assignee", "requested_reviewer"])
    if (asObject(draft.at(`/payload/${who}`)) !== undefined)
      draft.moveTarget({ type: "user", id: `/payload/${who}/login` });
  draft.moveTarget({ type: "team", id: "/payload/team/slug", name: "/payload/team/name" });
  draft.moveTarget({ type: "organization", id: "/payload/organization/login" });
  draft.moveTarget({ type: "enterprise", id: "/payload/enterprise/slug" });
  if (typeof member(draft.at("/payload"), "ref") === "string") draft.moveTarget({ type: "ref", id: "/payload/ref" });
}
