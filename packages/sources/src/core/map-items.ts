import type { ReadItem } from "./read-json.ts";
import { createEqualsCounter, type EqualsCounter } from "./record-identity.ts";
import { type SourceError, sourceErrorOf } from "./source-error.ts";
import type { MapContext, MappedEvent, SkippedRecord, SourceMapping, Unidentified } from "./source-mapping.ts";

/** What became of one record: an event, nothing, or a refusal with the text that was sent. */
export type MappedItem =
  | MappedEvent
  | SkippedRecord
  | { readonly kind: "refused"; readonly error: SourceError; readonly text: string };

/** Which record of a delivery has no identity of its own. */
export interface UnidentifiedItem extends Unidentified {
  /** Its index among the items. */
  readonly index: number;
  /** Of an item that was divided: which part. */
  readonly part: number;
}

export interface MapItemsOptions {
  /** `keep` has each event carry its record as received, under `details.original`. */
  readonly original: "keep" | "leave";
  /** Counts equal records over several calls, when one delivery comes in pieces. */
  readonly countEquals?: EqualsCounter;
  /** Gives the identity of a record without one, where its place tells more than its content; undefined: it is derived. */
  readonly identify?: (item: UnidentifiedItem) => string | undefined;
}

/** Maps the records of one delivery. One that is wrong never keeps its neighbours from going in. */
export function mapItems(mapping: SourceMapping, items: readonly ReadItem[], options: MapItemsOptions): MappedItem[] {
  return mapEach(mapping, items, options).flat();
}

/** Maps the records of one delivery; gives for each item what became of it, which is several when it was divided. */
export function mapEach(mapping: SourceMapping, items: readonly ReadItem[], options: MapItemsOptions): MappedItem[][] {
  const { original, identify } = options;
  const countEquals = options.countEquals ?? createEqualsCounter();
  return items.map((item, index): MappedItem[] => {
    if (item.kind === "refused") return [item];
    const context: MapContext = original === "keep" ? { countEquals, original: item.text } : { countEquals };
    const contextOf = (part: number): MapContext =>
      identify === undefined ? context : { ...context, identify: (known) => identify({ ...known, index, part }) };
    const mapped: MappedItem[] = [];
    try {
      const parts = mapping.divide === undefined ? [item.record] : mapping.divide(item.record);
      for (const [part, record] of parts.entries()) mapped.push(mapping.map(record, contextOf(part)));
    } catch (error) {
      mapped.push({ kind: "refused", error: sourceErrorOf(error), text: item.text });
    }
    return mapped;
  });
}
