import { setImmediate as nextTurn } from "node:timers/promises";
import type { EventInput, Json } from "@cairn/event";
import { createEqualsCounter, type MappedItem, mapItems, type ReadItem } from "@cairn/sources";
import { conflictError, idOfAdmitted } from "./answer.ts";
import type { Delivery } from "./delivery.ts";
import { keptRecord } from "./delivery-kept.ts";
import type { RecordAdmitted, SettledRecord } from "./delivery-record.ts";
import type { TranslatedAdmissions, TranslatedDoor } from "./translated-door.ts";
import type { Translation } from "./translation.ts";

/** Records mapped before others get their turn: some milliseconds. */
const SLICE = 100;
/** Events mapped before they are handed on. */
const HANDED_ON = 500;

/** What becomes of the records of a delivery: what is not wanted any more is let go of before they are durable. */
export interface DeliveryWork {
  /** In the order of the records; outcomes are there once `done` has settled. */
  readonly records: readonly SettledRecord[];
  /** Settles once everything that can be recorded is durable. */
  readonly done: Promise<void>;
  /** Gives back what the records hold. */
  readonly release: () => void;
}

/** An event that is mapped and not yet handed on. */
interface Waiting {
  readonly place: number;
  readonly event: EventInput;
  readonly annotation: ((id: string | undefined) => Readonly<Record<string, Json>> | undefined) | undefined;
}

/**
 * Maps records and hands their events on to be recorded. Resolves when all are handed on: two groups are under way at most.
 * @throws CairnError when there is no such new tenant, or a group before the last could not be recorded
 */
export async function startDelivery(
  delivery: Delivery,
  items: readonly ReadItem[],
  parts: {
    readonly translation: Translation;
    readonly door: TranslatedDoor;
    readonly record: RecordAdmitted;
  },
): Promise<DeliveryWork> {
  const { mapping, annotate } = parts.translation;
  const original = delivery.original ?? parts.translation.original;
  const records: SettledRecord[] = [];
  const releases: (() => void)[] = [];
  const countEquals = createEqualsCounter();
  let waiting: Waiting[] = [];
  let done: Promise<void> = Promise.resolve();

  const release = (): void => {
    for (const one of releases) one();
  };

  function take(item: MappedItem, from: ReadItem | undefined): void {
    const place = records.length;
    if (item.kind !== "event") {
      const annotation = from === undefined ? undefined : annotate?.(from, undefined);
      const kept = item.kind === "refused" ? keptRecord(item.error, item.text) : undefined;
      records.push(
        item.kind === "skipped"
          ? { kind: "skipped", reason: item.reason, annotation }
          : { kind: "refused", error: item.error, kept, annotation },
      );
      return;
    }
    const annotation =
      annotate === undefined || from === undefined ? undefined : (id: string | undefined) => annotate(from, id);
    waiting.push({ place, event: recordable(item.event, delivery), annotation });
    records.push({ kind: "skipped", reason: "", annotation: undefined });
  }

  async function handOn(): Promise<void> {
    while (waiting.length > 0) {
      const admissions = await parts.door.admit(
        waiting.map(({ event }) => event),
        delivery,
      );
      const places = settleLater(waiting.slice(0, admissions.taken), admissions);
      waiting = waiting.slice(admissions.taken);
      const before = done;
      const own = parts.record(admissions, delivery).then((recorded) => {
        releases.push(recorded.release);
        for (const [i, place] of places.entries()) settle(place, admissions, { i, outcome: recorded.outcomes[i] });
      });
      done = Promise.all([before, own]).then(() => undefined);
      // Whoever fails is heard of by whom waits for all.
      done.catch(() => undefined);
      await before;
    }
  }

  /** Notes what is known of events before they are durable, and gives their places. */
  function settleLater(group: readonly Waiting[], { admissions }: TranslatedAdmissions): number[] {
    return group.map(({ place, event, annotation }, i) => {
      const admission = admissions[i]!;
      const id =
        admission.kind === "admitted" && annotation !== undefined ? idOfAdmitted(admission.admitted) : undefined;
      const gap = event.action === "source.gap" ? event : undefined;
      records[place] = {
        kind: "event",
        admission,
        outcome: undefined,
        gap,
        kept: undefined,
        annotation: annotation?.(id),
      };
      return place;
    });
  }

  function settle(
    place: number,
    { texts }: TranslatedAdmissions,
    { i, outcome }: { readonly i: number; readonly outcome: Extract<SettledRecord, { kind: "event" }>["outcome"] },
  ): void {
    const record = records[place]!;
    if (record.kind !== "event") throw new Error("BUG: a record that is no event was recorded");
    // An event that differs from what was recorded under its identity is in no log: its owner must be able to see it.
    const isLost = outcome?.status === "conflict" && delivery.sourceId !== undefined;
    records[place] = { ...record, outcome, kept: isLost ? keptRecord(conflictError(), texts[i]!) : undefined };
  }

  try {
    for (let start = 0; start < items.length; start += SLICE) {
      if (start > 0) await nextTurn();
      const slice = items.slice(start, start + SLICE);
      const mapped = mapItems(mapping, slice, { original, countEquals });
      // A record that speaks of several events has no result of its own.
      const isOneToOne = mapping.divide === undefined;
      for (const [i, item] of mapped.entries()) take(item, isOneToOne ? slice[i] : undefined);
      if (waiting.length >= HANDED_ON || start + SLICE >= items.length) await handOn();
    }
  } catch (error) {
    await done.catch(() => undefined);
    release();
    throw error;
  }
  return { records, done, release };
}

/** Prefix of an id that was derived from the record's content. */
const DERIVED = "sha256:";

/** The event as it is recorded. */
function recordable(event: EventInput, { sourceId }: Delivery): EventInput {
  // With neither a time nor an id, the second of two equal records is not the first one sent again: it happened twice.
  if (sourceId !== undefined || event.occurred_at !== undefined || event.id?.startsWith(DERIVED) !== true) return event;
  const { id: _derived, ...rest } = event;
  return rest;
}
