import type { JsonObject } from "../core/json-values.ts";
import { type ReadItem, readJsonRecords } from "../core/read-json.ts";
import { SourceError } from "../core/source-error.ts";

/** Headers of a delivery that say what its body does not. */
export const GITHUB_HEADERS = ["x-github-event", "x-github-delivery", "x-github-hook-id", "content-type"] as const;

/** How GitHub names deliveries: the same when one is sent again. */
const DELIVERY = /^[0-9A-Za-z-]{1,100}$/;
/** Names of kinds of events. */
const EVENT = /^[a-z][a-z0-9_]{0,99}$/;

/**
 * Reads the body of one delivery of a GitHub webhook, as JSON or as the form field `payload`. What its headers say stands
 * beside the payload: `{event, delivery, hook_id, payload}`.
 * @param headers by name in lower case
 */
export function readGitHubWebhook(
  body: string,
  headers: Readonly<Record<string, string | undefined>> = {},
): ReadItem[] {
  const [item, ...more] = readJsonRecords(payloadOf(body, headers["content-type"]));
  if (item === undefined || more.length > 0) return [refused(body, "a delivery is one JSON object")];
  if (item.kind === "refused") return [{ ...item, text: body }];
  const { "x-github-event": event = "", "x-github-delivery": delivery = "", "x-github-hook-id": hook } = headers;
  if (!EVENT.test(event)) return [refused(body, "there is no `X-GitHub-Event`, or none of GitHub's")];
  if (!DELIVERY.test(delivery)) return [refused(body, "there is no `X-GitHub-Delivery`, or none of GitHub's")];
  const about: JsonObject = { event, delivery, ...(hook === undefined ? {} : { hook_id: hook }) };
  return [{ kind: "record", record: { ...about, payload: item.record }, text: item.text }];
}

function payloadOf(body: string, contentType: string | undefined): string {
  if (!/^application\/x-www-form-urlencoded\b/i.test(contentType ?? "")) return body;
  return new URLSearchParams(body).get("payload") ?? "";
}

function refused(text: string, message: string): ReadItem {
  return { kind: "refused", error: new SourceError("shape_invalid", message), text };
}
