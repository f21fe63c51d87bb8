import type { QueryNode } from "@cairn/event";
import { Params } from "../compile/params.ts";
import { allOf } from "../compile/sql.ts";
import { compileWhere } from "../compile/where.ts";
import type { IndexDatabase } from "../database/index-database.ts";
import { resolvePeople } from "../subjects/resolve.ts";

/** The name of an event in its tenant's ledger. */
export interface Position {
  readonly ledger: number;
  readonly sequence: number;
}

/** What is searched: whose events, which of them, and as of when. */
export interface SearchScope {
  readonly tenantNo: number;
  readonly query: QueryNode;
  /** Occurred at or after, Unix milliseconds. */
  readonly fromMs?: number | undefined;
  /** Occurred before, Unix milliseconds. */
  readonly toMs?: number | undefined;
  /** The last event that is shown; whatever the index holds beyond it is hidden, so that pages and counts fit together. */
  readonly asOf: Position;
}

/** A scope turned into a condition. */
export interface PreparedScope {
  readonly params: Params;
  readonly asOf: Position;
  readonly where: string;
  /** The same scope as a difference, for counting: see `countedRows`. */
  readonly counted: {
    /** Without regard to the snapshot. */
    readonly all: string;
    /** What of that lies beyond it. */
    readonly beyond: string;
  };
}

/** Looks up the people of a query and compiles the scope. Every statement about events goes through here, for the tenant's sake. */
export async function prepareScope(index: IndexDatabase, scope: SearchScope): Promise<PreparedScope> {
  const { tenantNo, query } = scope;
  const params = new Params();
  const people = await resolvePeople(index, { tenantNo, query });
  const bounds = [
    `tenant = ${params.integer(tenantNo)}`,
    scope.fromMs === undefined ? undefined : `occurred_at >= ${timeSql(scope.fromMs, params)}`,
    scope.toMs === undefined ? undefined : `occurred_at < ${timeSql(scope.toMs, params)}`,
  ];
  const [within, beyond] = snapshotConditions(scope.asOf, params);
  const matches = compileWhere(query, { params, people });
  return {
    params,
    asOf: scope.asOf,
    where: allOf([...bounds, within, matches]),
    counted: { all: allOf([...bounds, matches]), beyond: allOf([...bounds, beyond, matches]) },
  };
}

/** A moment as the engine's type; moments beyond what it holds become its nearest. */
export function timeSql(timeMs: number, params: Params): string {
  const bounded = Math.min(Math.max(Math.trunc(timeMs), 0), MAX_TIME_MS);
  return `fromUnixTimestamp64Milli(${params.integer(bounded)}, 'UTC')`;
}

const MAX_TIME_MS = Date.UTC(2262, 0, 1);

/** What lies beyond a position. */
export function beyondSql(position: Position, params: Params): string {
  return snapshotConditions(position, params)[1];
}

/** Up to a position, and beyond it. The second is written so that an index over both columns can tell. */
function snapshotConditions({ ledger, sequence }: Position, params: Params): readonly [within: string, beyond: string] {
  const [epoch, last] = [params.integer(ledger), params.integer(sequence)];
  return [
    `(ledger < ${epoch} OR (ledger = ${epoch} AND sequence <= ${last}))`,
    `(ledger > ${epoch} OR (ledger = ${epoch} AND sequence > ${last}))`,
  ];
}
