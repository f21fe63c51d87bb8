import { CLIENT_KINDS, OUTCOMES, VERBS } from "../model/event.ts";
import { LIMITS } from "../model/limits.ts";
import {
  CHANGE_MEMBERS,
  CLIENT_TEXTS,
  CONTEXT_TEXTS,
  EVENT_CONTAINERS,
  EVENT_TEXTS,
  FIRST_CONTAINER,
  KIND,
  OBJECT,
  OUTCOME_TEXTS,
  TARGET_TEXTS,
} from "./numbers.ts";

/** Something to know from the start: a key of an object with its number and the bytes its text may have, or a word. */
export interface FirstFact {
  readonly kind: number;
  readonly context: number;
  readonly key: string;
  readonly value: number;
}

/** Most characters of each text; a text of as many bytes cannot have more. Longer ones take the slow way. */
const TEXT_LIMITS: Readonly<Record<(typeof EVENT_TEXTS)[number], number>> = {
  id: LIMITS.idChars,
  tenant: 100,
  occurred_at: 40,
  action: LIMITS.actionChars,
  verb: LIMITS.nameChars,
  category: LIMITS.nameChars,
  source: 100,
  purpose: LIMITS.shortTextChars,
  recipient: LIMITS.shortTextChars,
  data_category: LIMITS.nameChars,
  parent_id: LIMITS.idChars,
  description: LIMITS.descriptionChars,
  source_action: LIMITS.shortTextChars,
};
const CONTEXT_LIMITS: Readonly<Record<(typeof CONTEXT_TEXTS)[number], number>> = {
  ip: 100,
  user_agent: LIMITS.userAgentChars,
  location: LIMITS.nameChars,
  session_id: LIMITS.idChars,
  request_id: LIMITS.idChars,
  trace_id: LIMITS.idChars,
};

const key = (context: number, name: string, number: number, limit: number): FirstFact => ({
  kind: KIND.key,
  context,
  key: name,
  value: number | (limit << 8),
});

/** The schema, as far as plain events go. Keys that are not here make an event take the slow way. */
export const FIRST_FACTS: readonly FirstFact[] = [
  ...EVENT_TEXTS.map((name, i) => key(OBJECT.event, name, i, TEXT_LIMITS[name])),
  ...EVENT_CONTAINERS.map((name, i) => key(OBJECT.event, name, FIRST_CONTAINER + i, 0)),
  ...CONTEXT_TEXTS.map((name, i) => key(OBJECT.context, name, i, CONTEXT_LIMITS[name])),
  key(OBJECT.context, "client", CONTEXT_TEXTS.length, 0),
  ...CLIENT_TEXTS.map((name, i) => key(OBJECT.client, name, i, LIMITS.nameChars)),
  ...TARGET_TEXTS.map((name, i) => key(OBJECT.target, name, i, LIMITS.nameChars)),
  ...OUTCOME_TEXTS.map((name, i) => key(OBJECT.outcome, name, i, LIMITS.shortTextChars)),
  ...CHANGE_MEMBERS.map((name, i) => key(OBJECT.change, name, i, LIMITS.nameChars)),
  ...VERBS.map((verb) => ({ kind: KIND.verb, context: 0, key: verb, value: 1 })),
  ...CLIENT_KINDS.map((kind) => ({ kind: KIND.clientKind, context: 0, key: kind, value: 1 })),
  ...OUTCOMES.map((outcome) => ({ kind: KIND.outcome, context: 0, key: outcome, value: 1 })),
];
