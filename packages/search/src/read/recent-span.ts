import { Params } from "../compile/params.ts";
import type { IndexDatabase } from "../database/index-database.ts";
import { eventsTable } from "../database/tables.ts";
import type { Position } from "./scope.ts";

/** Where the newest rows of a tenant lie. */
export interface RecentSpan {
  /** Time of the oldest of them, Unix milliseconds. */
  readonly fromMs: number;
  /** How long they took to happen. */
  readonly spanMs: number;
}

/** Clocks that run ahead stamp some events with times to come: these many do not make the span a century. */
const AHEAD_ROWS = 1_024;
/** Tenants whose spans are kept, 100 bytes each. */
const MAX_KEPT = 10_000;

interface Kept extends RecentSpan {
  readonly asOf: Position;
}
const kept = new WeakMap<IndexDatabase, Map<number, Kept>>();

/** Tells how far back a number of a tenant's newest rows reach, as of about now. Undefined when there are fewer. */
export async function recentSpan(
  index: IndexDatabase,
  { tenantNo, asOf, rows }: { readonly tenantNo: number; readonly asOf: Position; readonly rows: number },
): Promise<RecentSpan | undefined> {
  const spans = kept.get(index) ?? new Map<number, Kept>();
  kept.set(index, spans);
  const known = spans.get(tenantNo);
  // What a span is used for bears being wrong by half.
  if (known?.asOf.ledger === asOf.ledger && Math.abs(asOf.sequence - known.asOf.sequence) < rows / 2) return known;
  const params = new Params();
  const [row] = await index.query<[count: number, oldestMs: number, newestMs: number]>({
    sql:
      `SELECT count(), toUnixTimestamp64Milli(min(time)), toUnixTimestamp64Milli(arrayReverseSort(groupArray(time))[${AHEAD_ROWS + 1}]) ` +
      `FROM (SELECT occurred_at AS time FROM ${eventsTable(index)} WHERE tenant = ${params.integer(tenantNo)} ` +
      `ORDER BY occurred_at DESC LIMIT ${AHEAD_ROWS + rows})`,
    params: params.values,
  });
  if (row === undefined || row[0] < AHEAD_ROWS + rows) return undefined;
  const span: Kept = { asOf, fromMs: row[1], spanMs: row[2] - row[1] };
  if (spans.size >= MAX_KEPT) spans.clear();
  spans.set(tenantNo, span);
  return span;
}
