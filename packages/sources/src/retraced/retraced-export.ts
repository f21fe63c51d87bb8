import { type Json, setMember } from "@cairn/event";
import { encodedJson } from "../core/encoded-json.ts";
import { asArray, asObject, type JsonObject, member, text } from "../core/json-values.ts";
import type { SourceMapping } from "../core/source-mapping.ts";
import { RETRACED_SOURCE, retracedMapping } from "./retraced.ts";

/**
 * The mapping of events as Retraced's GraphQL and its storage give them: each becomes the event that was reported, and from
 * there on what that becomes. `docs/sources/retraced.md` has the table.
 */
export const retracedExportMapping: SourceMapping = {
  name: RETRACED_SOURCE,
  divide: eventsIn,
  map: (record, context) => retracedMapping.map(reported(record), context),
};

/** Queries of GraphQL that give events. */
const WHERE_EVENTS_ARE = ["search", "searchPaginated"] as const;

/** Gives the events of an answer of GraphQL; of anything else, itself. */
function eventsIn(record: JsonObject): readonly JsonObject[] {
  const data = asObject(record.data) ?? record;
  const found = WHERE_EVENTS_ARE.map((name) => asObject(data[name])).find((each) => each !== undefined) ?? data;
  const edges = asArray(found.edges).flatMap((edge): JsonObject[] => {
    const node = asObject(member(edge, "node"));
    return node === undefined ? [] : [node];
  });
  if (edges.length > 0) return edges;
  if (Array.isArray(found.edges)) return [];
  const node = asObject(record.node);
  return [node ?? record];
}

/** The event as its producer reported it, with the id that Retraced gave it. */
function reported(record: JsonObject): JsonObject {
  const raw = asObject(encodedJson(record.raw));
  const id = text(record.id);
  if (raw !== undefined && text(raw.action) !== undefined) return id === undefined ? raw : { ...raw, id };
  const event: Record<string, Json> = {};
  for (const key of Object.keys(record)) {
    const value = record[key] as Json;
    // GraphQL gives null for what was never said.
    if (value !== null) setMember(event, key, LISTS.has(key) ? objectOf(value) : withObjects(value));
  }
  const time = event.created ?? event.canonical_time ?? event.received;
  return time === undefined ? event : { ...event, created: time };
}

/** Members that GraphQL writes as lists of `{key, value}`. */
const LISTS: ReadonlySet<string> = new Set(["fields", "metadata"]);

/** Does the same inside of actor, target and group. */
function withObjects(value: Json): Json {
  const object = asObject(value);
  if (object === undefined) return value;
  const copy: Record<string, Json> = {};
  for (const key of Object.keys(object)) {
    const inner = object[key] as Json;
    if (inner !== null) setMember(copy, key, LISTS.has(key) ? objectOf(inner) : inner);
  }
  return copy;
}

function objectOf(value: Json): Json {
  if (!Array.isArray(value)) return value;
  const object: Record<string, Json> = {};
  for (const item of value as readonly Json[]) {
    const key = text(member(item, "key"));
    // A list of something else, or a key that stands twice, stays what it is.
    if (key === undefined || Object.hasOwn(object, key)) return value;
    setMember(object, key, member(item, "value") ?? null);
  }
  return object;
}
