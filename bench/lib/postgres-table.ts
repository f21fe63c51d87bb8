import type { EventInput } from "@cairn/event";
import type { Parameter } from "./postgres-connection.ts";

/** An audit table as products have it: the columns people filter by, and the whole event as JSON. */
export const CREATE_TABLE = `
CREATE TABLE events (
  id uuid PRIMARY KEY,
  tenant_id int NOT NULL,
  occurred_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  action text NOT NULL,
  category text NOT NULL,
  actor_id text,
  actor_email text,
  target_type text,
  target_id text,
  ip inet,
  description text,
  event jsonb NOT NULL)`;

/** The usual indexes: one per common filter, in the order in which people read. */
export const CREATE_INDEXES = [
  "CREATE INDEX ON events (tenant_id, occurred_at DESC)",
  "CREATE INDEX ON events (tenant_id, action, occurred_at DESC)",
  "CREATE INDEX ON events (tenant_id, actor_id, occurred_at DESC)",
  "CREATE INDEX ON events (tenant_id, target_id, occurred_at DESC)",
  "CREATE INDEX ON events (tenant_id, ip, occurred_at DESC)",
];

/** What finding a word needs. */
export const CREATE_TEXT_INDEX = "CREATE INDEX ON events USING gin (to_tsvector('simple', description))";

const COLUMNS = [
  "id",
  "tenant_id",
  "occurred_at",
  "action",
  "category",
  "actor_id",
  "actor_email",
  "target_type",
  "target_id",
  "ip",
  "description",
  "event",
] as const;

/** One statement for a whole batch, as data access layers write it. */
export function insertStatement(rows: number): string {
  const values = Array.from({ length: rows }, (_, row) => {
    const places = COLUMNS.map((_column, i) => `$${row * COLUMNS.length + i + 1}`);
    return `(${places.join(",")})`;
  });
  return `INSERT INTO events (${COLUMNS.join(",")}) VALUES ${values.join(",")} ON CONFLICT (id) DO NOTHING`;
}

/** The parameters of {@link insertStatement} for some events. */
export function insertParameters(events: readonly EventInput[]): Parameter[] {
  const parameters: Parameter[] = [];
  for (const event of events) {
    const target = event.targets?.[0];
    parameters.push(
      event.id ?? null,
      "1",
      event.occurred_at ?? null,
      event.action,
      event.category ?? null,
      event.actor?.id ?? null,
      event.actor?.email ?? null,
      target?.type ?? null,
      target?.id ?? null,
      event.context?.ip ?? null,
      event.description ?? null,
      JSON.stringify(event),
    );
  }
  return parameters;
}
