import type { EventActor, EventPrincipal, Json, RecordedEvent } from "@cairn/event";

/** A column of a Parquet file: its name, its type in the engine that writes the file, its value as JSON. */
interface ParquetColumn {
  readonly name: string;
  readonly type: string;
  value(event: RecordedEvent): Json | undefined;
}

const text = (name: string, value: ParquetColumn["value"]): ParquetColumn => ({
  name,
  type: "Nullable(String)",
  value,
});
/** Fields that every event has. */
const always = (name: string, value: (event: RecordedEvent) => string): ParquetColumn => ({
  name,
  type: "String",
  value,
});
const time = (name: string, value: (event: RecordedEvent) => string): ParquetColumn => ({
  name,
  type: "DateTime64(3, 'UTC')",
  // As the engine reads times: without T and Z.
  value: (event) => value(event).slice(0, 23).replace("T", " "),
});

const principal = (prefix: string, of: (event: RecordedEvent) => EventActor | EventPrincipal | undefined) => [
  text(`${prefix}_type`, (event) => of(event)?.type),
  text(`${prefix}_ref`, (event) => of(event)?.ref),
  text(`${prefix}_id`, (event) => of(event)?.id),
  text(`${prefix}_name`, (event) => of(event)?.name),
  text(`${prefix}_email`, (event) => of(event)?.email),
];

/** The columns of every Parquet file. Names have no dots, which query tools take for paths; JSON of any shape stays text. */
export const PARQUET_COLUMNS: readonly ParquetColumn[] = [
  time("occurred_at", (event) => event.occurred_at),
  time("received_at", (event) => event.received_at),
  always("id", (event) => event.id),
  { name: "ledger", type: "UInt32", value: (event) => event.ledger },
  { name: "sequence", type: "UInt64", value: (event) => event.sequence },
  always("event_root", (event) => event.event_root),
  always("tenant", (event) => event.tenant),
  always("project", (event) => event.project),
  always("source", (event) => event.source),
  always("action", (event) => event.action),
  always("verb", (event) => event.verb),
  always("category", (event) => event.category),
  always("outcome", (event) => event.outcome.result),
  text("outcome_reason", (event) => event.outcome.reason),
  ...principal("actor", (event) => event.actor),
  text("actor_role", (event) => event.actor.role),
  { name: "actor_groups", type: "Array(String)", value: (event) => event.actor.groups ?? [] },
  ...principal("on_behalf_of", (event) => event.actor.on_behalf_of),
  {
    name: "targets",
    type: "Array(Tuple(type String, ref Nullable(String), id Nullable(String), name Nullable(String)))",
    value: ({ targets = [] }) =>
      targets.map(({ type, ref, id, name }) => ({ type, ref: ref ?? null, id: id ?? null, name: name ?? null })),
  },
  text("ip", (event) => event.context?.ip),
  text("user_agent", (event) => event.context?.user_agent),
  text("session_id", (event) => event.context?.session_id),
  text("request_id", (event) => event.context?.request_id),
  text("trace_id", (event) => event.context?.trace_id),
  text("location", (event) => event.context?.location),
  text("client_kind", (event) => event.context?.client?.kind),
  text("client_name", (event) => event.context?.client?.name),
  text("client_version", (event) => event.context?.client?.version),
  {
    name: "changes",
    type: "Array(Tuple(field String, before Nullable(String), after Nullable(String)))",
    value: ({ changes = [] }) =>
      changes.map(({ field, before, after }) => ({ field, before: json(before), after: json(after) })),
  },
  text("purpose", (event) => event.purpose),
  text("recipient", (event) => event.recipient),
  text("data_category", (event) => event.data_category),
  text("parent_id", (event) => event.parent_id),
  { name: "inferred", type: "Nullable(Bool)", value: (event) => event.inferred },
  { name: "time_uncertain_ms", type: "Nullable(Int64)", value: (event) => event.time_uncertain_ms },
  text("description", (event) => event.description),
  text("details", (event) => json(event.details)),
  text("source_action", (event) => event.source_action),
  { name: "labels", type: "Map(String, String)", value: (event) => event.labels ?? {} },
  { name: "warnings", type: "Array(String)", value: (event) => event.warnings ?? [] },
];

function json(value: Json | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/** An event as a line of JSON for the engine: an array in the order of the columns. */
export function parquetLine(event: RecordedEvent): string {
  return `${JSON.stringify(PARQUET_COLUMNS.map((column) => column.value(event) ?? null))}\n`;
}
