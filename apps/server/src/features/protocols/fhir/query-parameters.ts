import { quoteValue } from "@cairn/event";
import { FhirError } from "./outcome.ts";

/** Writes one value of a parameter as a condition of the query language. */
type Condition = (value: string) => string;

const none = "NOT *";

/** Comparisons of dates (R4, 3.1.1.5.6): the query language has the same. */
const COMPARISONS: Readonly<Record<string, string>> = { gt: ">", sa: ">", lt: "<", eb: "<", ge: ">=", le: "<=" };

function timeOn(field: string): Condition {
  return (value) => {
    const [, prefix = "eq", time = ""] =
      /^(eq|ne|gt|lt|ge|le|sa|eb|ap)?(\d{4}\S*)$/.exec(value.replaceAll(" ", "+")) ?? [];
    if (time === "") throw new FhirError(400, `${value.slice(0, 40)} is not a date`);
    const condition = `${field}:${COMPARISONS[prefix] ?? ""}${quoteValue(time)}`;
    return prefix === "ne" ? `NOT ${condition}` : condition;
  };
}

/** What a token says beside its system: `system|value`, `|value`, `value`. */
function tokenValue(value: string): string {
  return value.slice(value.lastIndexOf("|") + 1);
}

/** An identifier or a reference, as an event may have it: `Patient/7` is also `7` to whoever wrote no reference. */
export function namesOf(value: string, type?: string): readonly string[] {
  const name = tokenValue(value);
  const [, id] = /(?:^|\/)[A-Z][A-Za-z]+\/([^/]+)$/.exec(name) ?? [];
  return [
    name,
    ...(id === undefined ? [] : [id]),
    ...(type === undefined || id !== undefined ? [] : [`${type}/${name}`]),
  ];
}

function idOn(fields: readonly string[], type?: string): Condition {
  return (value) => {
    const names = namesOf(value, type).map(quoteValue).join(" OR ");
    return `(${fields.map((field) => `${field}:(${names})`).join(" OR ")})`;
  };
}

function wordsOn(fields: readonly string[]): Condition {
  return (value) => `(${fields.map((field) => `${field}:${quoteValue(value)}`).join(" OR ")})`;
}

function codeOn(table: Readonly<Record<string, string>>, otherwise: Condition): Condition {
  return (value) => {
    const code = tokenValue(value);
    return Object.hasOwn(table, code) ? (table[code] ?? none) : otherwise(code);
  };
}

const ACTIONS: Readonly<Record<string, string>> = {
  C: "verb:create",
  R: "verb:(read OR export OR print OR copy OR send)",
  U: "verb:(update OR grant OR revoke)",
  D: "verb:delete",
  E: "verb:(search OR login OR logout OR other)",
};
const OUTCOMES: Readonly<Record<string, string>> = {
  "0": "outcome:success",
  "4": "outcome:denied",
  "8": "outcome:failure",
};
const LOG_USE = "(category:administration verb:(read OR search))";
/** The types that events are written with, and the codes that came with those that were AuditEvents or DICOM's before. */
const TYPES: Readonly<Record<string, string>> = {
  rest: `(verb:(read OR create OR update OR delete OR search) NOT ${LOG_USE})`,
  "110100": "(verb:other OR source_action:110100)",
  "110101": `(${LOG_USE} OR source_action:110101)`,
  "110106": "(verb:(export OR print OR copy OR send) OR source_action:110106)",
  "110113": "(verb:(grant OR revoke) OR source_action:110113)",
  "110114": "(verb:(login OR logout) OR source_action:110114)",
};
const SUBTYPES: Readonly<Record<string, string>> = {
  "110122": "(verb:login OR source_action:110122)",
  "110123": "(verb:logout OR source_action:110123)",
  "110136": "(verb:(grant OR revoke) OR source_action:110136)",
  read: "verb:read",
  create: "verb:create",
  update: "verb:update",
  delete: "verb:delete",
  "search-type": "verb:search",
  disclose: "(verb:(export OR print OR copy OR send) recipient:*)",
};

const AGENT_IDS = idOn(["actor.id", "on_behalf_of.id"]);
const patientIds = idOn(["target.id"], "Patient");
const PATIENT: Condition = (value) => `(target.type:patient ${patientIds(value)})`;
const ENTITY_IDS = idOn(["target.id"]);

/** Search parameters of AuditEvent (R4, 6.4.7) that this server knows. */
export const CONDITIONS: Readonly<Record<string, Condition>> = {
  _id: (value) => {
    const [, ledger, sequence] = /^e(\d{1,3})-(\d{1,15})$/.exec(value) ?? [];
    return ledger === undefined ? none : `(ledger:${ledger} sequence:${sequence})`;
  },
  _lastUpdated: timeOn("received_at"),
  date: timeOn("occurred_at"),
  agent: AGENT_IDS,
  "agent.identifier": AGENT_IDS,
  "agent-name": wordsOn(["actor.name", "on_behalf_of.name"]),
  "agent-role": wordsOn(["actor.role"]),
  altid: wordsOn(["actor.email", "actor.id"]),
  patient: PATIENT,
  "patient.identifier": PATIENT,
  entity: ENTITY_IDS,
  "entity.identifier": ENTITY_IDS,
  "entity-name": wordsOn(["target.name"]),
  address: (value) => `ip:${quoteValue(value)}`,
  source: (value) => `source:${quoteValue(tokenValue(value))}`,
  action: codeOn(ACTIONS, () => none),
  outcome: codeOn(OUTCOMES, () => none),
  type: codeOn(TYPES, (code) => `source_action:${quoteValue(code)}`),
  subtype: codeOn(SUBTYPES, (code) => `(action:${quoteValue(code)} OR source_action:${quoteValue(code)})`),
};
