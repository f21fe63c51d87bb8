import type { RecordedEvent } from "@cairn/event";

/** What events say a person is: each value once, the newest first. */
export interface Known {
  readonly roles: readonly string[];
  readonly groups: readonly string[];
}

/** Gathers roles and groups of a person from events, newest first, in which they acted; `refs`: all their references. */
export function knownOf(events: readonly RecordedEvent[], refs: readonly string[]): Known {
  const actors = events.flatMap(({ actor }) => (actor.ref !== undefined && refs.includes(actor.ref) ? [actor] : []));
  return {
    roles: distinct(actors.map(({ role }) => role)),
    groups: distinct(actors.flatMap(({ groups = [] }) => groups)),
  };
}

function distinct(values: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
