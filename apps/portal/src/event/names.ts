import type { EventActor, EventPrincipal, EventTarget } from "@cairn/event";
import { t } from "../texts/texts.ts";

/** What an actor is called in a list: the best name there is. */
export function actorName(actor: EventActor | EventPrincipal): string {
  return actor.name ?? actor.email ?? actor.id ?? forgotten(actor.ref) ?? t.sentence.actors[actor.type];
}

/** What a target is called in a list: its kind and the best name there is. */
export function targetName(target: EventTarget): string {
  const name = target.name ?? target.id ?? forgotten(target.ref);
  return name === undefined ? target.type : `${target.type} ${name}`;
}

/** A person of whom only the reference is left: it still tells one from another. */
function forgotten(ref: string | undefined): string | undefined {
  return ref === undefined ? undefined : t.sentence.forgotten(ref.replace(/^sub_/, "").slice(0, 6));
}
