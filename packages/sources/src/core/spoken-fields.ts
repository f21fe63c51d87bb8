import { type Json, OUTCOMES, type OutcomeResult } from "@cairn/event";
import type { Draft } from "./draft.ts";
import type { Field } from "./fields.ts";
import { asArray, asObject, lookUp, member, text } from "./json-values.ts";
import { pointerTo } from "./leftovers.ts";

/**
 * Names under which products write what the model has fields for, in payloads of general protocols: the model's own, its short
 * form, and those of OpenTelemetry, ECS and Splunk's common information model. Best first.
 */
const NAMES: readonly (readonly [field: Field, names: readonly string[]])[] = [
  ["verb", ["verb"]],
  ["category", ["category"]],
  ["description", ["description", "message", "msg"]],
  ["purpose", ["purpose"]],
  ["recipient", ["recipient"]],
  ["data_category", ["data_category"]],
  ["parent_id", ["parent_id"]],
  ["actor.type", ["actor/type"]],
  ["actor.id", ["actor/id", "user/id", "user.id", "enduser.id", "user", "username", "actor", "src_user"]],
  ["actor.name", ["actor/name", "user/name", "user.name", "user.full_name", "user_name"]],
  ["actor.email", ["actor/email", "user/email", "user.email", "user_email"]],
  ["actor.role", ["actor/role", "user/role", "enduser.role", "role"]],
  [
    "context.ip",
    ["context/ip", "client.address", "source.ip", "ip", "ip_address", "client_ip", "src_ip", "src", "source.address"],
  ],
  [
    "context.user_agent",
    ["context/user_agent", "user_agent.original", "http.user_agent", "user_agent", "http_user_agent"],
  ],
  ["context.session_id", ["context/session_id", "session.id", "session_id"]],
  ["context.request_id", ["context/request_id", "http.request.id", "request.id", "request_id"]],
  ["context.trace_id", ["context/trace_id", "trace.id", "trace_id"]],
  ["context.location", ["context/location", "location"]],
  ["context.client.name", ["context/client/name"]],
  ["outcome.reason", ["outcome/reason", "event.reason", "reason", "error.message"]],
];

const RESULT_NAMES = ["outcome/result", "outcome", "event.outcome", "result", "status"];

/** Words for outcomes in lower case. */
const RESULTS: Readonly<Record<string, OutcomeResult>> = {
  ...(Object.fromEntries(OUTCOMES.map((result) => [result, result])) as Record<OutcomeResult, OutcomeResult>),
  succeeded: "success",
  successful: "success",
  ok: "success",
  allowed: "success",
  allow: "success",
  failed: "failure",
  fail: "failure",
  error: "failure",
  deny: "denied",
  blocked: "denied",
  rejected: "denied",
  forbidden: "denied",
};

/** Tells which outcome a word means; undefined for one that is none. */
export function resultOfWord(word: string | undefined): OutcomeResult | undefined {
  return lookUp(RESULTS, word?.toLowerCase());
}

/** Moves what a payload says in known names to the fields of the event. `base` is the pointer of the payload. */
export function placeSpoken(draft: Draft, base: string): void {
  const payload = asObject(draft.at(base));
  if (payload === undefined) return;
  for (const { field, places } of PLACES) {
    // Most names are not there; only those whose first member is are worth a look.
    const there = places.filter(({ first }) => Object.hasOwn(payload, first));
    if (there.length > 0) draft.move(field, ...there.map(({ path }) => base + path));
  }
  const resultAt = RESULT_NAMES.map((name) => base + pathOf(name)).find(
    (pointer) => resultOfWord(draft.textAt(pointer)) !== undefined,
  );
  if (resultAt !== undefined) {
    const word = draft.textAt(resultAt) ?? "";
    const result = resultOfWord(word);
    if (result === word) draft.move("outcome.result", resultAt);
    else draft.set("outcome.result", result, "table", [resultAt]);
  }
  const resource = text(draft.at(`${base}/resource`));
  placeTargets(draft, `${base}/targets`);
  if (asObject(draft.at(`${base}/target`)) !== undefined) placeTarget(draft, `${base}/target`);
  if (resource !== undefined) draft.addTarget({ type: resource }, [`${base}/resource`]);
  placeChanges(draft, `${base}/changes`);
}

/** In names, `/` parts members; a dot is a part of the name, as OpenTelemetry writes them. */
function pathOf(name: string): string {
  return `/${name}`;
}

const PLACES = NAMES.map(([field, names]) => ({
  field,
  places: names.map((name) => ({ first: name.split("/", 1)[0] ?? name, path: pathOf(name) })),
}));

function placeTargets(draft: Draft, list: string): void {
  for (const i of asArray(draft.at(list)).keys()) placeTarget(draft, pointerTo(list, i));
}

function placeTarget(draft: Draft, at: string): void {
  const type = draft.textAt(`${at}/type`);
  if (type === undefined) return;
  draft.moveTarget({ type, typeAt: `${at}/type`, id: `${at}/id`, name: `${at}/name` });
}

function placeChanges(draft: Draft, list: string): void {
  for (const [i, change] of asArray(draft.at(list)).entries()) {
    const field = text(member(change, "field"));
    if (field === undefined) continue;
    const [before, after] = [member(change, "before"), member(change, "after")] as (Json | undefined)[];
    draft.addChange({ field, before, after }, [pointerTo(list, i)]);
  }
}
