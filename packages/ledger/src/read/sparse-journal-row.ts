import { ENTRY_LENGTH, SALT_LENGTH } from "@cairn/merkle";
import { findLines, textOfLine } from "../block/block-columns.ts";
import { checkSalts, parsePart, sectionsOf } from "../block/journal-body.ts";
import { openSparseBlock } from "../block/sparse-block.ts";
import { unseal } from "../crypto/seal.ts";
import { unpackBody } from "../crypto/zstd.ts";
import { committedPositions, journalContext } from "../writer/writer.ts";
import { checkCount, type JournalRow, refsOfPart } from "./read-journal.ts";
import type { StoredEvent, StoredPart } from "./stored-event.ts";

/** More than the number of an event has digits. */
const EVENT_DIGITS = 8;
/** What is kept of a line of parts beside its bytes, as a multiple of its start. */
const LINE_COST = 8;

/** A row of the journal, opened, of which a few events are wanted: only those become text. */
export interface SparseJournalRow {
  readonly count: number;
  /** Memory that it holds. */
  readonly byteLength: number;
  event(index: number): StoredEvent;
}

/** Opens a row of the journal. */
export function openSparseJournalRow(
  row: JournalRow,
  { origin, key }: { readonly origin: string; readonly key: Uint8Array },
): SparseJournalRow {
  const body = unpackBody(unseal(key, row.body, journalContext({ origin, ledger: row.ledger }, row)));
  const { core, parts, partSalts } = sectionsOf(body);
  const block = openSparseBlock(core);
  const positions = committedPositions(row.skipped, block.count);
  checkCount(row, positions.length, origin);
  const lines = findLines(parts, 0);
  checkSalts({ partSalts }, lines.starts.length - 1);
  const linesOf = new Map<number, number[]>();
  for (let line = 0; line < lines.starts.length - 1; line++) {
    const event = Number.parseInt(parts.toString("latin1", lines.starts[line], lines.starts[line]! + EVENT_DIGITS), 10);
    const known = linesOf.get(event);
    if (known === undefined) linesOf.set(event, [line]);
    else known.push(line);
  }

  function partsAt(position: number): StoredPart[] {
    const found: StoredPart[] = [];
    for (const line of linesOf.get(position) ?? []) {
      const { ref, value } = parsePart(textOfLine(lines, line));
      const salt = partSalts.subarray(line * SALT_LENGTH, (line + 1) * SALT_LENGTH);
      found.push({ refs: refsOfPart(ref, found), value, salt, commitment: undefined });
    }
    return found;
  }

  const { ledger, first, entries } = row;
  return {
    count: positions.length,
    byteLength: body.length - core.length + block.byteLength + entries.length + lines.starts.byteLength * LINE_COST,
    event: (index) => ({
      ledger,
      sequence: first + index,
      entry: entries.subarray(index * ENTRY_LENGTH, (index + 1) * ENTRY_LENGTH),
      ...block.coreUnits(positions[index]!),
      parts: partsAt(positions[index]!),
    }),
  };
}
