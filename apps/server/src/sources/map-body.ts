import { setImmediate as afterOthers } from "node:timers/promises";
import { createEqualsCounter, decodeText, type MappedItem, mapItems, type ReadItem } from "@cairn/sources";
import { translated } from "./body-error.ts";
import type { Headers, Reading } from "./kinds.ts";
import type { Delivery } from "./receive.ts";
import type { RefusedRecord } from "./refused-record.ts";

/** Records mapped before others get their turn: some milliseconds. */
const CHUNK = 100;

/**
 * Reads a body and maps its records. One that is wrong is refused by itself.
 * @throws CairnError json_invalid, body_invalid, … when nothing of it can be read, with line and column
 */
export async function mapBody(reading: Reading, body: Uint8Array): Promise<Delivery> {
  return mapInTurns(
    reading,
    translated(() => readBody(reading, decodeText(body), {})),
  );
}

/** Maps records, and lets others have their turn meanwhile. */
export async function mapInTurns(
  { mapping, original }: Reading,
  items: readonly ReadItem[],
): Promise<ReturnType<typeof deliveryOf>> {
  const countEquals = createEqualsCounter();
  const mapped: MappedItem[] = [];
  for (let from = 0; from < items.length; from += CHUNK) {
    // What was read may have taken long already.
    await afterOthers();
    for (const item of mapItems(mapping, items.slice(from, from + CHUNK), { original, countEquals })) mapped.push(item);
  }
  return deliveryOf(mapped);
}

/**
 * Reads the records of a body.
 * @throws SourceError when the body as a whole is what is wrong: its sender has to know. One wrong element of a list is the
 *   owner's matter
 */
export function readBody({ read }: Reading, text: string, headers: Headers): readonly ReadItem[] {
  const items = read(text, headers);
  const [only] = items;
  if (items.length === 1 && only?.kind === "refused" && only.text.trim() === withoutMark(text).trim()) throw only.error;
  return items;
}

/** The text behind a byte order mark. */
function withoutMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

/** Sorts what became of records. */
export function deliveryOf(mapped: readonly MappedItem[]): Required<Omit<Delivery, "places">> {
  const refused: RefusedRecord[] = [];
  let skipped = 0;
  const events = mapped.flatMap((item) => {
    if (item.kind === "refused") refused.push(item);
    else if (item.kind === "skipped") skipped++;
    return item.kind === "event" ? [item.event] : [];
  });
  return { events, refused, skipped };
}
