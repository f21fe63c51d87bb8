import type { IndexDatabase } from "../database/index-database.ts";
import { eventsTable } from "../database/tables.ts";
import type { PreparedScope } from "./scope.ts";

/** What rows are counted by. */
export interface CountedBy {
  /** Expressions with their names: the columns of the result beside `n`. */
  readonly columns: string;
  /** What follows GROUP BY. */
  readonly groups: string;
  /**
   * Whether there are few groups. Then everything is counted, and what lies beyond the snapshot is taken off again: next to
   * nothing, found by an index, while looking at the ledger and sequence of every row costs half of counting it.
   */
  readonly isSmall: boolean;
}

/** A subquery that counts the rows of a scope by groups, in parts whose `n` have to be added up. */
export function countedRows(
  index: IndexDatabase,
  { where, counted }: PreparedScope,
  { columns, groups, isSmall }: CountedBy,
): string {
  const part = (sign: "" | "-", condition: string) =>
    `SELECT ${columns}, ${sign}toInt64(count()) AS n FROM ${eventsTable(index)} WHERE ${condition} GROUP BY ${groups}`;
  return isSmall ? `(${part("", counted.all)} UNION ALL ${part("-", counted.beyond)})` : `(${part("", where)})`;
}

/** Both parts must see the same rows, whatever is inserted meanwhile. */
export const COUNTING_SETTINGS = { enable_shared_storage_snapshot_in_query: 1 } as const;
