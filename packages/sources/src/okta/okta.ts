import { type ActorType, type Json, type OutcomeResult, type Verb, verbOfAction } from "@cairn/event";
import { actionOf } from "../core/action-name.ts";
import { createDraft } from "../core/create-draft.ts";
import type { Draft } from "../core/draft.ts";
import { asArray, asObject, type JsonObject, lookUp, member, text } from "../core/json-values.ts";
import { type ReadItem, readJsonRecords } from "../core/read-json.ts";
import { SourceError } from "../core/source-error.ts";
import type { MapContext, MappedEvent, SourceMapping } from "../core/source-mapping.ts";

export const OKTA_SOURCE = "okta";

/** The mapping of Okta System Log events. `docs/sources/okta.md` has the table. */
export const oktaMapping: SourceMapping = { name: OKTA_SOURCE, map: mapOkta };

/** Reads a page of the API (an array), an event hook (`{"data": {"events": […]}}`), or an event on each line. */
export function readOkta(body: string): ReadItem[] {
  return readJsonRecords(body).flatMap((item): ReadItem[] => {
    const events = item.kind === "record" ? member(item.record.data, "events") : undefined;
    if (!Array.isArray(events)) return [item];
    return (events as readonly Json[]).map((event): ReadItem => {
      const record = asObject(event);
      return record === undefined
        ? {
            ...{ kind: "refused", text: JSON.stringify(event) },
            error: new SourceError("not_an_object", "an event is a JSON object"),
          }
        : {
            kind: "record",
            record,
            // Written only when somebody wants it.
            get text() {
              return JSON.stringify(event);
            },
          };
    });
  });
}

const RESULTS: Readonly<Record<string, OutcomeResult>> = {
  SUCCESS: "success",
  ALLOW: "success",
  FAILURE: "failure",
  DENY: "denied",
  RATE_LIMIT: "denied",
  CHALLENGE: "unknown",
  SKIPPED: "unknown",
  UNKNOWN: "unknown",
  DEFERRED: "unknown",
  SCHEDULED: "unknown",
  ABANDONED: "unknown",
  UNANSWERED: "unknown",
};

const ACTOR_TYPES: Readonly<Record<string, ActorType>> = {
  User: "user",
  SystemPrincipal: "system",
  PublicClientApp: "service",
  PublicClientAppEntity: "service",
  ServicePrincipal: "service",
  "IP address": "anonymous",
};

/** Event types whose words say something else than what they are, by their beginning. */
const VERBS: readonly (readonly [prefix: string, verb: Verb])[] = [
  ["user.session.start", "login"],
  ["user.session.end", "logout"],
  ["user.session.clear", "logout"],
  ["user.authentication.", "login"],
  ["app.generic.unauth_app_access_attempt", "login"],
  ["group.user_membership.add", "grant"],
  ["group.user_membership.remove", "revoke"],
  ["application.user_membership.add", "grant"],
  ["application.user_membership.remove", "revoke"],
  ["user.account.privilege.grant", "grant"],
  ["user.account.privilege.revoke", "revoke"],
  ["user.account.", "update"],
];

/** Categories by the beginning of the event type, first match. */
const CATEGORIES: readonly (readonly [prefix: string, category: string])[] = [
  ["user.session.", "authentication"],
  ["user.authentication.", "authentication"],
  ["user.mfa.", "authentication"],
  ["app.oauth2.", "authentication"],
  ["user.account.privilege.", "permission"],
  ["group.privilege.", "permission"],
  ["group.user_membership.", "permission"],
  ["application.user_membership.", "permission"],
  ["user.", "user_administration"],
  ["group.", "user_administration"],
  ["security.", "security"],
  ["policy.", "configuration"],
  ["application.", "configuration"],
  ["zone.", "configuration"],
  ["system.api_token.", "api"],
  ["system.", "system"],
];

function mapOkta(record: JsonObject, context: MapContext): MappedEvent {
  const eventType = text(record.eventType);
  if (eventType === undefined) {
    throw new SourceError("shape_invalid", "an Okta event has an `eventType`", { pointer: "/eventType" });
  }
  const draft = createDraft(record, context, OKTA_SOURCE);
  const action = actionOf(eventType);
  draft.move("id", "/uuid");
  draft.moveTime("/published", { kind: "rfc3339" });
  draft.set("action", action, "name", ["/eventType"]);
  draft.set("verb", byPrefix(VERBS, eventType) ?? verbOfAction(action), "table", ["/eventType"]);
  draft.set("category", byPrefix(CATEGORIES, eventType) ?? "other", "table", ["/eventType"]);
  draft.move("source_action", "/eventType");
  draft.move("description", "/displayMessage");
  placeOutcome(draft);
  placeActor(draft);
  placeTargets(draft);
  placeContext(draft);
  return draft.finish();
}

function byPrefix<T>(table: readonly (readonly [string, T])[], eventType: string): T | undefined {
  return table.find(([prefix]) => eventType.startsWith(prefix))?.[1];
}

function placeOutcome(draft: Draft): void {
  const word = draft.textAt("/outcome/result");
  const result = lookUp(RESULTS, word);
  if (word !== undefined && result === undefined) draft.warn(`unknown_code:${word}`);
  draft.set("outcome.result", result ?? "unknown", "table", ["/outcome/result"]);
  draft.move("outcome.reason", "/outcome/reason");
}

function placeActor(draft: Draft): void {
  const type = draft.textAt("/actor/type");
  const known = lookUp(ACTOR_TYPES, type);
  const hasActor = draft.textAt("/actor/id") !== undefined || draft.textAt("/actor/alternateId") !== undefined;
  draft.set("actor.type", known ?? (hasActor ? "service" : "anonymous"), "table", ["/actor/type"]);
  draft.move("actor.id", "/actor/id");
  if (draft.textAt("/actor/alternateId") !== "unknown" && known === "user") draft.movePerson("/actor/alternateId");
  draft.move("actor.name", "/actor/displayName");
}

/** Okta's `AppUser` is a user in an application, `UserGroup` a group: lower case, words parted. */
function targetType(type: string | undefined): string {
  return (type ?? "resource").replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
}

function placeTargets(draft: Draft): void {
  for (const [i, target] of asArray(draft.at("/target")).entries()) {
    const at = `/target/${i}`;
    draft.moveTarget({ type: targetType(text(member(target, "type"))), id: `${at}/id`, name: `${at}/displayName` });
    const details = asObject(member(target, "changeDetails"));
    if (details === undefined) continue;
    const field = draft.textAt(`${at}/type`) ?? "target";
    draft.addChange({ field: targetType(field), before: details.from, after: details.to }, [`${at}/changeDetails`]);
    if (Object.keys(details).every((key) => key === "from" || key === "to")) draft.take(`${at}/changeDetails`);
  }
}

function placeContext(draft: Draft): void {
  draft.move("context.ip", "/client/ipAddress");
  draft.move("context.user_agent", "/client/userAgent/rawUserAgent");
  draft.move("context.session_id", "/authenticationContext/rootSessionId", "/authenticationContext/externalSessionId");
  draft.move("context.request_id", "/transaction/id");
  const places = ["city", "state", "country"].map((part) => `/client/geographicalContext/${part}`);
  const place = places.map((pointer) => draft.textAt(pointer)).filter((name) => name !== undefined && name !== "null");
  draft.set("context.location", place.join(", "), "join", places);
}
