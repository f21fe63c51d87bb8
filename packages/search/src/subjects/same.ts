import type { IndexDatabase } from "../database/index-database.ts";
import { sameTable } from "../database/tables.ts";
import { type SamePersonRow, writeSameBlock } from "../encode/same-block.ts";
import { TABLES } from "../schema/tables.ts";

/** Writes which references are one person; what is said of a reference later takes the place of what was said before. */
export async function upsertSamePeople(index: IndexDatabase, rows: readonly SamePersonRow[]): Promise<void> {
  if (rows.length === 0) return;
  await index.insert({ table: TABLES.same, block: writeSameBlock(rows) });
}

/**
 * Gives the table expression `sets` with columns `one` and `refs`: of each reference of a tenant that is said to be one
 * person with others, all references of that person. There are few: duplicates that somebody has found.
 */
export function setsOfSame(index: IndexDatabase, tenant: string): string {
  return (
    "(SELECT ref AS one, groupArray(ref) OVER (PARTITION BY person) AS refs " +
    `FROM ${sameTable(index)} FINAL WHERE tenant = ${tenant} AND person != '') AS sets`
  );
}

/** Widens a statement that gives references, as its column `ref`, by all other references of the same people. */
export function withSame(index: IndexDatabase, found: string, tenant: string): string {
  return (
    "SELECT DISTINCT arrayJoin(arrayPushBack(sets.refs, found.ref)) AS meant " +
    `FROM (${found}) AS found LEFT ANY JOIN ${setsOfSame(index, tenant)} ON sets.one = found.ref`
  );
}
