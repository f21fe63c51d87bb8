import { ACTOR_TYPES, CLIENT_KINDS, OUTCOMES, VERBS } from "../model/event.ts";

/**
 * How a field is compared:
 * `keyword` the whole folded value · `text` its words · `leaf` words and numbers under a path · `number` · `time` · `ip` ·
 * `ref` a subject reference, exactly · `person` identifiers, names and addresses of people and of other actors and targets.
 */
export type FieldKind = "keyword" | "text" | "leaf" | "number" | "time" | "ip" | "ref" | "person";

interface FieldDefinition {
  readonly kind: FieldKind;
  /** Other names by which a query may call the field. */
  readonly aliases: readonly string[];
  /** The only values there are, where the model lists them. */
  readonly values?: readonly string[];
  /** True when a path may follow: `details.record_count`. */
  readonly hasPath?: true;
}

const keyword = (...aliases: string[]) => ({ kind: "keyword", aliases }) as const;
const oneOf = (values: readonly string[], ...aliases: string[]) => ({ kind: "keyword", aliases, values }) as const;
const text = (...aliases: string[]) => ({ kind: "text", aliases }) as const;
const number = (...aliases: string[]) => ({ kind: "number", aliases }) as const;
const time = (...aliases: string[]) => ({ kind: "time", aliases }) as const;
const person = (...aliases: string[]) => ({ kind: "person", aliases }) as const;
const ref = (...aliases: string[]) => ({ kind: "ref", aliases }) as const;
const leaf = (...aliases: string[]) => ({ kind: "leaf", aliases, hasPath: true }) as const;

/** Every field of the language by its canonical name. `docs/query-language.md` describes each; a test holds them together. */
export const FIELDS = {
  action: keyword(),
  verb: oneOf(VERBS),
  category: keyword(),
  source: keyword(),
  source_action: text(),
  outcome: oneOf(OUTCOMES, "result", "outcome.result", "status"),
  "outcome.reason": text("reason"),

  actor: person("user", "by"),
  "actor.id": person("user.id", "user_id", "actor_id"),
  "actor.name": person("user.name"),
  "actor.email": person("user.email"),
  "actor.type": oneOf(ACTOR_TYPES, "actor_type", "user.type"),
  "actor.ref": ref("user.ref"),
  "actor.role": keyword("role", "user.role"),
  "actor.groups": keyword("group", "groups", "actor.group", "user.groups"),
  on_behalf_of: person("actor.on_behalf_of"),
  "on_behalf_of.id": person("actor.on_behalf_of.id"),
  "on_behalf_of.name": person("actor.on_behalf_of.name"),
  "on_behalf_of.email": person("actor.on_behalf_of.email"),
  "on_behalf_of.type": oneOf(ACTOR_TYPES, "actor.on_behalf_of.type"),
  "on_behalf_of.ref": ref("actor.on_behalf_of.ref"),

  target: person("resource", "targets"),
  "target.id": person("resource.id", "target_id", "resource_id", "targets.id"),
  "target.name": person("resource.name", "targets.name"),
  "target.type": keyword("resource.type", "target_type", "resource_type", "targets.type"),
  "target.ref": ref("resource.ref", "targets.ref"),
  subject: person("person"),
  "subject.ref": ref("person.ref"),

  ip: { kind: "ip", aliases: ["ip_address", "context.ip", "actor.ip"] },
  user_agent: text("context.user_agent", "useragent", "agent"),
  session: keyword("session_id", "context.session_id"),
  request: keyword("request_id", "context.request_id"),
  trace: keyword("trace_id", "context.trace_id"),
  location: text("context.location"),
  "client.kind": oneOf(CLIENT_KINDS, "client", "context.client.kind", "client_kind"),
  "client.name": keyword("context.client.name"),
  "client.version": keyword("context.client.version"),

  "changes.field": text("changes", "change", "changed", "change.field"),
  "changes.before": { kind: "leaf", aliases: ["change.before"], hasPath: true },
  "changes.after": { kind: "leaf", aliases: ["change.after"], hasPath: true },
  details: leaf("detail"),
  labels: leaf("label"),

  purpose: text(),
  recipient: text("to"),
  data_category: keyword(),
  parent: keyword("parent_id"),
  inferred: oneOf(["true", "false"]),
  time_uncertain_ms: number("time_uncertain"),
  description: text("message"),
  warnings: text("warning"),

  id: keyword("event", "event_id"),
  ledger: number("epoch"),
  sequence: number("seq"),
  occurred_at: time("time", "timestamp", "date", "occurred"),
  received_at: time("received"),
} as const satisfies Record<string, FieldDefinition>;

/** The canonical name of a field. */
export type FieldName = keyof typeof FIELDS;

/** `after:` and `before:` are written like fields but mean a bound on `occurred_at`. */
export const TIME_BOUNDS: Readonly<Record<string, "after" | "before">> = {
  after: "after",
  since: "after",
  before: "before",
  until: "before",
};

const byName = new Map<string, FieldName>();
for (const name of Object.keys(FIELDS) as FieldName[]) {
  byName.set(name, name);
  for (const alias of FIELDS[name].aliases) byName.set(alias, name);
}

/** What a written field name means; `path` is set for a leaf field, folded by nothing yet. */
export interface FieldMatch {
  readonly name: FieldName;
  readonly path: readonly string[];
}

/** Finds the field that a dotted name means: the longest known name, and a path after it where the field has one. */
export function findField(segments: readonly string[]): FieldMatch | undefined {
  for (let count = segments.length; count > 0; count--) {
    const name = byName.get(segments.slice(0, count).join(".").toLowerCase());
    if (name === undefined) continue;
    const path = segments.slice(count);
    const definition: FieldDefinition = FIELDS[name];
    return path.length === 0 || definition.hasPath === true ? { name, path } : undefined;
  }
  return undefined;
}

/** Every name by which a field can be called, canonical names first, for suggestions and completion. */
export function fieldNames(): readonly string[] {
  return [
    ...Object.keys(FIELDS),
    ...Object.keys(TIME_BOUNDS),
    ...[...byName.keys()].filter((name) => !(name in FIELDS)),
  ];
}

/** How a field is defined. */
export function fieldDefinition(name: FieldName): FieldDefinition {
  return FIELDS[name];
}
