import type { EventInput, OutcomeResult } from "@cairn/event";
import { createDraft } from "../core/create-draft.ts";
import type { Draft } from "../core/draft.ts";
import type { JsonObject } from "../core/json-values.ts";
import { asArray, lookUp, member, text } from "../core/json-values.ts";
import { RINGCENTRAL_SOURCE } from "./audit-trail.ts";
import { type MessageRow, messageRowOf, partnerOf } from "./message-row.ts";

/** Two looks at one message of the store. */
export interface MessageObservation {
  /** The record as it was; undefined at the first look. */
  readonly previous?: JsonObject;
  /** The record as it is; undefined when it is not there any more. */
  readonly current?: JsonObject;
  /** Unix milliseconds of the look before this one; undefined at the first. */
  readonly previousLookMs?: number;
  /** Unix milliseconds of this look. */
  readonly lookMs: number;
  /** After how many days the account deletes messages; undefined when not known. */
  readonly retentionDays?: number;
}

type Change =
  | "received"
  | "sent"
  | "delivery_failed"
  | "read"
  | "marked_unread"
  | "deleted"
  | "restored"
  | "purged"
  | "disappeared";

const DAY_MS = 86_400_000;
/** Retention runs once a day or so: who is near its age was not deleted by a person. */
const RETENTION_SLACK_MS = DAY_MS;

/**
 * Concludes from two looks at a message what happened to it between them. The store tells that a message was read, not by
 * whom, from where or how often: such events are `inferred`, carry the window in which it must have happened, name the
 * extension and never an address. What goes at the account's retention age is done by System.
 */
export function messageEvents(observation: MessageObservation): EventInput[] {
  const row = rowOf(observation.current) ?? rowOf(observation.previous);
  if (row === undefined) return [];
  return changesOf(observation).map((change) => eventOf(change, row, observation));
}

function rowOf(record: JsonObject | undefined): MessageRow | undefined {
  return record === undefined ? undefined : messageRowOf(record);
}

function changesOf(observation: MessageObservation): Change[] {
  const before = rowOf(observation.previous);
  const now = rowOf(observation.current);
  if (now === undefined) return before === undefined || before.availability === "Purged" ? [] : ["disappeared"];
  const changes: Change[] = [];
  if (before === undefined) {
    if (now.direction === "Inbound") changes.push("received");
    if (now.direction === "Outbound") changes.push("sent");
  }
  if (isFailed(now) && !isFailed(before) && (before !== undefined || now.direction !== "Outbound"))
    changes.push("delivery_failed");
  // What one sent oneself is read from the start.
  const wasRead = before === undefined ? now.direction === "Outbound" : before.readStatus === "Read";
  if (now.readStatus === "Read" && !wasRead) changes.push("read");
  if (now.readStatus === "Unread" && before?.readStatus === "Read") changes.push("marked_unread");
  const was = before?.availability ?? "Alive";
  if (now.availability === "Deleted" && was === "Alive") changes.push("deleted");
  if (now.availability === "Alive" && was === "Deleted") changes.push("restored");
  if (now.availability === "Purged" && was !== "Purged") changes.push("purged");
  return changes;
}

function isFailed(row: MessageRow | undefined): boolean {
  return row?.messageStatus === "DeliveryFailed" || row?.messageStatus === "SendingFailed";
}

const VERBS = {
  received: "create",
  sent: "send",
  delivery_failed: "send",
  read: "read",
  marked_unread: "update",
  deleted: "delete",
  restored: "update",
  purged: "delete",
  disappeared: "delete",
} as const satisfies Record<Change, string>;

/** Changes that RingCentral states; all others are concluded. */
const STATED: ReadonlySet<Change> = new Set(["received", "sent", "delivery_failed"]);

const SENTENCES: Readonly<Partial<Record<Change, string>>> = {
  read: "Read at least once; the store does not tell by whom, from where or how often.",
  disappeared: "Not in the message store any more.",
};

function eventOf(change: Change, row: MessageRow, observation: MessageObservation): EventInput {
  const draft = createDraft(row.record, {}, RINGCENTRAL_SOURCE);
  const window = windowOf(change, row, observation);
  const result = resultOf(change, row);
  draft.set("id", `message:${row.id}:${change}:${window.toMs}`, "join", ["/id", "/lastModifiedTime"]);
  draft.set("action", `message.${change}`, "difference", ["/readStatus", "/availability"]);
  draft.set("verb", VERBS[change], "table");
  draft.set("category", "message_access");
  draft.set("outcome.result", result, "table", ["/messageStatus"]);
  if (result === "failure") draft.set("outcome.reason", failureOf(row), "copy", ["/to/0/faxErrorCode"]);
  draft.set("description", SENTENCES[change]);
  draft.set("data_category", row.type.toLowerCase(), "copy", ["/type"]);
  draft.setTime(window.toMs, STATED.has(change) ? undefined : window.toMs - window.fromMs, ["/lastModifiedTime"]);
  if (!STATED.has(change)) {
    draft.markInferred();
    draft.addDetail("window", { from: new Date(window.fromMs).toISOString(), to: new Date(window.toMs).toISOString() });
  }
  placeActor(draft, change, { row, observation, toMs: window.toMs });
  draft.addTarget({ type: targetType(row.type), id: row.id, name: text(row.record.subject) }, ["/id"]);
  if (change === "sent") draft.set("recipient", partnerOf(row), "copy", ["/to"]);
  return draft.finish().event;
}

interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A change happened after the look before, and not after the record was last modified, or after this look. */
function windowOf(change: Change, row: MessageRow, observation: MessageObservation): Window {
  const { lookMs, previousLookMs } = observation;
  if (change === "received" || change === "sent") {
    const createdMs = row.createdMs ?? row.modifiedMs ?? lookMs;
    return { fromMs: createdMs, toMs: createdMs };
  }
  const modifiedMs = change === "disappeared" ? undefined : row.modifiedMs;
  const toMs = Math.min(modifiedMs ?? lookMs, lookMs);
  const fromMs = Math.max(previousLookMs ?? 0, row.createdMs ?? 0);
  return { fromMs: fromMs === 0 ? toMs : Math.min(fromMs, toMs), toMs };
}

interface ActorOf {
  readonly row: MessageRow;
  readonly observation: MessageObservation;
  readonly toMs: number;
}

function placeActor(draft: Draft, change: Change, { row, observation, toMs }: ActorOf): void {
  if (change === "received") {
    const sender = partnerOf(row);
    draft.set("actor.type", sender === undefined ? "anonymous" : "user");
    draft.set("actor.id", sender, "copy", ["/from"]);
    return;
  }
  if (change === "purged" || change === "delivery_failed" || isRetention(change, row, { observation, toMs })) {
    draft.set("actor.type", "system");
    draft.set("actor.name", "System");
    return;
  }
  if (change === "disappeared" || row.extensionId === undefined) {
    draft.set("actor.type", "anonymous");
    return;
  }
  // The extension, not a person: several may share it.
  draft.set("actor.type", "user");
  draft.set("actor.id", row.extensionId, "copy", ["/extensionId"]);
  draft.label("actor_is", "extension");
}

function isRetention(
  change: Change,
  row: MessageRow,
  { observation, toMs }: { readonly observation: MessageObservation; readonly toMs: number },
): boolean {
  const { retentionDays } = observation;
  if (retentionDays === undefined || row.createdMs === undefined) return false;
  const isEnd = change === "deleted" || change === "disappeared";
  return isEnd && toMs - row.createdMs >= retentionDays * DAY_MS - RETENTION_SLACK_MS;
}

const RESULT_OF_STATUS: Readonly<Record<string, OutcomeResult>> = {
  Sent: "success",
  Delivered: "success",
  Received: "success",
  Queued: "unknown",
  DeliveryFailed: "failure",
  SendingFailed: "failure",
};

function resultOf(change: Change, row: MessageRow): OutcomeResult {
  if (change === "delivery_failed") return "failure";
  return change === "sent" ? (lookUp(RESULT_OF_STATUS, row.messageStatus) ?? "unknown") : "success";
}

function failureOf({ record, messageStatus }: MessageRow): string | undefined {
  const codes = asArray(record.to).map((each) => text(member(each, "faxErrorCode")));
  return codes.find((code) => code !== undefined) ?? messageStatus;
}

function targetType(type: string): string {
  return type === "Fax" ? "fax" : type === "VoiceMail" ? "voicemail" : "message";
}
