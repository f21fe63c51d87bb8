import { setImmediate as nextTurn } from "node:timers/promises";
import { CairnError, type EventInput } from "@cairn/event";
import { createEqualsCounter, type MappedItem, mapItems, type ReadItem, type SourceMapping } from "@cairn/sources";
import type { ServerContext } from "../../context.ts";
import { type RecordResult, recordEvents } from "../../sources/record-events.ts";
import type { Destination } from "./destination.ts";

/** Records of one request. Collectors send 8,192 at most unless told otherwise; what more would do to others is worse. */
const MAX_RECORDS = 10_000;
/** Records mapped before others get their turn: some milliseconds. */
const SLICE = 200;
/** Refused records longer than this are kept cut: enough to see what they were. */
const REFUSED_CHARS = 64 * 1_024;

/** What one request brings. */
export interface Delivery {
  readonly mapping: SourceMapping;
  readonly items: readonly ReadItem[];
  readonly to: Destination;
}

/** What became of one record of a delivery. */
export type Delivered =
  | { readonly kind: "recorded"; readonly result: RecordResult }
  | { readonly kind: "skipped"; readonly reason: string }
  | { readonly kind: "refused"; readonly fault: RecordFault };

/** Why a record was refused: by its own protocol's rules, or as an event. */
export interface RecordFault {
  readonly code: string;
  readonly message: string;
  readonly pointer?: string;
}

/**
 * Maps the records of a request and records them; each is durable when its outcome is given. Outcomes stand in the order of the
 * records. One that is wrong never keeps its neighbours from going in.
 * @throws CairnError batch_too_many_events, and what recordEvents throws: then sending all of it again is safe
 */
export async function deliver(context: ServerContext, delivery: Delivery): Promise<Delivered[]> {
  const { items, mapping, to } = delivery;
  if (items.length > MAX_RECORDS)
    throw new CairnError(
      "batch_too_many_events",
      `the request has ${items.length} records; at most ${MAX_RECORDS} fit`,
    );
  const mapped = await mapAll(delivery);
  const events = mapped.flatMap((item) => (item.kind === "event" ? [finished(item.event, to)] : []));
  const results = await recordEvents(context, { ...to, events, defaultSource: mapping.name });
  keepRefused(context, to.tenantNo, mapped);
  let next = 0;
  return mapped.map((item): Delivered => {
    if (item.kind === "skipped") return item;
    if (item.kind === "refused") {
      const { code, message, place } = item.error;
      return {
        kind: "refused",
        fault: { code, message, ...(place.pointer === undefined ? {} : { pointer: place.pointer }) },
      };
    }
    const result = results[next++]!;
    return result.error === undefined ? { kind: "recorded", result } : { kind: "refused", fault: result.error };
  });
}

async function mapAll({ mapping, items }: Delivery): Promise<MappedItem[]> {
  const countEquals = createEqualsCounter();
  const mapped: MappedItem[] = [];
  for (let start = 0; start < items.length; start += SLICE) {
    if (start > 0) await nextTurn();
    mapped.push(...mapItems(mapping, items.slice(start, start + SLICE), { original: "leave", countEquals }));
  }
  return mapped;
}

/** Prefix of an id that was derived from the record's content. */
const DERIVED = "sha256:";

/** The event as it is recorded. */
function finished(event: EventInput, { newTenant }: Destination): EventInput {
  const { id, ...rest } = event;
  // With neither a time nor an id, the second of two equal records is not the first one sent again: it happened twice.
  const isRepeatable = event.occurred_at === undefined && id?.startsWith(DERIVED) === true;
  const kept = isRepeatable ? rest : event;
  return newTenant === undefined ? kept : { ...kept, tenant: newTenant };
}

/** Keeps what could not be mapped for its owner, as what the door refuses is kept. */
function keepRefused(context: ServerContext, tenantNo: number | undefined, mapped: readonly MappedItem[]): void {
  if (tenantNo === undefined) return;
  const refused = mapped.flatMap((item) => {
    if (item.kind !== "refused") return [];
    const { code, message, place } = item.error;
    const event = JSON.stringify(item.text.slice(0, REFUSED_CHARS));
    return [{ refusedAtMs: Date.now(), error: JSON.stringify({ code, message, ...place }), event }];
  });
  if (refused.length > 0) context.threads.writer.tell("refuse", { tenantNo, refused });
}
