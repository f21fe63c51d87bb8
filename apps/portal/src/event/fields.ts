import type { Json, RecordedEvent } from "@cairn/event";
import { t } from "../texts/texts.ts";
import { writeTerm } from "./filter-term.ts";
import { isList, leavesOf, showValue } from "./leaves.ts";

/** One value of a field, with the condition that finds it where the query language has one. */
export interface FieldValue {
  readonly text: string;
  readonly term: string | undefined;
}

/** A line of the detail: what it is called, and what stands there. */
export interface Field {
  /** Path in the event as a JSON array: keys of details may hold any character. */
  readonly path: string;
  readonly label: string;
  readonly form: "text" | "moment";
  readonly values: readonly FieldValue[];
}

/** Names of the groups, in the catalogue of texts. */
export type GroupName = "what" | "who" | "target" | "when" | "where" | "details" | "labels" | "noticed" | "record";

export interface FieldGroup {
  readonly title: GroupName;
  readonly fields: readonly Field[];
}

/** Groups in reading order. An event's first key decides; what no group claims comes last, so nothing is ever left out. */
const GROUPS: readonly (readonly [title: GroupName, keys: readonly string[]])[] = [
  ["what", ["action", "verb", "category", "outcome", "purpose", "recipient", "data_category"]],
  ["who", ["actor"]],
  ["target", ["targets"]],
  ["when", ["occurred_at", "received_at", "time_uncertain_ms"]],
  ["where", ["context"]],
  ["details", ["details"]],
  ["labels", ["labels"]],
  ["noticed", ["warnings"]],
];
const LAST_GROUP = "record";
/** Shown elsewhere: the sentence on top, and changes as before and after. */
const APART: ReadonlySet<string> = new Set(["description", "changes"]);
const MOMENTS: ReadonlySet<string> = new Set(["occurred_at", "received_at"]);

/** Fields of the query language by the path at which they stand, where the two differ. */
const FIELD_OF_PATH: Readonly<Record<string, string>> = {
  "outcome.result": "outcome",
  "context.ip": "ip",
  "context.user_agent": "user_agent",
  "context.session_id": "session",
  "context.request_id": "request",
  "context.trace_id": "trace",
  "context.location": "location",
  "context.client.kind": "client.kind",
  "context.client.name": "client.name",
  "context.client.version": "client.version",
  parent_id: "parent",
};
/** Fields of the query language that stand where they are called. */
const SAME_NAME =
  /^(?:action|verb|category|source|source_action|purpose|recipient|data_category|inferred|id|ledger|sequence|warnings|outcome\.reason|actor\.(?:type|ref|id|name|email|role|groups))$/;

/** Takes an event apart into groups of labelled lines. */
export function fieldGroups(event: RecordedEvent): readonly FieldGroup[] {
  const fields = new Map<GroupName, Field[]>();
  const members = event as unknown as Readonly<Record<string, Json>>;
  for (const key of Object.keys(members)) {
    if (APART.has(key)) continue;
    const title: GroupName = GROUPS.find(([, keys]) => keys.includes(key))?.[0] ?? LAST_GROUP;
    const group = fields.get(title) ?? [];
    fields.set(title, group);
    const leaves = leavesOf(members[key] ?? null, [key]);
    // A number tells targets apart; the only one needs none.
    const isOnlyTarget = key === "targets" && event.targets?.length === 1;
    for (const { path, value } of leaves) {
      group.push(toField(path, value, labelOf(isOnlyTarget ? path.toSpliced(1, 1) : path)));
    }
  }
  const order: readonly GroupName[] = [...GROUPS.map(([title]) => title), LAST_GROUP];
  return order.flatMap((title) => {
    const group = fields.get(title);
    return group === undefined ? [] : [{ title, fields: group }];
  });
}

function toField(path: readonly (string | number)[], value: Json, label: string): Field {
  const items = isList(value) && value.length > 0 ? value : [value];
  return {
    path: JSON.stringify(path),
    label,
    form: path.length === 1 && MOMENTS.has(String(path[0])) ? "moment" : "text",
    values: items.map((item) => ({ text: showValue(item), term: termOf(path, item) })),
  };
}

/** `actor.on_behalf_of.name` → `on behalf of · name`; `targets.1.id` → `2 · id`; keys of `details` stay as they are. */
function labelOf(path: readonly (string | number)[]): string {
  const [first, ...rest] = path;
  const isFree = first === "details" || first === "labels";
  const named = rest.length === 0 ? [first ?? ""] : rest;
  return named.map((key) => labelOfKey(key, isFree ? "free" : "model")).join(" · ");
}

function labelOfKey(key: string | number, kind: "free" | "model"): string {
  if (typeof key === "number") return String(key + 1);
  return kind === "free" ? key : (t.detail.keys[key] ?? key.replaceAll("_", " "));
}

function termOf(path: readonly (string | number)[], value: Json): string | undefined {
  if (value === null || typeof value === "object" || value === "") return undefined;
  const keys = path.filter((key) => typeof key === "string");
  const field = fieldName(keys);
  return field === undefined ? undefined : writeTerm(field, showValue(value));
}

function fieldName(keys: readonly string[]): string | undefined {
  const [first, second] = keys;
  if (first === "details" || first === "labels") return keys.map(writeSegment).join(".");
  if (first === "targets" && second !== undefined) return `target.${second}`;
  if (first === "actor" && second === "on_behalf_of") return keys.slice(1).join(".");
  const path = keys.join(".");
  return FIELD_OF_PATH[path] ?? (SAME_NAME.test(path) ? path : undefined);
}

/** A key of `details` may hold what the query language uses for itself. */
function writeSegment(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : `"${key.replace(/["\\]/g, "\\$&")}"`;
}
