import type { ActorType, CairnEvent } from "../model/event.ts";

/** How a person is known: `user 42`, `email jane@example.com`. The pair is unique within a tenant. */
export interface Identifier {
  readonly namespace: string;
  readonly value: string;
}

/** A person that one event speaks of: where, and how to find out who it is. */
export interface PersonMention {
  /** JSON Pointer of the object in the event: `/actor`, `/actor/on_behalf_of`, `/targets/0`. */
  readonly pointer: string;
  /** Best first; all belong to one person. */
  readonly identifiers: readonly Identifier[];
  /** Identifier fields and their values: JSON Pointer → value. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Target types that are people unless the tenant says otherwise. */
export const DEFAULT_PERSON_TARGET_TYPES: readonly string[] = [
  "user",
  "member",
  "patient",
  "customer",
  "employee",
  "person",
  "contact",
  "practitioner",
  "staff",
  "account_holder",
];

const PERSON_ACTOR_TYPES: ReadonlySet<ActorType> = new Set(["user", "operator"]);
const EMAIL = /^[^\s@<>"]+@[^\s@<>".]+(?:\.[^\s@<>".]+)+$/;
const PHONE = /^\+[1-9][\d\s().-]{6,18}\d$/;

/** Tells whether a text is an e-mail address, as far as identifying a person goes. */
export function isEmail(text: string): boolean {
  return text.includes("@") && EMAIL.test(text);
}

/**
 * Finds the people of an event. Actors of type user and operator are people, any principal with an e-mail address is,
 * targets of the tenant's person types are, and so is any target whose id is an e-mail address or an E.164 phone number.
 */
export function findPeople(event: Omit<CairnEvent, "id">, personTargetTypes: ReadonlySet<string>): PersonMention[] {
  const people: PersonMention[] = [];
  const { actor } = event;
  const person = principalMention(actor, "/actor");
  if (person !== undefined) people.push(person);
  if (actor.on_behalf_of !== undefined) {
    const behind = principalMention(actor.on_behalf_of, "/actor/on_behalf_of");
    if (behind !== undefined) people.push(behind);
  }
  if (event.targets === undefined) return people;
  for (let i = 0; i < event.targets.length; i++) {
    const target = event.targets[i];
    if (target === undefined) continue;
    const isContact = target.id !== undefined && (isEmail(target.id) || PHONE.test(target.id));
    if (!isContact && !personTargetTypes.has(target.type)) continue;
    const pointer = `/targets/${i}`;
    const fields: Record<string, string> = {};
    if (target.id !== undefined) fields[`${pointer}/id`] = target.id;
    if (target.name !== undefined) fields[`${pointer}/name`] = target.name;
    const identifiers = identify({ namespace: target.type, id: target.id, name: target.name, email: undefined });
    if (identifiers.length > 0) people.push({ pointer, identifiers, fields });
  }
  return people;
}

interface Principal {
  readonly type: ActorType;
  readonly id?: string;
  readonly name?: string;
  readonly email?: string;
}

function principalMention(principal: Principal, pointer: string): PersonMention | undefined {
  if (!PERSON_ACTOR_TYPES.has(principal.type) && principal.email === undefined) return undefined;
  const identifiers = identify({ namespace: "user", id: principal.id, name: principal.name, email: principal.email });
  if (identifiers.length === 0) return undefined;
  const fields: Record<string, string> = {};
  if (principal.id !== undefined) fields[`${pointer}/id`] = principal.id;
  if (principal.name !== undefined) fields[`${pointer}/name`] = principal.name;
  if (principal.email !== undefined) fields[`${pointer}/email`] = principal.email;
  return { pointer, identifiers, fields };
}

interface Known {
  readonly namespace: string;
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly email: string | undefined;
}

/** The id counts first, then the e-mail address; a bare name identifies only where nothing better is given. */
function identify(known: Known): Identifier[] {
  const identifiers: Identifier[] = [];
  if (known.id !== undefined) identifiers.push(identifierOf(known.id, known.namespace));
  if (known.email !== undefined && known.email !== known.id) {
    identifiers.push({ namespace: "email", value: known.email.toLowerCase() });
  }
  if (identifiers.length === 0 && known.name !== undefined) identifiers.push({ namespace: "name", value: known.name });
  return identifiers;
}

/** E-mail addresses and phone numbers are one namespace whoever uses them; other ids belong to their kind. */
function identifierOf(id: string, namespace: string): Identifier {
  if (isEmail(id)) return { namespace: "email", value: id.toLowerCase() };
  if (PHONE.test(id)) return { namespace: "phone", value: id.replace(/[\s().-]/g, "") };
  return { namespace, value: id };
}
