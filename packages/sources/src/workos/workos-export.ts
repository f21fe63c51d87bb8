import { type Json, setMember } from "@cairn/event";
import { encodedJson } from "../core/encoded-json.ts";
import { asObject, type JsonObject, text } from "../core/json-values.ts";
import { SourceError } from "../core/source-error.ts";
import type { MapContext, MappedEvent, SkippedRecord, SourceMapping } from "../core/source-mapping.ts";
import { WORKOS_SOURCE, workosMapping } from "./workos.ts";

/**
 * The mapping of rows of WorkOS's CSV exports: each becomes the body that its event came in, and from there on what that
 * becomes. `docs/sources/workos.md` has the columns.
 */
export const workosExportMapping: SourceMapping = { name: WORKOS_SOURCE, map: mapRow };

/**
 * Names of columns, as letters and digits parted by `_` in lower case. WorkOS documents none: these are the names of its
 * API with their usual spellings.
 */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  id: ["id", "event_id", "audit_log_event_id"],
  organization: ["organization_id", "organization"],
  action: ["action", "event_action"],
  time: ["occurred_at", "timestamp"],
  version: ["version", "event_version"],
  actor: ["actor"],
  actorId: ["actor_id"],
  actorName: ["actor_name"],
  actorType: ["actor_type"],
  actorMetadata: ["actor_metadata"],
  targets: ["targets", "target"],
  context: ["context"],
  location: ["context_location", "location", "ip_address"],
  userAgent: ["context_user_agent", "user_agent"],
  metadata: ["metadata", "event_metadata"],
};

/** Stands for an organization that the file does not name. */
const NOBODY = "-";

function mapRow(row: JsonObject, context: MapContext): MappedEvent | SkippedRecord {
  const cells = new Map(Object.entries(row).map(([name, value]) => [columnName(name), { name, value }]));
  const take = (column: string): Json | undefined => {
    for (const name of COLUMNS[column] ?? []) {
      const cell = cells.get(name);
      if (cell === undefined) continue;
      cells.delete(name);
      if (cell.value !== "" && cell.value !== null) return cell.value;
    }
    return undefined;
  };
  const organization = text(take("organization"));
  const id = take("id");
  const event = eventOf(take);
  if (text(event.action) === undefined)
    throw new SourceError("shape_invalid", "the row has no `action`", { pointer: "/action" });
  const record: Record<string, Json> = { organization_id: organization ?? NOBODY, event };
  if (id !== undefined) record.idempotency_key = id;
  const rest = Object.fromEntries(
    [...cells.values()].flatMap(({ name, value }) => (value === "" ? [] : [[name, value]])),
  );
  if (Object.keys(rest).length > 0) record.columns = rest as Json;
  const mapped = workosMapping.map(record, context);
  if (organization !== undefined || mapped.kind !== "event") return mapped;
  // Whose it is the key says that it is imported with.
  const { tenant: _nobody, ...own } = mapped.event;
  return { ...mapped, event: own };
}

function eventOf(take: (column: string) => Json | undefined): JsonObject {
  const parts: readonly (readonly [string, Json | undefined])[] = [
    ["action", take("action")],
    ["occurred_at", take("time")],
    ["version", numberOf(take("version"))],
    ["actor", actorOf(take)],
    ["targets", listOf(encodedJson(take("targets")))],
    ["context", contextOf(take)],
    ["metadata", encodedJson(take("metadata"))],
  ];
  return objectOf(parts) ?? {};
}

function actorOf(take: (column: string) => Json | undefined): Json | undefined {
  const whole = encodedJson(take("actor"));
  const parts = objectOf([
    ["id", take("actorId")],
    ["name", take("actorName")],
    ["type", take("actorType")],
    ["metadata", encodedJson(take("actorMetadata"))],
  ]);
  if (parts === undefined) return whole;
  const known = asObject(whole);
  // A text beside the columns is the actor's name in other words: nothing of it is lost.
  return known === undefined && whole !== undefined ? { ...parts, actor: whole } : { ...known, ...parts };
}

function contextOf(take: (column: string) => Json | undefined): Json | undefined {
  const whole = encodedJson(take("context"));
  const parts = objectOf([
    ["location", take("location")],
    ["user_agent", take("userAgent")],
  ]);
  if (parts === undefined) return whole;
  const known = asObject(whole);
  return known === undefined && whole !== undefined ? { ...parts, context: whole } : { ...known, ...parts };
}

function objectOf(parts: readonly (readonly [string, Json | undefined])[]): JsonObject | undefined {
  const object: Record<string, Json> = {};
  for (const [name, value] of parts) if (value !== undefined) setMember(object, name, value);
  return Object.keys(object).length === 0 ? undefined : object;
}

function listOf(value: Json | undefined): Json | undefined {
  return value === undefined || Array.isArray(value) ? value : [value];
}

function numberOf(value: Json | undefined): Json | undefined {
  return typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : value;
}

function columnName(name: string): string {
  return name
    .trim()
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_|_$/g, "");
}
