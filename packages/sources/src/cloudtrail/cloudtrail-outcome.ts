import type { OutcomeResult } from "@cairn/event";
import { type JsonObject, member, text } from "../core/json-values.ts";

/** Codes that say that the caller was not allowed; every other code says that it failed. */
const DENIED = /AccessDenied|Unauthorized|NotAuthorized|Forbidden/;

/** How a call ended, and by what code or message. */
export interface CloudTrailOutcome {
  readonly result: OutcomeResult;
  readonly reason?: string | undefined;
  /** Member of the record that decided. */
  readonly from: readonly string[];
}

/**
 * Tells how a call ended. `errorCode` decides where there is one. Sign-ins never have one: theirs is a word in
 * `responseElements` or `serviceEventDetails` under the event's own name, and without that word nothing is known.
 */
export function cloudTrailOutcome(record: JsonObject): CloudTrailOutcome {
  const errorCode = text(record.errorCode);
  if (errorCode !== undefined) {
    return { result: DENIED.test(errorCode) ? "denied" : "failure", reason: errorCode, from: ["/errorCode"] };
  }
  const eventName = text(record.eventName) ?? "";
  const word = text(member(record.responseElements, eventName)) ?? text(member(record.serviceEventDetails, eventName));
  const errorMessage = text(record.errorMessage);
  if (word === "Success") return { result: "success", from: ["/responseElements"] };
  if (word === "Failure" || errorMessage !== undefined) {
    return { result: "failure", reason: errorMessage, from: ["/responseElements", "/errorMessage"] };
  }
  return { result: record.eventType === "AwsConsoleSignIn" ? "unknown" : "success", from: ["/eventType"] };
}
