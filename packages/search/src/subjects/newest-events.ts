import { refWord, wordRef } from "@cairn/event";
import type { IndexDatabase } from "../database/index-database.ts";
import { eventsTable } from "../database/tables.ts";
import { type Position, prepareScope, type SearchScope } from "../read/scope.ts";
import { ANYBODY } from "./anybody.ts";

export interface NewestEventsOptions {
  readonly scope: SearchScope;
  readonly refs: readonly string[];
  /** Events of each person. */
  readonly limit: number;
}

/** Tells of each of some people in which events of a scope they stand, in whatever role: the newest, newest first. */
export async function newestEventsOf(
  index: IndexDatabase,
  { scope, refs, limit }: NewestEventsOptions,
): Promise<ReadonlyMap<string, readonly Position[]>> {
  if (refs.length === 0) return new Map();
  const { where, params } = await prepareScope(index, scope);
  const rows = await index.query<[ref: string, newest: [number | string, number | string, number | string][]]>({
    sql:
      `SELECT who, groupArraySorted(${Math.trunc(limit)})((-toUnixTimestamp64Milli(occurred_at), -toInt64(ledger), -toInt64(sequence))) ` +
      `FROM (SELECT ${ANYBODY} AS who, occurred_at, ledger, sequence FROM ${eventsTable(index)} WHERE ${where}) ` +
      `WHERE who IN ${params.strings(refs.map(refWord))} GROUP BY who`,
    params: params.values,
  });
  return new Map(
    rows.map(([who, newest]) => [
      wordRef(who),
      newest.map(([, ledger, sequence]) => ({ ledger: -Number(ledger), sequence: 0 - Number(sequence) })),
    ]),
  );
}
