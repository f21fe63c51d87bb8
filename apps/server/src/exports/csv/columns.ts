import {
  CairnError,
  type EventActor,
  type EventPrincipal,
  type EventTarget,
  type FieldName,
  findField,
  type Json,
  type RecordedEvent,
} from "@cairn/event";
import type { ZoneClock } from "../time-zone.ts";
import { cellText, valueUnder } from "./cell-text.ts";

/** A column of a CSV file: its heading, and its cell for an event. */
export interface Column {
  readonly name: string;
  cell(event: RecordedEvent): string;
}

/** The columns of a file for people, when nobody asked for others. */
export const DEFAULT_COLUMNS = [
  "date",
  "time",
  "actor",
  "action",
  "category",
  "description",
  "targets",
  "outcome",
  "ip",
  "id",
  "ledger",
  "sequence",
] as const;

type Read = (event: RecordedEvent, path: readonly string[]) => unknown;

/**
 * Finds the columns of these names: fields of the query language with their aliases, paths under `details`, `labels` and
 * `changes`, and what only a file has (`date`, `time`, `received_date`, `received_time`, `event_root`, `tenant`, `project`).
 * @throws CairnError parameter_invalid naming the first unknown one
 */
export function columnsOf(names: readonly string[], clock: ZoneClock): Column[] {
  const own = new Map(Object.entries({ ...clockColumns(clock), ...OWN }));
  return names.map((name) => {
    const special = own.get(name);
    if (special !== undefined) return { name, cell: (event) => cellText(special(event, [])) };
    const field = findField(name.split("."));
    if (field === undefined)
      throw new CairnError("parameter_invalid", `columns: there is no field ${JSON.stringify(name.slice(0, 200))}`);
    const read: Read = READ[field.name];
    return { name, cell: (event) => cellText(read(event, field.path)) };
  });
}

function clockColumns(clock: ZoneClock): Readonly<Record<string, Read>> {
  return {
    date: (event) => clock.date(Date.parse(event.occurred_at)),
    time: (event) => clock.time(Date.parse(event.occurred_at)),
    received_date: (event) => clock.date(Date.parse(event.received_at)),
    received_time: (event) => clock.time(Date.parse(event.received_at)),
  };
}

const OWN: Readonly<Record<string, Read>> = {
  event_root: (event) => event.event_root,
  tenant: (event) => event.tenant,
  project: (event) => event.project,
  changes: (event) =>
    event.changes?.map(({ field, before, after }) => `${field}: ${changed(before)} → ${changed(after)}`),
};

const READ: Readonly<Record<FieldName, Read>> = {
  action: (event) => event.action,
  verb: (event) => event.verb,
  category: (event) => event.category,
  source: (event) => event.source,
  source_action: (event) => event.source_action,
  outcome: (event) => event.outcome.result,
  "outcome.reason": (event) => event.outcome.reason,
  actor: (event) => labelOf(event.actor) || event.actor.type,
  "actor.id": (event) => event.actor.id,
  "actor.name": (event) => event.actor.name,
  "actor.email": (event) => event.actor.email,
  "actor.type": (event) => event.actor.type,
  "actor.ref": (event) => event.actor.ref,
  "actor.role": (event) => event.actor.role,
  "actor.groups": (event) => event.actor.groups,
  on_behalf_of: ({ actor }) => actor.on_behalf_of && (labelOf(actor.on_behalf_of) || actor.on_behalf_of.type),
  "on_behalf_of.id": (event) => event.actor.on_behalf_of?.id,
  "on_behalf_of.name": (event) => event.actor.on_behalf_of?.name,
  "on_behalf_of.email": (event) => event.actor.on_behalf_of?.email,
  "on_behalf_of.type": (event) => event.actor.on_behalf_of?.type,
  "on_behalf_of.ref": (event) => event.actor.on_behalf_of?.ref,
  target: (event) => event.targets?.map((target) => `${target.type} ${labelOf(target)}`.trimEnd()),
  "target.id": (event) => event.targets?.map((target) => target.id),
  "target.name": (event) => event.targets?.map((target) => target.name),
  "target.type": (event) => event.targets?.map((target) => target.type),
  "target.ref": (event) => event.targets?.map((target) => target.ref),
  subject: (event) => peopleOf(event).map(labelOf),
  "subject.ref": (event) => peopleOf(event).map((person) => person.ref),
  ip: (event) => event.context?.ip,
  user_agent: (event) => event.context?.user_agent,
  session: (event) => event.context?.session_id,
  request: (event) => event.context?.request_id,
  trace: (event) => event.context?.trace_id,
  location: (event) => event.context?.location,
  "client.kind": (event) => event.context?.client?.kind,
  "client.name": (event) => event.context?.client?.name,
  "client.version": (event) => event.context?.client?.version,
  "changes.field": (event) => event.changes?.map((change) => change.field),
  "changes.before": (event, path) => event.changes?.map((change) => valueUnder(change.before, path)),
  "changes.after": (event, path) => event.changes?.map((change) => valueUnder(change.after, path)),
  details: (event, path) => valueUnder(event.details, path),
  labels: (event, path) => valueUnder(event.labels, path),
  purpose: (event) => event.purpose,
  recipient: (event) => event.recipient,
  data_category: (event) => event.data_category,
  parent: (event) => event.parent_id,
  inferred: (event) => event.inferred,
  time_uncertain_ms: (event) => event.time_uncertain_ms,
  description: (event) => event.description,
  warnings: (event) => event.warnings,
  id: (event) => event.id,
  ledger: (event) => event.ledger,
  sequence: (event) => event.sequence,
  occurred_at: (event) => event.occurred_at,
  received_at: (event) => event.received_at,
};

/** How people know someone or something: `Jane Doe (u-1)`, with what there is. */
function labelOf(who: EventActor | EventPrincipal | EventTarget): string {
  const name = who.name ?? ("email" in who ? who.email : undefined);
  if (name !== undefined && who.id !== undefined && who.id !== name) return `${name} (${who.id})`;
  return name ?? who.id ?? who.ref ?? "";
}

function peopleOf(event: RecordedEvent): (EventActor | EventPrincipal | EventTarget)[] {
  return [event.actor, event.actor.on_behalf_of, ...(event.targets ?? [])].filter(
    (each) => each?.ref !== undefined,
  ) as (EventActor | EventPrincipal | EventTarget)[];
}

function changed(value: Json | undefined): string {
  return value === undefined ? "" : JSON.stringify(value);
}
