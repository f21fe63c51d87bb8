import type { EventInput, Json } from "@cairn/event";
import type { JsonObject } from "../core/json-values.ts";
import { pointerTo, readAt } from "../core/leftovers.ts";

/** A value in a record that is neither an object nor an array, or is an empty one. */
export interface Leaf {
  readonly pointer: string;
  readonly value: Json;
}

/** Lists the leaves of a value. */
export function leavesOf(value: Json, pointer = ""): Leaf[] {
  if (typeof value !== "object" || value === null) return [{ pointer, value }];
  const entries = Object.entries(value) as [string, Json][];
  if (entries.length === 0) return [{ pointer, value }];
  return entries.flatMap(([key, item]) => leavesOf(item, pointerTo(pointer, key)));
}

/**
 * Finds what an event does not say any more: leaves of the record that stand neither at their place in the details nor,
 * word for word, anywhere else in the event. `ignored` are pointers with `*` for any one token.
 */
export function lostLeaves(record: JsonObject, event: EventInput, ignored: readonly string[] = []): Leaf[] {
  const { details = {}, occurred_at, ...fields } = event;
  const said = new Set(leavesOf({ ...fields, details } as Json).map(({ value }) => String(value)));
  const sentences = [...said].filter((each) => each.length > 6);
  const changed = new Set(leavesOf((event.changes ?? []) as Json).map(({ value }) => JSON.stringify(value)));
  // Names and identities that are put together, of parts as short as one letter.
  const composed = [event.source_action, event.id].filter(
    (each) => each !== undefined && !each.startsWith("sha256:"),
  ) as string[];
  const patterns = ignored.map((each) => new RegExp(`^${RegExp.escape(each).replaceAll("\\*", "[^/]*")}$`));
  return leavesOf(record).filter(({ pointer, value }) => {
    if (patterns.some((pattern) => pattern.test(pointer))) return false;
    const kept = readAt(details as Json, pointer);
    if (kept !== undefined && JSON.stringify(kept) === JSON.stringify(value)) return false;
    if (changed.has(JSON.stringify(value))) return false;
    if (typeof value === "object" || typeof value === "boolean") return true;
    const text = String(value);
    if (composed.some((each) => each.includes(text))) return false;
    if (said.has(text) || (text.length > 2 && sentences.some((each) => each.includes(text)))) return false;
    return !isTime(text, occurred_at);
  });
}

function isTime(text: string, occurredAt: string | undefined): boolean {
  if (occurredAt === undefined) return false;
  const timeMs = Date.parse(occurredAt);
  const asNumber = Number(text);
  const candidates = [Date.parse(text), Date.parse(`${text}Z`), asNumber, asNumber * 1_000, asNumber / 1e6];
  return candidates.some((candidate) => Math.abs(candidate - timeMs) < 1);
}
