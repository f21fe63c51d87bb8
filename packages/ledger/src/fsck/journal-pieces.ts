import { ENTRY_LENGTH } from "@cairn/merkle";
import type { Keyring } from "../crypto/keyring.ts";
import { type JournalRow, openJournalBatch } from "../read/read-journal.ts";
import type { LogState } from "../storage/logs.ts";
import type { FindingPlace, Findings } from "./finding.ts";
import type { LogPiece } from "./segment-file.ts";

/** Opens a row of the journal. Undefined when its key is gone: the row may have moved while it was read. */
export function journalPiece(
  row: JournalRow,
  { log, keyring, findings }: { readonly log: LogState; readonly keyring: Keyring; readonly findings: Findings },
): LogPiece | undefined {
  const place: FindingPlace = {
    table: "journal",
    key: `${log.tenantNo}/${log.ledger}/${row.first}`,
    origin: log.origin,
  };
  const damaged = (why: string): LogPiece => {
    findings.add("journal_row_damaged", place, `the row cannot be read: ${why}`);
    return { first: row.first, entries: fitted(row), events: [], place };
  };
  let key: Uint8Array | undefined;
  try {
    key = keyring.findJournalKey(log.tenantNo, row.key_no);
    if (key === undefined) return undefined;
    const { events, batchCount } = openJournalBatch(row, { origin: log.origin, key });
    checkSkipped(row, batchCount);
    return { first: row.first, entries: fitted(row), events: events.map((event) => ({ event, place })), place };
  } catch (error) {
    return damaged((error as Error).message);
  }
}

/** Whole entries only: whether they are as many as the row says is found out when it is opened. */
function fitted({ entries }: JournalRow): Uint8Array {
  return entries.subarray(0, entries.length - (entries.length % ENTRY_LENGTH));
}

/** A bitmap has one form for one meaning. */
function checkSkipped({ skipped }: JournalRow, batchCount: number): void {
  if (skipped === null) return;
  if (skipped.length !== Math.ceil(batchCount / 8))
    throw new Error("the bitmap of what was skipped has another length");
  let set = 0;
  for (let i = 0; i < skipped.length * 8; i++) {
    if ((skipped[i >> 3]! & (1 << (i & 7))) === 0) continue;
    set++;
    if (i >= batchCount) throw new Error("the bitmap of what was skipped speaks of more events than there are");
  }
  if (set === 0) throw new Error("the bitmap of what was skipped is empty");
}
