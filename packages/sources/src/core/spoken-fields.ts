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
  const { fields, results, more } = pointersBelow(base);
  for (let i = 0; i < fields.length; i++) {
    const { field, places } = fields[i]!;
    for (let j = 0; j < places.length; j++) {
      const { first, pointer } = places[j]!;
      // Most names are not there; only those whose first member is are worth a look.
      if (Object.hasOwn(payload, first) && draft.move(field, pointer) !== undefined) break;
    }
  }
  const resultAt = results.find(
    ({ first, pointer }) => Object.hasOwn(payload, first) && resultOfWord(draft.textAt(pointer)) !== undefined,
  )?.pointer;
  if (resultAt !== undefined) {
    const word = draft.textAt(resultAt) ?? "";
    const result = resultOfWord(word);
    if (result === word) draft.move("outcome.result", resultAt);
    else draft.set("outcome.result", result, "table", [resultAt]);
  }
  const resource = text(draft.at(more.resource));
  placeTargets(draft, more.targets);
  if (asObject(draft.at(more.target)) !== undefined) placeTarget(draft, more.target);
  if (resource !== undefined) draft.addTarget({ type: resource }, [more.resource]);
  placeChanges(draft, more.changes);
}

/** Where a payload may say what: pointers into the record. In names, `/` parts members; a dot is a part of the name. */
interface Pointers {
  readonly fields: readonly {
    readonly field: Field;
    readonly places: readonly { readonly first: string; readonly pointer: string }[];
  }[];
  readonly results: readonly { readonly first: string; readonly pointer: string }[];
  readonly more: Readonly<Record<"resource" | "targets" | "target" | "changes", string>>;
}

/** By the pointer of the payload: each mapping has one or two. Made once, because every event asks for all of them. */
const known = new Map<string, Pointers>();

function pointersBelow(base: string): Pointers {
  let pointers = known.get(base);
  if (pointers === undefined) {
    const placeOf = (name: string) => ({ first: name.split("/", 1)[0] ?? name, pointer: `${base}/${name}` });
    pointers = {
      fields: NAMES.map(([field, names]) => ({ field, places: names.map(placeOf) })),
      results: RESULT_NAMES.map(placeOf),
      more: {
        resource: `${base}/resource`,
        targets: `${base}/targets`,
        target: `${base}/target`,
        changes: `${base}/changes`,
      },
    };
    known.set(base, pointers);
  }
  return pointers;
}

function placeTargets(draft: Draft, list: string): void {
  const { length } = asArray(draft.at(list));
  for (let i = 0; i < length; i++) placeTarget(draft, pointerTo(list, i));
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
