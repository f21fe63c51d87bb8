import type { ReadItem } from "./read-json.ts";
import { createEqualsCounter, type EqualsCounter } from "./record-identity.ts";
import { type SourceError, sourceErrorOf } from "./source-error.ts";
import type { MappedEvent, SkippedRecord, SourceMapping } from "./source-mapping.ts";

/** What became of one record: an event, nothing, or a refusal with the text that was sent. */
export type MappedItem =
  | MappedEvent
  | SkippedRecord
  | { readonly kind: "refused"; readonly error: SourceError; readonly text: string };

export interface MapItemsOptions {
  /** `keep` has each event carry its record as received, under `details.original`. */
  readonly original: "keep" | "leave";
  /** Counts equal records over several calls, when one delivery comes in pieces. */
  readonly countEquals?: EqualsCounter;
}

/** Maps the records of one delivery. One that is wrong never keeps its neighbours from going in. */
export function mapItems(mapping: SourceMapping, items: readonly ReadItem[], options: MapItemsOptions): MappedItem[] {
  const countEquals = options.countEquals ?? createEqualsCounter();
  const mapped: MappedItem[] = [];
  for (const item of items) {
    if (item.kind === "refused") {
      mapped.push(item);
      continue;
    }
    const context = options.original === "keep" ? { countEquals, original: item.text } : { countEquals };
    try {
      const parts = mapping.divide === undefined ? [item.record] : mapping.divide(item.record);
      for (const part of parts) mapped.push(mapping.map(part, context));
    } catch (error) {
      mapped.push({ kind: "refused", error: sourceErrorOf(error), text: item.text });
    }
  }
  return mapped;
}
