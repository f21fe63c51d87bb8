import { ACTOR_TYPES, CLIENT_KINDS, LIMITS, OUTCOMES, VERBS } from "@cairn/event";

/** What a field of the model takes. */
export type FieldKind =
  | { readonly kind: "text"; readonly maxChars: number }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  | { readonly kind: "action" }
  | { readonly kind: "ip" };

const text = (maxChars: number): FieldKind => ({ kind: "text", maxChars });
const oneOf = (values: readonly string[]): FieldKind => ({ kind: "enum", values });

/** The fields of an event that hold one text, by their path. Times, targets, changes and details have rules of their own. */
export const FIELDS = {
  id: text(LIMITS.idChars),
  action: { kind: "action" },
  verb: oneOf(VERBS),
  category: text(LIMITS.nameChars),
  "actor.type": oneOf(ACTOR_TYPES),
  "actor.id": text(LIMITS.nameChars),
  "actor.name": text(LIMITS.nameChars),
  "actor.email": text(LIMITS.emailChars),
  "actor.role": text(LIMITS.nameChars),
  "actor.on_behalf_of.type": oneOf(ACTOR_TYPES),
  "actor.on_behalf_of.id": text(LIMITS.nameChars),
  "actor.on_behalf_of.name": text(LIMITS.nameChars),
  "actor.on_behalf_of.email": text(LIMITS.emailChars),
  "outcome.result": oneOf(OUTCOMES),
  "outcome.reason": text(LIMITS.shortTextChars),
  "context.ip": { kind: "ip" },
  "context.user_agent": text(LIMITS.userAgentChars),
  "context.session_id": text(LIMITS.idChars),
  "context.request_id": text(LIMITS.idChars),
  "context.trace_id": text(LIMITS.idChars),
  "context.location": text(LIMITS.nameChars),
  "context.client.kind": oneOf(CLIENT_KINDS),
  "context.client.name": text(LIMITS.nameChars),
  "context.client.version": text(LIMITS.nameChars),
  purpose: text(LIMITS.shortTextChars),
  recipient: text(LIMITS.shortTextChars),
  data_category: text(LIMITS.nameChars),
  parent_id: text(LIMITS.idChars),
  description: text(LIMITS.descriptionChars),
  source: text(100),
  /** Which tenant of the project; only mappings of sources that serve many set it. */
  tenant: text(100),
  source_action: text(LIMITS.shortTextChars),
} as const satisfies Record<string, FieldKind>;

export type Field = keyof typeof FIELDS;

/** Tells whether a text names a field. */
export function isField(name: string): name is Field {
  return Object.hasOwn(FIELDS, name);
}
