import type { IndexDatabase } from "../database/index-database.ts";
import { eventsTable } from "../database/tables.ts";

/** What the index holds of one ledger. */
export interface HeldLedger {
  readonly tenantNo: number;
  readonly ledger: number;
  readonly rows: number;
  /** One past the highest sequence. */
  readonly end: number;
}

/** Counts rows by ledger, over all tenants: what a follower compares its cursors with when it starts. */
export async function heldLedgers(index: IndexDatabase): Promise<HeldLedger[]> {
  const rows = await index.query<[number, number, number, number]>({
    sql: `SELECT tenant, ledger, count(), max(sequence) + 1 FROM ${eventsTable(index)} GROUP BY tenant, ledger`,
    settings: { max_execution_time: 600, max_memory_usage: 0 },
  });
  return rows.map(([tenantNo, ledger, count, end]) => ({ tenantNo, ledger, rows: count, end }));
}
