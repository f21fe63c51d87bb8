import type { EventInput, Json } from "@cairn/event";
import { asObject, type JsonObject } from "../core/json-values.ts";
import { pointerTo } from "../core/leftovers.ts";
import type { ReadItem } from "../core/read-json.ts";
import { createEqualsCounter } from "../core/record-identity.ts";
import { type SourceError, sourceErrorOf } from "../core/source-error.ts";
import type { FieldTrace, SourceMapping } from "../core/source-mapping.ts";
import { checkDefinition, compileDefinition } from "./definition-mapping.ts";
import { compileReader } from "./read-definition.ts";

/** What a pasted sample becomes under a definition. */
export type PreviewItem =
  | {
      readonly kind: "event";
      readonly record: JsonObject;
      readonly event: EventInput;
      /** Which rule gave each field, and from where. */
      readonly trace: readonly FieldTrace[];
      /** Pointers of values that no rule took: they stand under `details`. */
      readonly unmapped: readonly string[];
    }
  | { readonly kind: "skipped"; readonly record: JsonObject; readonly reason: string }
  | { readonly kind: "refused"; readonly error: SourceError; readonly text: string };

/** Records shown of a sample. */
const MAX_PREVIEWED = 100;

/**
 * Maps a pasted sample under a definition and explains each field.
 * @throws SourceError definition_invalid or zone_unknown with a pointer into the definition
 */
export function previewDefinition(definition: Json, sample: string): PreviewItem[] {
  const checked = checkDefinition(definition);
  const mapping = compileDefinition(checked);
  const items = compileReader(checked)(sample).slice(0, MAX_PREVIEWED);
  const countEquals = createEqualsCounter();
  return items.flatMap((item) => previewItem(mapping, item, countEquals));
}

function previewItem(mapping: SourceMapping, item: ReadItem, countEquals: (digest: string) => number): PreviewItem[] {
  if (item.kind === "refused") return [item];
  try {
    return (mapping.divide?.(item.record) ?? [item.record]).map((record): PreviewItem => {
      const mapped = mapping.map(record, { countEquals, explain: "all" });
      if (mapped.kind === "skipped") return { ...mapped, record };
      const { event, trace = [] } = mapped;
      return { kind: "event", record, event, trace, unmapped: leafPointers((event.details ?? {}) as Json, "") };
    });
  } catch (error) {
    return [{ kind: "refused", error: sourceErrorOf(error), text: item.text }];
  }
}

function leafPointers(value: Json, pointer: string): string[] {
  const object = Array.isArray(value) ? value : asObject(value);
  const entries = object === undefined ? [] : Object.entries(object);
  if (entries.length === 0) return pointer === "" ? [] : [pointer];
  return entries.flatMap(([key, item]) => leafPointers(item as Json, pointerTo(pointer, key)));
}
