import type { CairnEvent, Receipt, RecordedEvent } from "@cairn/event";
import type { Tenant } from "@cairn/ledger";

/** Fields in the order in which people read them; JSON gives the order away, and a list of events is easier when it is always the same. */
const FIELDS: readonly (keyof RecordedEvent)[] = [
  "id",
  "occurred_at",
  "received_at",
  "action",
  "verb",
  "category",
  "actor",
  "targets",
  "outcome",
  "context",
  "changes",
  "description",
  "purpose",
  "recipient",
  "data_category",
  "parent_id",
  "inferred",
  "time_uncertain_ms",
  "details",
  "source",
  "source_action",
  "labels",
  "warnings",
  "tenant",
  "project",
  "ledger",
  "sequence",
  "event_root",
];
const PERSON = ["type", "ref", "id", "name", "email", "role", "groups", "on_behalf_of"];
const CONTEXT = ["ip", "user_agent", "location", "session_id", "request_id", "trace_id", "client"];

/** Presents an event as the API gives it: what was accepted, its receipt, whose it is. */
export function presentEvent(event: CairnEvent, receipt: Receipt, tenant: Tenant): RecordedEvent {
  const recorded: RecordedEvent = { ...event, ...receipt, tenant: tenant.id, project: tenant.projectId };
  const presented = ordered(recorded, FIELDS) as Record<string, unknown>;
  presented.actor = ordered(event.actor, PERSON);
  if (event.targets !== undefined) presented.targets = event.targets.map((target) => ordered(target, PERSON));
  if (event.context !== undefined) presented.context = ordered(event.context, CONTEXT);
  return presented as unknown as RecordedEvent;
}

function ordered(value: object, keys: readonly string[]): object {
  const result: Record<string, unknown> = {};
  for (const key of keys) {
    const member = (value as Record<string, unknown>)[key];
    if (member !== undefined) result[key] = member;
  }
  return result;
}
