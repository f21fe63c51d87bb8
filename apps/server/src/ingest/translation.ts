import type { Json } from "@cairn/event";
import type { ReadItem, SourceMapping } from "@cairn/sources";

/** How a body in the words of another system becomes events: pure functions of what is sent. */
export interface Translation {
  /** @throws SourceError, or CairnError, when nothing of the body can be read */
  readonly read: (body: Uint8Array) => readonly ReadItem[];
  readonly mapping: SourceMapping;
  /** `keep` has each event carry its record as received. */
  readonly original: "keep" | "leave";
  /** What the result of a record says beside the usual; `id` of one that was recorded. */
  readonly annotate?: (item: ReadItem, id: string | undefined) => Readonly<Record<string, Json>> | undefined;
}
