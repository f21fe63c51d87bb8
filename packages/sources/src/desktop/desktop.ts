import { isEmail } from "@cairn/event";
import { byHeader } from "../core/by-header.ts";
import { createDraft } from "../core/create-draft.ts";
import type { Draft } from "../core/draft.ts";
import { type JsonObject, printed, text } from "../core/json-values.ts";
import { pointerTo } from "../core/leftovers.ts";
import { deriveIdentity } from "../core/record-identity.ts";
import { SourceError } from "../core/source-error.ts";
import type { MapContext, MappedEvent, SourceMapping } from "../core/source-mapping.ts";
import type { TimeForm } from "../core/source-time.ts";
import { compileTimePattern } from "../core/time-pattern.ts";
import { type Zone, zoneOf } from "../core/zoned-time.ts";
import { desktopEventOf } from "./log-events.ts";

export interface DesktopOptions {
  /** IANA zone of the site's clock: rows hold local times. */
  readonly zone: string;
  /** The site or workstation; part of each row's identity, and the place of its events. */
  readonly site: string;
  /** `source` of the events; `desktop` when absent. */
  readonly source?: string;
}

/**
 * Makes the mapping of the activity rows of a desktop application with a local database: from a CSV or JSON export, or from the
 * database's own rows. `docs/sources/desktop.md` has the table.
 */
export function createDesktopMapping({ zone: zoneName, site, source = "desktop" }: DesktopOptions): SourceMapping {
  const times = timesIn(zoneOf(zoneName));
  return { name: source, map: (row, context) => mapRow(row, context, { times, site, source }) };
}

/** Where a row's values stand; names count without regard to case, because databases differ in it. */
const COLUMNS = {
  username: ["username", "user"],
  patientName: ["patientname"],
  medicalRecordNumber: ["medicalrecordnumber", "mrn"],
  uniquePlanName: ["uniqueplanname"],
  planName: ["planname"],
  logDate: ["logdate"],
  logEvent: ["logevent"],
  id: ["id", "logid", "rowid"],
} as const;

type Column = keyof typeof COLUMNS;
type Places = Readonly<Partial<Record<Column, string>>>;

interface Site {
  /** How times may be written. */
  readonly times: readonly TimeForm[];
  readonly site: string;
  readonly source: string;
}

function mapRow(row: JsonObject, context: MapContext, { times, site, source }: Site): MappedEvent {
  const places = placesOf(row);
  const logEvent = places.logEvent === undefined ? undefined : text(row[places.logEvent]);
  if (places.logEvent === undefined || logEvent === undefined) {
    throw new SourceError("shape_invalid", "a row of the activity log has a `logEvent`", { pointer: "/logEvent" });
  }
  const at = (column: Column) => (places[column] === undefined ? undefined : pointerTo("", places[column]));
  const draft = createDraft(row, context, source);
  const { countEquals } = context;
  // The same row delivered late or twice is one event, whatever its export looks like: only its values count.
  draft.set("id", identityOf(row, places, site, countEquals), "derived");
  const kind = desktopEventOf(logEvent);
  if (kind === undefined) draft.warn(`unknown_code:${logEvent}`);
  draft.set("action", kind?.action ?? "application.event", "table", [at("logEvent") ?? ""]);
  draft.set("verb", kind?.verb ?? "other", "table", [at("logEvent") ?? ""]);
  draft.set("category", kind?.category ?? "other", "table", [at("logEvent") ?? ""]);
  draft.set("outcome.result", kind === undefined ? "unknown" : "success", "table", [at("logEvent") ?? ""]);
  move(draft, "source_action", at("logEvent"));
  if (places.logDate !== undefined) draft.moveTime(pointerTo("", places.logDate), ...times);
  placeActor(draft, row, at("username"));
  placeTargets(draft, at);
  draft.set("context.location", site, "site");
  draft.set("context.client.kind", "desktop");
  return draft.finish();
}

const COLUMN_OF: ReadonlyMap<string, Column> = new Map(
  Object.entries(COLUMNS).flatMap(([column, names]) => names.map((name) => [name, column as Column] as const)),
);
const columnNamed = byHeader((header) => COLUMN_OF.get(header.replaceAll(/[\s_]/g, "").toLowerCase()));

function placesOf(row: JsonObject): Places {
  const places: Partial<Record<Column, string>> = {};
  for (const key of Object.keys(row)) {
    const column = columnNamed(key);
    if (column !== undefined) places[column] ??= key;
  }
  return places;
}

/**
 * Derives a row's identity of the site and the row's values. A number of the row counts too when it has one: then two equal
 * rows of one second are two events; without it their place among equals in the delivery tells them apart.
 */
function identityOf(row: JsonObject, places: Places, site: string, countEquals: MapContext["countEquals"]): string {
  const values = Object.fromEntries(Object.entries(places).map(([column, key]) => [column, printed(row[key])]));
  const counter = places.id === undefined ? countEquals : undefined;
  return deriveIdentity({ site, ...values }, counter);
}

const PATTERNS = [
  "yyyy-MM-dd HH:mm:ss.S",
  "yyyy-MM-dd HH:mm:ss",
  "yyyy-MM-dd'T'HH:mm:ss",
  "M/d/yyyy h:mm:ss a",
  "M/d/yyyy H:mm:ss",
  "M/d/yyyy h:mm a",
  "dd.MM.yyyy HH:mm:ss",
].map(compileTimePattern);

function timesIn(zone: Zone): TimeForm[] {
  return [{ kind: "rfc3339", zone }, ...PATTERNS.map((pattern): TimeForm => ({ kind: "pattern", pattern, zone }))];
}

function placeActor(draft: Draft, row: JsonObject, pointer: string | undefined): void {
  const name = pointer === undefined ? undefined : text(row[pointer.slice(1)]);
  draft.set("actor.type", name === undefined ? "anonymous" : "user");
  move(draft, name !== undefined && isEmail(name) ? "actor.email" : "actor.id", pointer);
}

function move(draft: Draft, field: "source_action" | "actor.id" | "actor.email", pointer: string | undefined): void {
  if (pointer !== undefined) draft.move(field, pointer);
}

/**
 * The values of patients and plans are ciphertext, and stay so. If the same patient always has the same ciphertext it is an
 * identity; where it is too long for one it is cut with a digest, and stays whole under `details`.
 */
function placeTargets(draft: Draft, at: (column: Column) => string | undefined): void {
  const target = (type: string, id: Column, name: Column) => {
    const [idAt, nameAt] = [at(id), at(name)];
    draft.moveTarget({ type, ...(idAt && { id: idAt }), ...(nameAt && { name: nameAt }) });
  };
  target("patient", "medicalRecordNumber", "patientName");
  target("plan", "uniquePlanName", "planName");
}
