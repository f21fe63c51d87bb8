import type { EventInput } from "@cairn/event";
import { deriveIdentity, type JsonObject, type MapContext, type MappedEvent, type SourceMapping } from "@cairn/sources";

/** Records that are events already, as `POST /v1/events` takes them. One without an id gets that of its place in the file. */
export const cairnMapping: SourceMapping = { name: "folder", map: mapEvent };

function mapEvent(record: JsonObject, { identify, countEquals }: MapContext): MappedEvent {
  // The door finds out what else an event may lack.
  const event = record as unknown as EventInput;
  if (record.id !== undefined) return { kind: "event", event };
  const hasTime = record.occurred_at !== undefined || record.timestamp !== undefined;
  return { kind: "event", event: { ...event, id: identify?.({ hasTime }) ?? deriveIdentity(record, countEquals) } };
}
