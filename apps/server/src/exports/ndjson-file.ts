import type { RecordedEvent } from "@cairn/event";
import type { StoredEvent } from "@cairn/ledger";
import { eventRows, type RowSource } from "./event-rows.ts";

/** Gives the text of an NDJSON file: every line an event, byte for byte as the API gives it. */
export async function* ndjsonFile(
  source: RowSource,
  present: (event: StoredEvent) => RecordedEvent,
): AsyncGenerator<string, void, undefined> {
  for await (const lines of eventRows(source, (event) => `${JSON.stringify(present(event))}\n`)) yield lines.join("");
}
