import { type ActorType, type Json, type OutcomeResult, type Verb, verbOfAction } from "@cairn/event";
import { actionOf, snakeCase } from "../core/action-name.ts";
import { createDraft } from "../core/create-draft.ts";
import type { Draft } from "../core/draft.ts";
import { encodedJson } from "../core/encoded-json.ts";
import { asArray, type JsonObject, lookUp, member, text } from "../core/json-values.ts";
import { type ReadItem, readJsonRecords } from "../core/read-json.ts";
import { SourceError } from "../core/source-error.ts";
import type { MapContext, MappedEvent, SourceMapping } from "../core/source-mapping.ts";

export const MICROSOFT365_SOURCE = "microsoft365";

/** The mapping of the Microsoft 365 unified audit log. `docs/sources/microsoft365.md` has the table. */
export const microsoft365Mapping: SourceMapping = { name: MICROSOFT365_SOURCE, map: mapMicrosoft365 };

/** Reads content blobs of the Management Activity API: an array; also a record on each line. */
export function readMicrosoft365(body: string): ReadItem[] {
  return readJsonRecords(body);
}

interface Operation {
  readonly verb: Verb;
  readonly category: string;
  /** Outcome that the operation's own name states: it counts for more than `ResultStatus`. */
  readonly result?: OutcomeResult;
}

/** Operations whose name decides more than its words. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  UserLoggedIn: { verb: "login", category: "authentication", result: "success" },
  UserLoginFailed: { verb: "login", category: "authentication", result: "failure" },
  UserLoggedOff: { verb: "logout", category: "authentication" },
  MailboxLogin: { verb: "login", category: "authentication" },
  MailItemsAccessed: { verb: "read", category: "message_access" },
  MessageBind: { verb: "read", category: "message_access" },
  FolderBind: { verb: "read", category: "message_access" },
  Send: { verb: "send", category: "message_access" },
  SendAs: { verb: "send", category: "message_access" },
  SendOnBehalf: { verb: "send", category: "message_access" },
  SoftDelete: { verb: "delete", category: "message_access" },
  HardDelete: { verb: "delete", category: "message_access" },
  MoveToDeletedItems: { verb: "delete", category: "message_access" },
  SearchQueryInitiatedExchange: { verb: "search", category: "message_access" },
  FileAccessed: { verb: "read", category: "data_access" },
  FilePreviewed: { verb: "read", category: "data_access" },
  FileDownloaded: { verb: "export", category: "data_export" },
  FileSyncDownloadedFull: { verb: "export", category: "data_export" },
  "Add member to role.": { verb: "grant", category: "permission" },
  "Remove member from role.": { verb: "revoke", category: "permission" },
};

const RESULTS: Readonly<Record<string, OutcomeResult>> = {
  true: "success",
  success: "success",
  succeeded: "success",
  partiallysucceeded: "success",
  failed: "failure",
  failure: "failure",
  false: "failure",
};

/** `UserType`, by number. */
const USER_TYPES: Readonly<Record<string, ActorType>> = {
  "0": "user",
  "1": "user",
  "2": "operator",
  "3": "operator",
  "4": "system",
  "5": "service",
  "6": "service",
  "7": "system",
  "8": "system",
};

const CATEGORIES: Readonly<Record<string, string>> = {
  AzureActiveDirectory: "user_administration",
  Exchange: "message_access",
  SharePoint: "data_access",
  OneDrive: "data_access",
};

function mapMicrosoft365(record: JsonObject, context: MapContext): MappedEvent {
  const operation = text(record.Operation);
  if (operation === undefined) {
    throw new SourceError("shape_invalid", "a record of the unified audit log has an `Operation`", {
      pointer: "/Operation",
    });
  }
  const draft = createDraft(record, context, MICROSOFT365_SOURCE);
  const known = lookUp(OPERATIONS, operation);
  const workload = text(record.Workload);
  const name = actionOf(snakeCase(operation.replace(/\.$/, "").replaceAll(/[.:/]/g, " ")));
  draft.move("id", "/Id");
  // UTC, though nothing says so.
  draft.moveTime("/CreationTime", { kind: "rfc3339" });
  draft.set("action", workload === undefined ? name : actionOf(`${snakeCase(workload)}.${name}`), "names", [
    "/Workload",
    "/Operation",
  ]);
  draft.move("source_action", "/Operation");
  draft.set("verb", known?.verb ?? verbOfAction(name.replaceAll("_", ".")), "table", ["/Operation"]);
  draft.set("category", known?.category ?? lookUp(CATEGORIES, workload) ?? "other", "table", [
    "/Operation",
    "/Workload",
  ]);
  placeOutcome(draft, known);
  placeActor(draft);
  placeTargets(draft, operation);
  placeChanges(draft);
  placeContext(draft);
  return draft.finish();
}

/** Most failed logins say `ResultStatus: "Success"`: the request was answered. The operation's name knows better. */
function placeOutcome(draft: Draft, known: Operation | undefined): void {
  const word = draft.textAt("/ResultStatus");
  const status = lookUp(RESULTS, word?.toLowerCase());
  if (word !== undefined && status === undefined && known?.result === undefined) draft.warn(`unknown_code:${word}`);
  draft.set("outcome.result", known?.result ?? status ?? "unknown", "table", ["/Operation", "/ResultStatus"]);
  if (known?.result === "failure" || status === "failure")
    draft.move("outcome.reason", "/LogonError", "/ErrorNumber", "/ResultStatusDetail");
}

function placeActor(draft: Draft): void {
  const id = draft.textAt("/UserId");
  draft.set(
    "actor.type",
    id === undefined ? "anonymous" : (lookUp(USER_TYPES, draft.textAt("/UserType")) ?? "user"),
    "table",
    ["/UserType"],
  );
  draft.move("actor.id", "/UserId", "/UserKey");
}

/** `Bind` names the messages that were opened; `Sync` only the folder: how much of it was read, nobody knows. */
function placeTargets(draft: Draft, operation: string): void {
  if (operation === "MailItemsAccessed") {
    const access = asArray(draft.at("/OperationProperties")).find((each) => member(each, "Name") === "MailAccessType");
    const kind = text(member(access, "Value"))?.toLowerCase();
    if (kind !== undefined) draft.label("mail_access", kind);
    if (kind === "sync")
      draft.set("description", "A whole folder was synchronised; which messages were read is not known.");
  }
  for (const [i, folder] of asArray(draft.at("/Folders")).entries()) {
    const at = `/Folders/${i}`;
    for (const [n, item] of asArray(member(folder, "FolderItems")).entries()) {
      if (text(member(item, "InternetMessageId")) !== undefined) {
        draft.moveTarget({ type: "message", id: `${at}/FolderItems/${n}/InternetMessageId` });
      }
    }
    draft.moveTarget({ type: "mail_folder", id: `${at}/Id`, name: `${at}/Path` });
  }
  draft.moveTarget({ type: "mailbox", id: "/MailboxOwnerUPN" });
  draft.moveTarget({ type: "object", id: "/ObjectId" });
  draft.moveTarget({ type: "application", id: "/ApplicationId" });
}

function placeChanges(draft: Draft): void {
  for (const [i, property] of asArray(draft.at("/ModifiedProperties")).entries()) {
    draft.addChange(
      {
        field: text(member(property, "Name")) ?? "property",
        before: present(member(property, "OldValue")),
        after: present(member(property, "NewValue")),
      },
      [`/ModifiedProperties/${i}`],
    );
  }
}

function present(value: Json | undefined): Json | undefined {
  return value === "" ? undefined : encodedJson(value);
}

function placeContext(draft: Draft): void {
  draft.move("context.ip", "/ClientIP", "/ClientIPAddress", "/ActorIpAddress");
  draft.takeRepeats(draft.textAt("/ClientIP"), "/ActorIpAddress", "/ClientIPAddress");
  const agent = namedValue(draft, "/ExtendedProperties", "UserAgent");
  if (agent === undefined) draft.move("context.user_agent", "/UserAgent", "/ClientInfoString");
  else draft.set("context.user_agent", agent, "named value", ["/ExtendedProperties"]);
  const session = namedValue(draft, "/DeviceProperties", "SessionId");
  if (draft.move("context.session_id", "/SessionId") === undefined) {
    draft.set("context.session_id", session, "named value", ["/DeviceProperties"]);
  }
  draft.move("context.request_id", "/InterSystemsId");
}

/** Microsoft writes objects as lists of names and values. */
function namedValue(draft: Draft, pointer: string, name: string): string | undefined {
  return text(
    member(
      asArray(draft.at(pointer)).find((each) => member(each, "Name") === name),
      "Value",
    ),
  );
}
