import { type EventInput, ipBytes, isEmail, isExactNumber, type Json, LIMITS, setMember } from "@cairn/event";
import { asObject, type JsonObject, member, text } from "../files/json-values.ts";
import { cloudTrailAction, cloudTrailVerb } from "./cloudtrail-action.ts";
import { cloudTrailOutcome } from "./cloudtrail-outcome.ts";

/** `source` of events that come from CloudTrail. */
export const CLOUDTRAIL_SOURCE = "cloudtrail";

/**
 * Turns a CloudTrail record into an event. Nothing is lost: what has no field of its own, or does not fit it, stays under
 * `details`.
 */
export function mapCloudTrail(record: JsonObject): EventInput {
  const eventSource = text(record.eventSource) ?? "";
  const eventName = text(record.eventName) ?? "";
  const eventID = fitting(record.eventID, LIMITS.idChars);
  const eventTime = text(record.eventTime);
  const sourceAction = `${eventSource}:${eventName}`;
  const { context, kept, sourceHost } = contextOf(record);
  const targets = targetsOf(record.resources);
  const details: Record<string, Json> = {};
  if (sourceHost !== undefined) details.source_host = sourceHost;
  if (eventID !== undefined) kept.add("eventID");
  if (eventTime !== undefined) kept.add("eventTime");
  if (sourceAction.length <= LIMITS.shortTextChars) {
    if (eventSource !== "") kept.add("eventSource");
    if (eventName !== "") kept.add("eventName");
  }
  for (const [key, value] of Object.entries(record)) if (!kept.has(key)) setMember(details, key, value);
  return {
    ...(eventID === undefined ? {} : { id: eventID }),
    ...(eventTime === undefined ? {} : { occurred_at: eventTime }),
    action: cloudTrailAction(eventSource, eventName),
    verb: cloudTrailVerb(eventName, record.readOnly === true || record.readOnly === "true"),
    actor: actorOf(asObject(record.userIdentity) ?? {}),
    ...(targets.length === 0 ? {} : { targets }),
    outcome: cloudTrailOutcome(record),
    context,
    details,
    source: CLOUDTRAIL_SOURCE,
    source_action: sourceAction.slice(0, LIMITS.shortTextChars),
  };
}

/** Gives a text that fits a field; undefined when it is none, empty or too long, so that it stays where it was. */
function fitting(value: Json | undefined, maxChars: number): string | undefined {
  const given = text(value);
  return given === undefined || given.length > maxChars ? undefined : given;
}

type Actor = NonNullable<EventInput["actor"]>;

/** What AWS writes in place of a name that may be a mistyped password. */
const HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS";

function actorOf(identity: JsonObject): Actor {
  const issuer = member(identity.sessionContext, "sessionIssuer");
  const behind = fitting(member(identity.onBehalfOf, "userId"), LIMITS.nameChars);
  const id = [identity.arn, identity.principalId, behind, identity.invokedBy, identity.accountId]
    .map((value) => fitting(value, LIMITS.nameChars))
    .find((value) => value !== undefined);
  const userName = fitting(identity.userName, LIMITS.nameChars);
  const role = fitting(member(issuer, "userName"), LIMITS.nameChars);
  const name = userName === HIDDEN ? undefined : (userName ?? role);
  return {
    type: id === undefined ? "anonymous" : actorType(identity),
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(role === undefined ? {} : { role }),
    ...(behind === undefined || behind === id ? {} : { on_behalf_of: { type: "user", id: behind } }),
  };
}

/** Kinds of identity that are a person's. */
const PEOPLE: ReadonlySet<string> = new Set(["Root", "IAMUser", "FederatedUser", "Directory", "IdentityCenterUser"]);

/** A role is assumed by people and by machines; the name of the session tells which, as far as it can be told. */
function actorType(identity: JsonObject): NonNullable<Actor["type"]> {
  const type = text(identity.type) ?? "";
  if (PEOPLE.has(type)) return "user";
  const session = (text(identity.arn) ?? "").split("/").at(-1) ?? "";
  return type === "AssumedRole" && isEmail(session) ? "user" : "service";
}

type Target = NonNullable<EventInput["targets"]>[number];

function targetsOf(resources: Json | undefined): Target[] {
  if (!Array.isArray(resources)) return [];
  const targets = (resources as readonly Json[]).map((resource): Target => {
    const id = fitting(member(resource, "ARN") ?? member(resource, "ARNPrefix"), LIMITS.nameChars);
    const type = text(member(resource, "type")) ?? "resource";
    return { type: targetType(type), ...(id === undefined ? {} : { id }) };
  });
  return targets.slice(0, LIMITS.targets);
}

/** `AWS::S3::Bucket` becomes `s3_bucket`. */
function targetType(type: string): string {
  const words = type
    .replace(/^AWS::/, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_");
  return words.slice(0, LIMITS.nameChars);
}

type Context = NonNullable<EventInput["context"]>;

/** Gives the context, and the members of the record that it keeps whole; all others stay under `details`. */
function contextOf(record: JsonObject): {
  readonly context: Context;
  readonly kept: Set<string>;
  readonly sourceHost: string | undefined;
} {
  const context: Context = {};
  const kept = new Set<string>();
  const address = text(record.sourceIPAddress);
  const isIp = address !== undefined && ipBytes(address) !== undefined;
  if (address !== undefined) kept.add("sourceIPAddress");
  if (isIp) context.ip = address;
  const userAgent = fitting(record.userAgent, LIMITS.userAgentChars);
  if (userAgent !== undefined) {
    context.user_agent = userAgent;
    kept.add("userAgent");
  }
  const requestID = fitting(record.requestID, LIMITS.idChars);
  if (requestID !== undefined) {
    context.request_id = requestID;
    kept.add("requestID");
  }
  const region = fitting(record.awsRegion, LIMITS.nameChars);
  if (region !== undefined) {
    context.location = region;
    kept.add("awsRegion");
  }
  const session = sessionOf(record.userIdentity);
  if (session !== undefined) context.session_id = session;
  const isConsole = record.sessionCredentialFromConsole === "true" || /^AwsConsole/.test(text(record.eventType) ?? "");
  context.client = { kind: isConsole ? "web" : "api" };
  return { context, kept, sourceHost: isIp ? undefined : address };
}

/** A key and the time it was made name a session; the key alone is used for years. */
function sessionOf(identity: Json | undefined): string | undefined {
  const key = text(member(identity, "accessKeyId"));
  const made = text(member(member(member(identity, "sessionContext"), "attributes"), "creationDate"));
  return key === undefined || made === undefined ? undefined : fitting(`${key}:${made}`, LIMITS.idChars);
}

/**
 * Parses the JSON of a record, keeping numbers that a double cannot hold as text: AWS writes some, and changing them
 * silently would be worse than changing their type.
 */
export function parseCloudTrailJson(json: string): Json {
  return JSON.parse(json, (_key, value: unknown, context?: { readonly source?: string }) =>
    typeof value === "number" && !isExactNumber(value) ? (context?.source ?? value) : value,
  ) as Json;
}
