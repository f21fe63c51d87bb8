import { type Json, verbOfAction } from "@cairn/event";
import { actionOf, actionSegment, snakeCase } from "../core/action-name.ts";
import { createDraft } from "../core/create-draft.ts";
import type { Draft } from "../core/draft.ts";
import { encodedJson } from "../core/encoded-json.ts";
import { asArray, asObject, type JsonObject, lookUp, member, text } from "../core/json-values.ts";
import { type ReadItem, readJsonRecords } from "../core/read-json.ts";
import { SourceError } from "../core/source-error.ts";
import type { MapContext, MappedEvent, SourceMapping } from "../core/source-mapping.ts";
import { ENTRA_AUDIT_RESULTS, entraSignInResult } from "./entra-outcome.ts";

export const ENTRA_SOURCE = "entra";

/** The mapping of Entra ID sign-ins and directory audits, from Graph or diagnostic settings. `docs/sources/entra.md`. */
export const entraMapping: SourceMapping = { name: ENTRA_SOURCE, map: mapEntra };

/** Reads a page of Graph (`{"value": […]}`), a batch of a diagnostic stream (`{"records": […]}`), or lines of either. */
export function readEntra(body: string): ReadItem[] {
  return readJsonRecords(body, ["value", "records"]);
}

function mapEntra(record: JsonObject, context: MapContext): MappedEvent {
  const { inner, at } = insideOf(record);
  const draft = createDraft(record, context, ENTRA_SOURCE);
  draft.move("id", `${at}/id`, "/correlationId");
  if (inner.activityDisplayName !== undefined) mapAudit(draft, inner, at);
  else if (inner.status !== undefined || inner.appId !== undefined || inner.userPrincipalName !== undefined)
    mapSignIn(draft, at);
  else throw new SourceError("shape_invalid", "neither a sign-in nor a directory audit", { pointer: at });
  if (at !== "") placeEnvelope(draft, at);
  return draft.finish();
}

/** A diagnostic stream has the record of Graph under `properties`. */
function insideOf(record: JsonObject): { readonly inner: JsonObject; readonly at: string } {
  const properties = asObject(record.properties);
  return properties === undefined ? { inner: record, at: "" } : { inner: properties, at: "/properties" };
}

/** What an envelope says again leaves it. */
function placeEnvelope(draft: Draft, at: string): void {
  draft.moveTime("/time", { kind: "rfc3339" });
  draft.move("context.ip", "/callerIpAddress");
  draft.takeRepeats(draft.textAt(`${at}/correlationId`), "/correlationId");
  draft.takeRepeats(draft.textAt(`${at}/ipAddress`), "/callerIpAddress");
}

function mapSignIn(draft: Draft, at: string): void {
  draft.moveTime(`${at}/createdDateTime`, { kind: "rfc3339" });
  draft.set(
    "action",
    draft.at(`${at}/isInteractive`) === false ? "signin.non_interactive" : "signin.interactive",
    "table",
    [`${at}/isInteractive`],
  );
  draft.set("verb", "login");
  draft.set("category", "authentication");
  draft.set("source_action", draft.textAt("/category") ?? "signIn", "copy", ["/category"]);
  const code = draft.textAt(`${at}/status/errorCode`) ?? draft.textAt("/resultType");
  draft.set("outcome.result", entraSignInResult(code) ?? "unknown", "table", [`${at}/status/errorCode`]);
  if (code !== "0") draft.move("outcome.reason", `${at}/status/failureReason`, "/resultDescription");
  placeSignInActor(draft, at);
  draft.moveTarget({ type: "application", id: `${at}/appId`, name: `${at}/appDisplayName` });
  draft.moveTarget({ type: "resource", id: `${at}/resourceId`, name: `${at}/resourceDisplayName` });
  draft.move("context.ip", `${at}/ipAddress`);
  draft.move("context.user_agent", `${at}/userAgent`);
  draft.move("context.request_id", `${at}/correlationId`);
  const places = ["city", "state", "countryOrRegion"].map((part) => `${at}/location/${part}`);
  draft.set(
    "context.location",
    places
      .map((each) => draft.textAt(each))
      .filter(Boolean)
      .join(", "),
    "join",
    places,
  );
  draft.move("context.client.name", `${at}/clientAppUsed`);
}

function placeSignInActor(draft: Draft, at: string): void {
  const isUser = draft.textAt(`${at}/userId`) !== undefined || draft.textAt(`${at}/userPrincipalName`) !== undefined;
  if (isUser) {
    draft.set("actor.type", "user");
    draft.move("actor.id", `${at}/userId`);
    draft.move("actor.name", `${at}/userDisplayName`);
    draft.movePerson(`${at}/userPrincipalName`);
    return;
  }
  const hasService = draft.move("actor.id", `${at}/servicePrincipalId`) !== undefined;
  draft.set("actor.type", hasService ? "service" : "anonymous");
  draft.move("actor.name", `${at}/servicePrincipalName`);
}

function mapAudit(draft: Draft, inner: JsonObject, at: string): void {
  const activity = text(inner.activityDisplayName) ?? "unknown";
  const category = text(inner.category) ?? "directory";
  const action = actionOf(`${actionSegment(snakeCase(category))}.${activity.replaceAll(/[.:/]/g, " ")}`);
  draft.moveTime(`${at}/activityDateTime`, { kind: "rfc3339" });
  draft.set("action", action, "names", [`${at}/category`, `${at}/activityDisplayName`]);
  draft.move("source_action", `${at}/activityDisplayName`);
  const kind = text(inner.operationType) ?? activity.split(" ")[0] ?? "";
  draft.set("verb", verbOfAction(actionOf(kind)), "words", [`${at}/operationType`]);
  draft.set("category", /role/i.test(category) ? "permission" : "user_administration", "table", [`${at}/category`]);
  const word = text(inner.result);
  const result = lookUp(ENTRA_AUDIT_RESULTS, word?.toLowerCase());
  if (word !== undefined && result === undefined) draft.warn(`unknown_code:${word}`);
  draft.set("outcome.result", result ?? "unknown", "table", [`${at}/result`]);
  draft.move("outcome.reason", `${at}/resultReason`);
  placeInitiator(draft, `${at}/initiatedBy`);
  draft.move("context.request_id", `${at}/correlationId`);
  for (const [i, target] of asArray(inner.targetResources).entries())
    placeAuditTarget(draft, target, `${at}/targetResources/${i}`);
}

function placeInitiator(draft: Draft, at: string): void {
  if (asObject(draft.at(`${at}/user`)) !== undefined) {
    draft.set("actor.type", "user");
    draft.move("actor.id", `${at}/user/id`);
    draft.move("actor.name", `${at}/user/displayName`);
    draft.movePerson(`${at}/user/userPrincipalName`);
    draft.move("context.ip", `${at}/user/ipAddress`);
    return;
  }
  const id = draft.move("actor.id", `${at}/app/servicePrincipalId`, `${at}/app/appId`);
  const name = draft.move("actor.name", `${at}/app/displayName`, `${at}/app/servicePrincipalName`);
  draft.set("actor.type", id === undefined && name === undefined ? "system" : "service");
}

function placeAuditTarget(draft: Draft, target: Json, at: string): void {
  const type = (text(member(target, "type")) ?? "resource").toLowerCase();
  const name = text(member(target, "displayName")) === undefined ? "userPrincipalName" : "displayName";
  draft.moveTarget({ type, id: `${at}/id`, name: `${at}/${name}` });
  for (const [i, property] of asArray(member(target, "modifiedProperties")).entries()) {
    const from = `${at}/modifiedProperties/${i}`;
    draft.addChange(
      {
        field: text(member(property, "displayName")) ?? "property",
        before: encodedJson(member(property, "oldValue")),
        after: encodedJson(member(property, "newValue")),
      },
      [from],
    );
  }
}
