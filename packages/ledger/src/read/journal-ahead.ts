import type { Database } from "../storage/database.ts";
import type { JournalRow } from "./read-journal.ts";

/** Rows read ahead at a time, and the longest body among them. */
const ROWS_AHEAD = 256;
const MAX_BODY_BYTES = 16_384;
/** Fewer of them wanted than this, and reading ahead pauses. */
const WORTH_IT = 32;
/** What was read ahead and not asked for by then is forgotten: it must not outlive an erasure. */
const KEEP_MS = 1_000;

interface NumberedRow extends JournalRow {
  readonly no: number;
}

const AT =
  "SELECT rowid AS no, * FROM journal WHERE tenant_no = ? AND ledger = ? AND first <= ? ORDER BY first DESC LIMIT 1";
const AHEAD = `SELECT rowid AS no, * FROM journal WHERE rowid > ? AND rowid <= ? AND length(body) <= ${MAX_BODY_BYTES}`;

/**
 * Reads journal rows for whoever reads all of them, log by log, about in the order in which they came: a row of its own for
 * every event of many small logs. The next rows of the table are read at one go, and each is given away once.
 */
export class JournalAhead {
  private readonly db: Database;
  private readonly rows = new Map<string, JournalRow>();
  /** How many rows to look up one by one before trying again. */
  private pause = 0;
  private taken = ROWS_AHEAD;
  private readAtMs = 0;

  constructor(db: Database) {
    this.db = db;
  }

  /** The row that holds a sequence, or undefined. */
  at(tenantNo: number, ledger: number, sequence: number): JournalRow | undefined {
    const id = idOf(tenantNo, ledger, sequence);
    const ahead = this.rows.get(id);
    if (ahead !== undefined && performance.now() - this.readAtMs < KEEP_MS) {
      this.rows.delete(id);
      this.taken++;
      return ahead;
    }
    return this.db.snapshot(() => this.lookUp(tenantNo, ledger, sequence));
  }

  /** Forgets what was read ahead. */
  forget(): void {
    this.rows.clear();
  }

  private lookUp(tenantNo: number, ledger: number, sequence: number): JournalRow | undefined {
    const row = this.db.get<NumberedRow>(AT, tenantNo, ledger, sequence);
    if (row === undefined || sequence >= row.first + row.count) return undefined;
    if (this.pause > 0) {
      this.pause--;
      return row;
    }
    if (this.taken < WORTH_IT) {
      this.pause = ROWS_AHEAD;
      this.taken = ROWS_AHEAD;
      this.rows.clear();
      return row;
    }
    this.rows.clear();
    this.taken = 0;
    this.readAtMs = performance.now();
    for (const next of this.db.all<NumberedRow>(AHEAD, row.no, row.no + ROWS_AHEAD))
      this.rows.set(idOf(next.tenant_no, next.ledger, next.first), next);
    return row;
  }
}

function idOf(tenantNo: number, ledger: number, sequence: number): string {
  return `${tenantNo}/${ledger}/${sequence}`;
}
