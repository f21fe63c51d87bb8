import type { EventInput } from "@cairn/event";
import type { JsonObject } from "./json-values.ts";
import type { EqualsCounter } from "./record-identity.ts";

/** What is known of a record that has no identity of its own. */
export interface Unidentified {
  /** Whether the event has a time of its own. */
  readonly hasTime: boolean;
}

/** What a mapping knows besides the record. */
export interface MapContext {
  /** The record as received; kept under `details.original` when given. */
  readonly original?: string;
  /** Tells equal records of one delivery apart, for records without an id of their own. */
  readonly countEquals?: EqualsCounter;
  /** Gives the identity of a record without one, where its place tells more than its content; undefined: it is derived. */
  readonly identify?: (record: Unidentified) => string | undefined;
  /** `all` has the event explained field by field, for previews. */
  readonly explain?: "all";
}

/** Where the value of one field of an event came from. */
export interface FieldTrace {
  /** Path in the event: `actor.id`, `targets.0.name`. */
  readonly field: string;
  /** JSON Pointers into the record; none for a constant. */
  readonly from: readonly string[];
  /** The rule, in the words of the mapping: `move`, `table`, `constant`, or a pointer into a definition. */
  readonly rule: string;
}

export interface MappedEvent {
  readonly kind: "event";
  readonly event: EventInput;
  readonly trace?: readonly FieldTrace[];
}

/** A record that is no event, and why: a heartbeat, an empty page. */
export interface SkippedRecord {
  readonly kind: "skipped";
  readonly reason: string;
}

/** How the records of one source become events. A mapping is a pure function: same record, same event. */
export interface SourceMapping {
  /** `source` of its events. */
  readonly name: string;
  /** Divides a record of the other side that speaks of several events. */
  readonly divide?: (record: JsonObject) => readonly JsonObject[];
  /** @throws SourceError when the record is not of this source */
  readonly map: (record: JsonObject, context: MapContext) => MappedEvent | SkippedRecord;
}
