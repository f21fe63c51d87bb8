import type { RecordedEvent } from "@cairn/event";

/** What events say about a person: each value once, the newest first. */
export interface Known {
  readonly names: readonly string[];
  readonly ids: readonly string[];
  readonly emails: readonly string[];
  readonly roles: readonly string[];
  readonly groups: readonly string[];
}

/** Gathers what events, newest first, call a person, in whatever part they have in them. */
export function knownOf(events: readonly RecordedEvent[], ref: string): Known {
  const parts = events.flatMap(({ actor, targets = [] }) => {
    const behalf = actor.on_behalf_of;
    return [actor, ...(behalf === undefined ? [] : [behalf]), ...targets].filter((part) => part.ref === ref);
  });
  const actors = events.map(({ actor }) => actor).filter((actor) => actor.ref === ref);
  return {
    names: distinct(parts.map(({ name }) => name)),
    ids: distinct(parts.map(({ id }) => id)),
    emails: distinct(parts.map((part) => ("email" in part && typeof part.email === "string" ? part.email : undefined))),
    roles: distinct(actors.map(({ role }) => role)),
    groups: distinct(actors.flatMap(({ groups = [] }) => groups)),
  };
}

function distinct(values: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
