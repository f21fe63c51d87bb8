import { ENTRY_LENGTH } from "@cairn/merkle";
import { entryTimeMs } from "../read/event-columns.ts";
import type { Database } from "../storage/database.ts";

/** What lies in the journal of one log. */
export interface JournalBacklog {
  readonly tenantNo: number;
  readonly ledger: number;
  /** Entries, sealed or not. */
  readonly entries: number;
  /** Bytes of bodies and entries. */
  readonly bytes: number;
  /** When the oldest of them was received, Unix milliseconds. */
  readonly oldestReceivedAtMs: number;
}

type Backlog = { -readonly [K in keyof JournalBacklog]: JournalBacklog[K] };

interface Row {
  readonly no: number;
  readonly tenant_no: number;
  readonly ledger: number;
  readonly first: number;
  readonly count: number;
  readonly bytes: number;
}

/** Rows read at a time: no read transaction stays open for long. */
const PAGE_ROWS = 10_000;
const PAGE =
  "SELECT rowid AS no, tenant_no, ledger, first, count, length(entries) + length(body) AS bytes FROM journal " +
  "WHERE rowid > ? ORDER BY rowid LIMIT ?";

/**
 * Knows what lies in the journal, log by log, by reading only the rows that are new. Rows leave the journal only by way of
 * segments, which {@link JournalWatch.forget} tells it about.
 */
export class JournalWatch {
  private readonly db: Database;
  private readonly logs = new Map<string, Backlog>();
  private lastRow: Row | undefined;
  private arrived = 0;

  constructor(db: Database) {
    this.db = db;
  }

  /** Entries that have come in since the first look. */
  get arrivedEntries(): number {
    return this.arrived;
  }

  /** Reads what is new. */
  look(): void {
    // Numbers of rows are used again once the newest row is gone: then everything that is left is counted anew.
    if (this.lastRow !== undefined && !this.isThere(this.lastRow)) {
      this.logs.clear();
      this.lastRow = undefined;
    }
    const isRecount = this.lastRow === undefined;
    for (;;) {
      const rows = this.db.all<Row>(PAGE, this.lastRow?.no ?? 0, PAGE_ROWS);
      for (const row of rows) {
        this.note(row);
        if (!isRecount) this.arrived += row.count;
      }
      this.lastRow = rows.at(-1) ?? this.lastRow;
      if (rows.length < PAGE_ROWS) return;
    }
  }

  /** Logs with anything in the journal. */
  backlogs(): IterableIterator<JournalBacklog> {
    return this.logs.values();
  }

  /** Entries of this log have moved into a segment. */
  forget({ tenantNo, ledger }: { readonly tenantNo: number; readonly ledger: number }): void {
    const left = this.db.get<{ entries: number | null; bytes: number | null; first: number | null }>(
      "SELECT sum(count) AS entries, sum(length(entries) + length(body)) AS bytes, min(first) AS first FROM journal " +
        "WHERE tenant_no = ? AND ledger = ? AND rowid <= ?",
      tenantNo,
      ledger,
      this.lastRow?.no ?? 0,
    );
    const id = `${tenantNo}/${ledger}`;
    if (left?.first == null) this.logs.delete(id);
    else {
      const oldestReceivedAtMs = this.timeOf({ tenantNo, ledger, first: left.first });
      const { entries, bytes } = left;
      this.logs.set(id, { tenantNo, ledger, entries: entries ?? 0, bytes: bytes ?? 0, oldestReceivedAtMs });
    }
  }

  private isThere({ no, tenant_no: tenantNo, ledger, first }: Row): boolean {
    const sql = "SELECT 1 FROM journal WHERE rowid = ? AND tenant_no = ? AND ledger = ? AND first = ?";
    return this.db.get(sql, no, tenantNo, ledger, first) !== undefined;
  }

  private note({ tenant_no: tenantNo, ledger, first, count, bytes }: Row): void {
    const id = `${tenantNo}/${ledger}`;
    const known = this.logs.get(id);
    if (known === undefined) {
      const oldestReceivedAtMs = this.timeOf({ tenantNo, ledger, first });
      this.logs.set(id, { tenantNo, ledger, entries: count, bytes, oldestReceivedAtMs });
      return;
    }
    known.entries += count;
    known.bytes += bytes;
  }

  private timeOf(place: { readonly tenantNo: number; readonly ledger: number; readonly first: number }): number {
    const row = this.db.get<{ entry: Uint8Array }>(
      `SELECT substr(entries, 1, ${ENTRY_LENGTH}) AS entry FROM journal WHERE tenant_no = ? AND ledger = ? AND first = ?`,
      place.tenantNo,
      place.ledger,
      place.first,
    );
    // A row that has just moved is of no concern any more.
    return row === undefined ? Number.MAX_SAFE_INTEGER : entryTimeMs(row.entry, 0);
  }
}
