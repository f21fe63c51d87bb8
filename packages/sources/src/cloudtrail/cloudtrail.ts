import { type ActorType, isEmail, type Json } from "@cairn/event";
import { createDraft } from "../core/create-draft.ts";
import type { Draft } from "../core/draft.ts";
import { asArray, type JsonObject, member, printed, text } from "../core/json-values.ts";
import { type ReadItem, readJsonRecords } from "../core/read-json.ts";
import { SourceError } from "../core/source-error.ts";
import type { MapContext, MappedEvent, SourceMapping } from "../core/source-mapping.ts";
import { cloudTrailAction, cloudTrailVerb } from "./cloudtrail-action.ts";
import { cloudTrailOutcome } from "./cloudtrail-outcome.ts";

/** `source` of events that come from CloudTrail. */
export const CLOUDTRAIL_SOURCE = "cloudtrail";

/** The mapping of AWS CloudTrail records. `docs/sources/cloudtrail.md` has the table. */
export const cloudTrailMapping: SourceMapping = { name: CLOUDTRAIL_SOURCE, map: mapCloudTrail };

/** Reads a CloudTrail file: `{"Records": […]}`; also an array, or a record on each line. */
export function readCloudTrail(body: string): ReadItem[] {
  return readJsonRecords(body, ["Records"]);
}

function mapCloudTrail(record: JsonObject, context: MapContext): MappedEvent {
  const eventSource = text(record.eventSource);
  const eventName = text(record.eventName);
  if (eventSource === undefined && eventName === undefined) {
    throw new SourceError("shape_invalid", "a CloudTrail record has an `eventName`", { pointer: "/eventName" });
  }
  const draft = createDraft(record, context, CLOUDTRAIL_SOURCE);
  const named = ["/eventSource", "/eventName"];
  draft.move("id", "/eventID");
  draft.moveTime("/eventTime", { kind: "rfc3339" });
  const action = cloudTrailAction(eventSource ?? "", eventName ?? "");
  const verb = cloudTrailVerb(eventName ?? "", printed(record.readOnly) === "true" ? "read only" : "any");
  const sourceAction = `${eventSource ?? ""}:${eventName ?? ""}`;
  draft.set("action", action, "names", named);
  draft.set("verb", verb, "table", ["/eventName", "/readOnly"]);
  draft.set("category", verb === "login" || verb === "logout" ? "authentication" : "api", "table", named);
  draft.set("source_action", sourceAction, "join", named);
  if (sourceAction.length <= MAX_SOURCE_ACTION_CHARS)
    draft.take(...named.filter((each) => text(draft.at(each)) !== undefined));
  const outcome = cloudTrailOutcome(record);
  draft.set("outcome.result", outcome.result, "outcome", outcome.from);
  draft.set("outcome.reason", outcome.reason, "outcome", outcome.from);
  placeActor(draft);
  placeTargets(draft);
  placeContext(draft);
  return draft.finish();
}

const MAX_SOURCE_ACTION_CHARS = 1_000;

/** What AWS writes in place of a name that may be a mistyped password. */
const HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS";

const IDS = ["arn", "principalId", "onBehalfOf/userId", "invokedBy", "accountId"].map((key) => `/userIdentity/${key}`);

/** The identity stays whole under `details`: what of it names the actor differs from record to record. */
function placeActor(draft: Draft): void {
  const pointer = IDS.find((each) => draft.textAt(each) !== undefined);
  const id = pointer === undefined ? undefined : draft.textAt(pointer);
  draft.set("actor.type", id === undefined ? "anonymous" : actorType(draft.at("/userIdentity")), "table", [
    "/userIdentity/type",
  ]);
  if (pointer !== undefined) draft.set("actor.id", id, "copy", [pointer]);
  const issuer = "/userIdentity/sessionContext/sessionIssuer/userName";
  const role = draft.textAt(issuer);
  const userName = draft.textAt("/userIdentity/userName");
  if (userName !== HIDDEN) {
    draft.set("actor.name", userName ?? role, "copy", [userName === undefined ? issuer : "/userIdentity/userName"]);
  }
  draft.set("actor.role", role, "copy", [issuer]);
  const behind = draft.textAt("/userIdentity/onBehalfOf/userId");
  if (behind === undefined || behind === id) return;
  draft.set("actor.on_behalf_of.type", "user");
  draft.set("actor.on_behalf_of.id", behind, "copy", ["/userIdentity/onBehalfOf/userId"]);
}

/** Kinds of identity that are a person's. */
const PEOPLE: ReadonlySet<string> = new Set(["Root", "IAMUser", "FederatedUser", "Directory", "IdentityCenterUser"]);

/** A role is assumed by people and by machines; the name of the session tells which, as far as it can be told. */
function actorType(identity: Json | undefined): ActorType {
  const type = text(member(identity, "type")) ?? "";
  if (PEOPLE.has(type)) return "user";
  const session = (text(member(identity, "arn")) ?? "").split("/").at(-1) ?? "";
  return type === "AssumedRole" && isEmail(session) ? "user" : "service";
}

function placeTargets(draft: Draft): void {
  for (const [i, resource] of asArray(draft.at("/resources")).entries()) {
    const id = text(member(resource, "ARN")) ?? text(member(resource, "ARNPrefix"));
    draft.addTarget({ type: targetType(text(member(resource, "type")) ?? "resource"), id }, [`/resources/${i}`]);
  }
}

/** `AWS::S3::Bucket` becomes `s3_bucket`. */
function targetType(type: string): string {
  return type
    .replace(/^AWS::/, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_");
}

function placeContext(draft: Draft): void {
  const address = draft.textAt("/sourceIPAddress");
  if (draft.move("context.ip", "/sourceIPAddress") === undefined && address !== undefined) {
    draft.addDetail("source_host", address);
    draft.take("/sourceIPAddress");
  }
  draft.move("context.user_agent", "/userAgent");
  draft.move("context.request_id", "/requestID");
  draft.move("context.location", "/awsRegion");
  // A key and the time it was made name a session; the key alone is used for years.
  const key = draft.textAt("/userIdentity/accessKeyId");
  const made = draft.textAt("/userIdentity/sessionContext/attributes/creationDate");
  if (key !== undefined && made !== undefined) {
    draft.set("context.session_id", `${key}:${made}`, "join", ["/userIdentity/accessKeyId"]);
  }
  const isConsole =
    draft.at("/sessionCredentialFromConsole") === "true" || /^AwsConsole/.test(draft.textAt("/eventType") ?? "");
  draft.set("context.client.kind", isConsole ? "web" : "api", "table", ["/sessionCredentialFromConsole", "/eventType"]);
}
