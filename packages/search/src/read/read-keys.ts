import type { Params } from "../compile/params.ts";
import { allOf } from "../compile/sql.ts";
import type { IndexDatabase } from "../database/index-database.ts";
import { eventsTable } from "../database/tables.ts";
import { type Position, type PreparedScope, timeSql } from "./scope.ts";
import type { SortKey, SortOrder } from "./sort.ts";

/** An event found: its name, and the value it was sorted by. */
export interface FoundKey extends Position {
  readonly value: number | string;
}

export interface ReadOptions {
  readonly prepared: PreparedScope;
  readonly key: SortKey;
  readonly order: SortOrder;
  readonly limit: number;
  readonly after: FoundKey | undefined;
  /** Only what occurred in this stretch of time. */
  readonly window?: Window;
}

/** A stretch of time, Unix milliseconds: from on, and before. */
export interface Window {
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

/** Tells whether a page goes by time: then the table's own order serves. */
export function isByTime(key: SortKey): boolean {
  return key.sql === "toUnixTimestamp64Milli(occurred_at)";
}

/**
 * Reads a page, or what one window has of it. Asked for the snapshot, the engine reads two more columns and looks at an
 * index for all rows, a quarter of the whole; what lies beyond the snapshot is hardly ever on the page, so it is asked
 * again, with the condition, when it was.
 */
export async function readKeys(index: IndexDatabase, options: ReadOptions): Promise<FoundKey[]> {
  const { asOf, counted, where } = options.prepared;
  const keys = await readWhere(index, options, counted.all);
  return keys.some((key) => isBeyond(key, asOf)) ? readWhere(index, options, where) : keys;
}

function isBeyond({ ledger, sequence }: Position, asOf: Position): boolean {
  return ledger > asOf.ledger || (ledger === asOf.ledger && sequence > asOf.sequence);
}

async function readWhere(index: IndexDatabase, options: ReadOptions, scope: string): Promise<FoundKey[]> {
  const { prepared, key, order, limit, after, window = {} } = options;
  const { params } = prepared;
  const where = allOf([
    scope,
    window.fromMs === undefined ? undefined : `occurred_at >= ${timeSql(window.fromMs, params)}`,
    window.toMs === undefined ? undefined : `occurred_at < ${timeSql(window.toMs, params)}`,
    after === undefined ? undefined : beyond(after, key, { order, params }),
  ]);
  // By time the table's own order serves; naming the column itself lets the engine see that.
  const orderBy = isByTime(key)
    ? `occurred_at ${order}, ledger ${order}, sequence ${order}`
    : `(value = ${literal(key.missing)}) ASC, value ${order}, ledger ${order}, sequence ${order}`;
  const rows = await index.query<[number, number, number | string]>({
    sql: `SELECT ledger, sequence, ${key.sql} AS value FROM ${eventsTable(index)}${key.join} WHERE ${where} ORDER BY ${orderBy} LIMIT ${limit}`,
    params: params.values,
  });
  return rows.map(([ledger, sequence, value]) => ({ ledger, sequence, value }));
}

/** The events after the last one of a page, in the page's order. */
function beyond(last: FoundKey, key: SortKey, { order, params }: { order: SortOrder; params: Params }): string {
  const sign = order === "desc" ? "<" : ">";
  const tie = `(ledger, sequence) ${sign} (${params.integer(last.ledger)}, ${params.integer(last.sequence)})`;
  const value = typeof last.value === "number" ? params.integer(last.value) : params.string(last.value);
  const missing = literal(key.missing);
  if (last.value === key.missing) return `(${key.sql} = ${missing} AND ${tie})`;
  if (isByTime(key)) {
    const time = `fromUnixTimestamp64Milli(${value}, 'UTC')`;
    return `(occurred_at ${sign}= ${time} AND (occurred_at ${sign} ${time} OR ${tie}))`;
  }
  return `(${key.sql} = ${missing} OR ${key.sql} ${sign} ${value} OR (${key.sql} = ${value} AND ${tie}))`;
}

function literal(missing: SortKey["missing"]): string {
  return missing === "" ? "''" : String(missing);
}
