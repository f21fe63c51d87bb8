import { randomBytes } from "node:crypto";
import { Params } from "../compile/params.ts";
import type { IndexDatabase } from "../database/index-database.ts";
import { eventsTable } from "../database/tables.ts";
import { type IndexInput, RowEncoder } from "../encode/rows.ts";
import { EVENT_COLUMNS } from "../schema/columns.ts";
import { quoteName } from "../schema/tables.ts";
import type { SequenceRange } from "./ranges.ts";

/** How the index differs from the ledger over a range; all empty when it does not. */
export interface AuditReport {
  /** In the ledger, not in the index. */
  readonly missing: readonly number[];
  /** In the index, not in the ledger. */
  readonly surplus: readonly number[];
  /** In both, with other content. */
  readonly different: readonly number[];
  /** In the index more than once. */
  readonly repeated: readonly number[];
}

/**
 * Compares what the index holds of a range with what it should hold: the events of the ledger, encoded anew into a table
 * in memory beside it and compared by the engine, column by column. At most {@link SEARCH_LIMITS}.auditRows events.
 */
export async function auditRange(
  index: IndexDatabase,
  { tenantNo, range, expected }: { tenantNo: number; range: SequenceRange; expected: readonly IndexInput[] },
): Promise<AuditReport> {
  const table = `audit_${randomBytes(8).toString("hex")}`;
  const name = `${quoteName(index.database)}.${quoteName(table)}`;
  const columns = Object.entries(EVENT_COLUMNS).map(([column, { type }]) => `\`${column}\` ${type}`);
  await index.command({ sql: `CREATE TABLE ${name} (${columns.join(", ")}) ENGINE = Memory` });
  try {
    if (expected.length > 0) await index.insert({ table, block: new RowEncoder().encode(expected).block });
    return await compare(index, { name, tenantNo, range });
  } finally {
    await index.command({ sql: `DROP TABLE ${name} SYNC` });
  }
}

async function compare(
  index: IndexDatabase,
  { name, tenantNo, range }: { name: string; tenantNo: number; range: SequenceRange },
): Promise<AuditReport> {
  const params = new Params();
  const hash = `sipHash64(${Object.keys(EVENT_COLUMNS)
    .map((column) => `\`${column}\``)
    .join(", ")})`;
  const where =
    `tenant = ${params.integer(tenantNo)} AND ledger = ${params.integer(range.ledger)} ` +
    `AND sequence >= ${params.integer(range.fromSequence)} AND sequence < ${params.integer(range.toSequence)}`;
  const rows = await index.query<[number, number, number, number]>({
    sql:
      "SELECT sequence, countIf(side = 0) AS wanted, countIf(side = 1) AS held, uniqExact(hash) AS contents FROM (" +
      `SELECT sequence, 0 AS side, ${hash} AS hash FROM ${name} UNION ALL ` +
      `SELECT sequence, 1 AS side, ${hash} AS hash FROM ${eventsTable(index)} WHERE ${where}) ` +
      "GROUP BY sequence HAVING wanted != 1 OR held != 1 OR contents != 1 ORDER BY sequence",
    params: params.values,
    settings: { max_execution_time: 600 },
  });
  const sequences = (test: (wanted: number, held: number, contents: number) => boolean) =>
    rows.flatMap(([sequence, wanted, held, contents]) => (test(wanted, held, contents) ? [sequence] : []));
  return {
    missing: sequences((_, held) => held === 0),
    surplus: sequences((wanted) => wanted === 0),
    different: sequences((wanted, held, contents) => wanted > 0 && held > 0 && contents > 1),
    repeated: sequences((_, held) => held > 1),
  };
}
