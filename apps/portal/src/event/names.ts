import type { EventActor, EventPrincipal, EventTarget } from "@cairn/event";

const ACTOR_KINDS = {
  user: "a user",
  service: "a service",
  system: "the system",
  api: "an API client",
  operator: "an operator",
  agent: "an agent",
  anonymous: "somebody anonymous",
} as const satisfies Record<EventActor["type"], string>;

/** What an actor is called in a list: the best name there is. */
export function actorName(actor: EventActor | EventPrincipal): string {
  return actor.name ?? actor.email ?? actor.id ?? forgotten(actor.ref) ?? ACTOR_KINDS[actor.type];
}

/** What a target is called in a list: its kind and the best name there is. */
export function targetName(target: EventTarget): string {
  const name = target.name ?? target.id ?? forgotten(target.ref);
  return name === undefined ? target.type : `${target.type} ${name}`;
}

/** A person of whom only the reference is left: it still tells one from another. */
function forgotten(ref: string | undefined): string | undefined {
  return ref === undefined ? undefined : `forgotten person ${ref.replace(/^sub_/, "").slice(0, 6)}`;
}
