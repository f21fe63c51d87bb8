import type { IndexDatabase } from "../database/index-database.ts";
import { eventsTable } from "../database/tables.ts";
import { beyondSql, type Position, prepareScope, type SearchScope } from "./scope.ts";

export interface LastSeenOptions extends SearchScope {
  /** Only events beyond: an index over the place finds them without a look at all others. */
  readonly after?: Position | undefined;
}

/** Tells of each action in a scope when the newest event with it happened, Unix milliseconds. */
export async function lastSeen(index: IndexDatabase, options: LastSeenOptions): Promise<ReadonlyMap<string, number>> {
  const { where, params } = await prepareScope(index, options);
  const beyond = options.after === undefined ? "" : ` AND ${beyondSql(options.after, params)}`;
  const rows = await index.query<[action: string, atMs: string | number]>({
    sql:
      `SELECT toString(action) AS name, toUnixTimestamp64Milli(max(occurred_at)) FROM ${eventsTable(index)} ` +
      `WHERE (${where})${beyond} GROUP BY name`,
    params: params.values,
  });
  return new Map(rows.map(([action, atMs]) => [action, Number(atMs)]));
}
