import type { CairnError } from "@cairn/event";
import type { SourceError } from "@cairn/sources";
import type { RefusedEvent } from "../threads/writer-api.ts";
import { presentError } from "./answer.ts";

/** As much of a record as is kept: enough to see what it was. */
const KEPT_CHARS = 64 * 1_024;

/** What of a record that was refused is kept for its owner. */
export function keptRecord(error: CairnError | SourceError, text: string): RefusedEvent {
  return {
    refusedAtMs: Date.now(),
    error: JSON.stringify(presentError(error)),
    event: JSON.stringify(text.slice(0, KEPT_CHARS)),
  };
}
