import type { SplitEvent } from "../personal/split.ts";

/** An event as both evaluators see it: taken apart by whose data it is, with its name in the ledger. */
export interface Observed extends SplitEvent {
  readonly ledger: number;
  readonly sequence: number;
  /** RFC 3339, UTC, milliseconds. */
  readonly received_at: string;
}

/** Address, agent and place: the only values that are searched although they stand in a person's part. */
export type PlaceField = "ip" | "user_agent" | "location";

const POINTERS: Readonly<Record<PlaceField, string>> = {
  ip: "/context/ip",
  user_agent: "/context/user_agent",
  location: "/context/location",
};

/** Finds address, agent or place of an event, wherever splitting left it. Joint values are not searched. */
export function placeOf(event: SplitEvent, field: PlaceField): string | undefined {
  const inCore = event.core.context?.[field];
  if (inCore !== undefined) return inCore;
  const pointer = POINTERS[field];
  for (const part of event.parts) {
    const value = part.fields[pointer];
    if (typeof value === "string") return value;
  }
  return undefined;
}
