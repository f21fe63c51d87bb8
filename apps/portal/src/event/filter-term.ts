import type { EventActor, EventTarget } from "@cairn/event";

/** What needs no quotes: no spaces, wildcards, operators, signs of the query language. */
const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9_.@/-]*$/;

/** Writes a condition that finds a value: `action:document.viewed`, `actor.id:"Jane \"J\" Doe"`. */
export function writeTerm(field: string, value: string): string {
  const written = PLAIN.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
  return `${field}:${written}`;
}

/** The condition that finds what an actor did, by the most exact name it has. */
export function actorTerm(actor: EventActor, field = "actor"): string {
  if (actor.id !== undefined) return writeTerm(`${field}.id`, actor.id);
  if (actor.email !== undefined) return writeTerm(`${field}.email`, actor.email);
  if (actor.name !== undefined) return writeTerm(`${field}.name`, actor.name);
  if (actor.ref !== undefined) return writeTerm(`${field}.ref`, actor.ref);
  return writeTerm(`${field}.type`, actor.type);
}

/** The condition that finds what happened to a target, by the most exact name it has. */
export function targetTerm(target: EventTarget): string {
  if (target.id !== undefined) return writeTerm("target.id", target.id);
  if (target.name !== undefined) return writeTerm("target.name", target.name);
  if (target.ref !== undefined) return writeTerm("target.ref", target.ref);
  return writeTerm("target.type", target.type);
}

/** Narrows a query by one more condition; a query that has it already stays as it is. */
export function narrow(query: string, term: string): string {
  const trimmed = query.trim();
  if (trimmed === "") return term;
  if (trimmed === term || trimmed.startsWith(`${term} `) || trimmed.endsWith(` ${term}`)) return trimmed;
  // AND binds closer than OR: what stood there has to stay together.
  return /\bOR\b/.test(trimmed) ? `(${trimmed}) ${term}` : `${trimmed} ${term}`;
}
