import { JOINT_REF } from "@cairn/event";
import { ENTRY_LENGTH, SALT_LENGTH } from "@cairn/merkle";
import { coreUnitsOf, decodeBlock, type RawEvent } from "../block/block.ts";
import { decodeJournalBody, type JournalPart, openJournalBody } from "../block/journal-body.ts";
import { unseal } from "../crypto/seal.ts";
import { unpackBody } from "../crypto/zstd.ts";
import { LedgerError } from "../error.ts";
import { committedPositions, journalContext } from "../writer/writer.ts";
import type { StoredEvent, StoredPart } from "./stored-event.ts";

/** A row of the journal: one batch of one tenant. */
export interface JournalRow {
  readonly tenant_no: number;
  readonly ledger: number;
  readonly first: number;
  readonly count: number;
  readonly key_no: number;
  readonly skipped: Uint8Array | null;
  readonly entries: Uint8Array;
  readonly body: Uint8Array;
}

/** An event on its way from the journal into a segment: its values stay bytes. */
export interface MovingEvent extends RawEvent {
  readonly parts: readonly MovingPart[];
}

export interface MovingPart {
  /** Whose keys the unit needs. */
  readonly refs: readonly string[];
  /** RFC 8785 bytes. */
  readonly value: Buffer;
  readonly salt: Buffer;
}

/** Opens the events of a journal row for moving them. */
export function openMovingRow(
  row: JournalRow,
  { origin, key }: { readonly origin: string; readonly key: Uint8Array },
): MovingEvent[] {
  const sealed = unseal(key, row.body, journalContext({ origin, ledger: row.ledger }, row));
  const { events, parts } = openJournalBody(unpackBody(sealed));
  const partsOf = new Map<number, MovingPart[]>();
  for (const { event, ref, value, salt } of parts) {
    const group = partsOf.get(event) ?? [];
    partsOf.set(event, group);
    group.push({ refs: refsOfPart(ref, group), value, salt });
  }
  const positions = committedPositions(row.skipped, events.length);
  checkCount(row, positions.length, origin);
  return positions.map((position) => ({ ...events[position]!, parts: partsOf.get(position) ?? [] }));
}

/** @throws LedgerError corrupt when the row holds another number of events than it says */
export function checkCount(row: JournalRow, positions: number, origin: string): void {
  if (positions !== row.count || row.entries.length !== row.count * ENTRY_LENGTH) {
    throw new LedgerError("corrupt", `journal row ${row.first} of ${origin} disagrees with itself about its events`);
  }
}

/** The joint unit comes last, and needs every person of the event; a month is no person. */
export function refsOfPart(ref: string, before: readonly { readonly refs: readonly string[] }[]): readonly string[] {
  return ref === JOINT_REF ? before.flatMap((part) => part.refs).filter((each) => !each.startsWith("mon_")) : [ref];
}

/** Opens the events of a journal row, and tells how many the batch had before duplicates were left out. */
export function openJournalBatch(
  row: JournalRow,
  { origin, key }: { readonly origin: string; readonly key: Uint8Array },
): { readonly events: StoredEvent[]; readonly batchCount: number } {
  const sealed = unseal(key, row.body, journalContext({ origin, ledger: row.ledger }, row));
  const body = decodeJournalBody(unpackBody(sealed));
  const block = decodeBlock(body.core);
  const positions = committedPositions(row.skipped, block.events.length);
  checkCount(row, positions.length, origin);
  const partsOf = groupParts(body.parts, body.partSalts);
  const events = positions.map((position, i): StoredEvent => {
    return {
      ledger: row.ledger,
      sequence: row.first + i,
      entry: row.entries.subarray(i * ENTRY_LENGTH, (i + 1) * ENTRY_LENGTH),
      ...coreUnitsOf(block, position),
      parts: partsOf.get(position) ?? [],
    };
  });
  return { events, batchCount: block.events.length };
}

function groupParts(parts: readonly JournalPart[], salts: Uint8Array): Map<number, StoredPart[]> {
  const groups = new Map<number, StoredPart[]>();
  for (const [i, { event, ref, value }] of parts.entries()) {
    let group = groups.get(event);
    if (group === undefined) {
      group = [];
      groups.set(event, group);
    }
    group.push({
      refs: refsOfPart(ref, group),
      value,
      salt: salts.subarray(i * SALT_LENGTH, (i + 1) * SALT_LENGTH),
      commitment: undefined,
    });
  }
  return groups;
}
