import { ENTRY_LENGTH, SALT_LENGTH } from "@cairn/merkle";
import { decodeBlock } from "../block/block.ts";
import { decodeJournalBody, type JournalPart } from "../block/journal-body.ts";
import { unseal } from "../crypto/seal.ts";
import { unpack } from "../crypto/zstd.ts";
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

/** Opens the events of a journal row. */
export function openJournalRow(
  row: JournalRow,
  { origin, key }: { readonly origin: string; readonly key: Uint8Array },
): StoredEvent[] {
  const sealed = unseal(key, row.body, journalContext({ origin, ledger: row.ledger }, row));
  const body = decodeJournalBody(unpack(sealed));
  const block = decodeBlock(body.core);
  const positions = committedPositions(row.skipped, block.events.length);
  if (positions.length !== row.count || row.entries.length !== row.count * ENTRY_LENGTH) {
    throw new LedgerError("corrupt", `journal row ${row.first} of ${origin} disagrees with itself about its events`);
  }
  const partsOf = groupParts(body.parts, body.partSalts);
  return positions.map((position, i): StoredEvent => {
    const { shape, values, seed, saltStart } = block.events[position]!;
    return {
      ledger: row.ledger,
      sequence: row.first + i,
      entry: row.entries.subarray(i * ENTRY_LENGTH, (i + 1) * ENTRY_LENGTH),
      paths: block.shapes[shape]!,
      values,
      seed: block.seeds[seed]!,
      saltStart,
      parts: partsOf.get(position) ?? [],
    };
  });
}

function groupParts(parts: readonly JournalPart[], salts: Uint8Array): Map<number, StoredPart[]> {
  const groups = new Map<number, StoredPart[]>();
  for (const [i, { event, ref, value }] of parts.entries()) {
    let group = groups.get(event);
    if (group === undefined) {
      group = [];
      groups.set(event, group);
    }
    // The joint unit comes last, and needs every person of the event; a month is no person.
    const refs =
      ref === "joint" ? group.flatMap((part) => part.refs).filter((each) => !each.startsWith("mon_")) : [ref];
    group.push({ refs, value, salt: salts.subarray(i * SALT_LENGTH, (i + 1) * SALT_LENGTH), commitment: undefined });
  }
  return groups;
}
