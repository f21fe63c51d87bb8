import { Params } from "../compile/params.ts";
import type { IndexDatabase } from "../database/index-database.ts";
import { eventsTable } from "../database/tables.ts";
import { timeSql } from "./scope.ts";

/** A stretch of a tenant's ledger: sequences from `fromSequence` on and before `toSequence`. */
export interface SequenceRange {
  readonly ledger: number;
  readonly fromSequence: number;
  readonly toSequence: number;
}

/** When the events of a range were received, if known: it lets the engine leave out whole months. Inclusive. */
export interface ReceivedWithin {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** What the index holds of a range. */
export interface RangeCount {
  /** Rows. */
  readonly rows: number;
  /** Different events; fewer than rows when an insert was repeated. */
  readonly events: number;
}

interface Where {
  readonly tenantNo: number;
  readonly receivedWithin?: ReceivedWithin | undefined;
}

/** Counts what the index holds of each range: the follower inserts what is missing. At most 200 ranges at a time. */
export async function countByRange(
  index: IndexDatabase,
  { tenantNo, ranges, receivedWithin }: Where & { ranges: readonly SequenceRange[] },
): Promise<RangeCount[]> {
  if (ranges.length === 0) return [];
  if (ranges.length > MAX_RANGES) throw new RangeError(`at most ${MAX_RANGES} ranges at a time`);
  const params = new Params();
  const number = `arrayFirstIndex((l, a, b) -> ledger = l AND sequence >= a AND sequence < b, [${ranges
    .map((range) => params.integer(range.ledger))
    .join(", ")}], [${ranges.map((range) => params.integer(range.fromSequence)).join(", ")}], [${ranges
    .map((range) => params.integer(range.toSequence))
    .join(", ")}])`;
  const low = Math.min(...ranges.map((range) => range.fromSequence));
  const high = Math.max(...ranges.map((range) => range.toSequence));
  const where = rangeWhere({ tenantNo, receivedWithin, params, low, high });
  const rows = await index.query<[number, number, number]>({
    sql: `SELECT ${number} AS range, count(), uniqExact(ledger, sequence) FROM ${eventsTable(index)} WHERE ${where} GROUP BY range`,
    params: params.values,
    settings: AUDIT_SETTINGS,
  });
  const counts = new Map(rows.map(([range, count, events]) => [range, { rows: count, events }]));
  return ranges.map((_, i) => counts.get(i + 1) ?? { rows: 0, events: 0 });
}

const MAX_RANGES = 200;
/** Catching up and auditing may take as long as they take. */
const AUDIT_SETTINGS = { max_execution_time: 600 } as const;

interface RangeWhere extends Where {
  readonly params: Params;
  readonly low: number;
  readonly high: number;
}

function rangeWhere({ tenantNo, receivedWithin, params, low, high }: RangeWhere): string {
  const received =
    receivedWithin === undefined
      ? ""
      : ` AND received_at >= ${timeSql(receivedWithin.firstMs, params)} AND received_at <= ${timeSql(receivedWithin.lastMs, params)}`;
  return `tenant = ${params.integer(tenantNo)} AND sequence >= ${params.integer(low)} AND sequence < ${params.integer(high)}${received}`;
}

/** What is there of a range, event by event. */
export interface PresentSequences {
  /** Runs of neighbours, ascending. */
  readonly runs: readonly SequenceRange[];
  /** Sequences that stand in the index more than once. */
  readonly repeated: readonly number[];
}

/** Lists which sequences of a range the index holds. The range spans at most a million. */
export async function presentSequences(
  index: IndexDatabase,
  { tenantNo, range, receivedWithin }: Where & { range: SequenceRange },
): Promise<PresentSequences> {
  const { ledger, fromSequence: low, toSequence: high } = range;
  if (high - low > MAX_SPAN) throw new RangeError(`a range spans at most ${MAX_SPAN} sequences`);
  const params = new Params();
  const where = `${rangeWhere({ tenantNo, receivedWithin, params, low, high })} AND ledger = ${params.integer(ledger)}`;
  const rows = await index.query<[number, number]>({
    sql: `SELECT sequence, count() FROM ${eventsTable(index)} WHERE ${where} GROUP BY sequence ORDER BY sequence`,
    params: params.values,
    settings: AUDIT_SETTINGS,
  });
  const runs: SequenceRange[] = [];
  const repeated: number[] = [];
  for (const [sequence, count] of rows) {
    if (count > 1) repeated.push(sequence);
    const last = runs.at(-1);
    if (last?.toSequence === sequence) runs[runs.length - 1] = { ...last, toSequence: sequence + 1 };
    else runs.push({ ledger, fromSequence: sequence, toSequence: sequence + 1 });
  }
  return { runs, repeated };
}

const MAX_SPAN = 1_000_000;

/**
 * Deletes events from the index: those whose bodies retention let go, or repeated ones before they are inserted again.
 * They are gone from every answer when this resolves; the space is given back by later merges.
 */
export async function deleteSequences(
  index: IndexDatabase,
  { tenantNo, ranges }: { tenantNo: number; ranges: readonly SequenceRange[] },
): Promise<void> {
  for (let i = 0; i < ranges.length; i += MAX_RANGES) {
    const params = new Params();
    const each = ranges
      .slice(i, i + MAX_RANGES)
      .map(
        ({ ledger, fromSequence, toSequence }) =>
          `(ledger = ${params.integer(ledger)} AND sequence >= ${params.integer(fromSequence)} AND sequence < ${params.integer(toSequence)})`,
      );
    await index.command({
      sql: `DELETE FROM ${eventsTable(index)} WHERE tenant = ${params.integer(tenantNo)} AND (${each.join(" OR ")})`,
      params: params.values,
      settings: { mutations_sync: 2, lightweight_deletes_sync: 2 },
    });
  }
}
