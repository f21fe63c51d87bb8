import type { EventActor } from "@cairn/event";
import type { FacetValue } from "../api/answers.ts";
import { actorTerm } from "./filter-term.ts";
import { actorName } from "./names.ts";

/** What people call somebody, and the condition that finds them. */
export interface KnownActor {
  readonly name: string;
  /** `actor.id:u-17` */
  readonly term: string;
  /** A value of the field `actor`. */
  readonly value: string;
}

/** Names of counted people, by reference; those of whom only the reference is left are not among them. */
export function actorNames(values: readonly FacetValue[]): ReadonlyMap<string, KnownActor> {
  const known = new Map<string, KnownActor>();
  for (const { ref, name, id, email } of values) {
    if (ref === undefined || (name ?? id ?? email) === undefined) continue;
    const actor: EventActor = {
      type: "user",
      ref,
      ...(name === undefined ? {} : { name }),
      ...(id === undefined ? {} : { id }),
      ...(email === undefined ? {} : { email }),
    };
    const term = actorTerm(actor);
    known.set(ref, { name: actorName(actor), term, value: term.slice(term.indexOf(":") + 1) });
  }
  return known;
}
