import type { OutcomeResult } from "@cairn/event";
import { type JsonObject, member, text } from "../files/json-values.ts";

/** Codes that say that the caller was not allowed; every other code says that it failed. */
const DENIED = /AccessDenied|Unauthorized|NotAuthorized|Forbidden/;

/** How a call ended, and by what code. */
export interface CloudTrailOutcome {
  readonly result: OutcomeResult;
  readonly reason?: string;
}

/**
 * Tells how a call ended. `errorCode` decides where there is one. Sign-ins never have one: theirs is a word in
 * `responseElements` or `serviceEventDetails` under the event's own name, and without that word nothing is known.
 */
export function cloudTrailOutcome(record: JsonObject): CloudTrailOutcome {
  const errorCode = text(record.errorCode);
  if (errorCode !== undefined) return { result: DENIED.test(errorCode) ? "denied" : "failure", reason: errorCode };
  const eventName = text(record.eventName) ?? "";
  const word = text(member(record.responseElements, eventName)) ?? text(member(record.serviceEventDetails, eventName));
  const errorMessage = text(record.errorMessage);
  const reason = errorMessage === undefined || errorMessage.length > MAX_REASON_CHARS ? {} : { reason: errorMessage };
  if (word === "Success") return { result: "success" };
  if (word === "Failure" || errorMessage !== undefined) return { result: "failure", ...reason };
  return { result: record.eventType === "AwsConsoleSignIn" ? "unknown" : "success" };
}

const MAX_REASON_CHARS = 1_000;
