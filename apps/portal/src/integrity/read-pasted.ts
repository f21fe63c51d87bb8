import type { RecordedEvent } from "@cairn/event";
import type { TenantAnswer } from "../api/answers.ts";

/** An event that somebody pasted, or why it is none. */
export type Pasted =
  | { readonly kind: "event"; readonly event: RecordedEvent }
  | { readonly kind: "wrong"; readonly why: "empty" | "json" | "shape" | "tenant" };

/** Members that an event must have for anything about it to be proved. */
const NEEDED = {
  ledger: "number",
  sequence: "number",
  event_root: "string",
  received_at: "string",
  occurred_at: "string",
  action: "string",
  actor: "object",
  outcome: "object",
} as const;

/** Reads an event as the API and NDJSON exports write it; of several lines the first. */
export function readPasted(text: string, { tenant }: TenantAnswer): Pasted {
  const trimmed = text.trim();
  if (trimmed === "") return { kind: "wrong", why: "empty" };
  const value = parse(trimmed) ?? parse(trimmed.split("\n")[0] ?? "");
  if (value === undefined) return { kind: "wrong", why: "json" };
  if (!isEvent(value)) return { kind: "wrong", why: "shape" };
  return value.tenant !== undefined && value.tenant !== tenant
    ? { kind: "wrong", why: "tenant" }
    : { kind: "event", event: value };
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEvent(value: object): value is RecordedEvent {
  const members = value as Readonly<Record<string, unknown>>;
  return (
    Object.entries(NEEDED).every(([name, type]) => typeof members[name] === type && members[name] !== null) &&
    Number.isSafeInteger(members.ledger) &&
    Number.isSafeInteger(members.sequence)
  );
}
