import type { IndexDatabase } from "../database/index-database.ts";
import { eventsTable } from "../database/tables.ts";
import { SEARCH_LIMITS } from "../limits.ts";
import { type FacetKey, type FacetValue, facetKey } from "./facet-keys.ts";
import { type PreparedScope, prepareScope, type SearchScope } from "./scope.ts";

export interface FacetOptions extends SearchScope {
  /** Fields of the query language: keywords, texts, `ip`, `actor`, `target`, `changes.field`, paths of labels and details. */
  readonly fields: readonly string[];
  /** Values of each field; at most {@link SEARCH_LIMITS}.facetValues. */
  readonly limit: number;
}

/**
 * Counts the most frequent values of several fields among the matches, most frequent first. An event with several values
 * counts once for each; events without one are not counted.
 * @throws CairnError parameter_invalid
 */
export async function facets(
  index: IndexDatabase,
  options: FacetOptions,
): Promise<ReadonlyMap<string, readonly FacetValue[]>> {
  const limit = Math.min(options.limit, SEARCH_LIMITS.facetValues);
  const prepared = await prepareScope(index, options);
  const keys = [...new Set(options.fields)].map((field) => ({ field, key: facetKey(field, prepared.params) }));
  const together = keys.filter(({ key }) => !key.isUnfolded).slice(0, MAX_TOGETHER);
  const apart = keys.filter((each) => !together.includes(each));
  const results = await Promise.all([
    together.length === 0 ? [] : countTogether(index, { prepared, limit, fields: together }),
    ...apart.map((each) => countTogether(index, { prepared, limit, fields: [each] })),
  ]);
  const found = new Map(results.flat());
  return new Map(options.fields.map((field) => [field, found.get(field) ?? []]));
}

/** Fields counted in one pass: `grouping` numbers them by bits, and memory grows with each. */
const MAX_TOGETHER = 16;

interface Grouping {
  readonly prepared: PreparedScope;
  readonly limit: number;
  readonly fields: readonly { readonly field: string; readonly key: FacetKey }[];
}

/** Reads the matches once and groups them by each field; measured, this takes half the time of a query per field. */
async function countTogether(
  index: IndexDatabase,
  { prepared, limit, fields }: Grouping,
): Promise<[string, FacetValue[]][]> {
  const sets = fields.map(({ key }, i) => key.expressions.map((sql, j) => ({ sql, name: `k${i}_${j}` })));
  const columns = sets.flat();
  // A bit for each column, the first the highest, set where the row's grouping lacks the column.
  const bit = (name: string) => 2 ** (columns.length - 1 - columns.findIndex((column) => column.name === name));
  const all = 2 ** columns.length - 1;
  const masks = sets.map((set) => all - set.reduce((sum, { name }) => sum + bit(name), 0));
  const absent = sets.map(
    (set, i) => `(grouping_mask = ${masks[i]} AND ${set.map(({ name }) => `empty(toString(${name}))`).join(" AND ")})`,
  );
  const names = columns.map(({ name }) => name);
  const rows = await index.query<[number, number, [number, number], ...string[]]>({
    sql:
      `SELECT grouping(${names.join(", ")}) AS grouping_mask, count() AS matches, ` +
      `${fields.length === 1 ? (fields[0]?.key.example ?? NO_EXAMPLE) : NO_EXAMPLE} AS example, ` +
      `${columns.map(({ sql, name }) => `${sql} AS ${name}`).join(", ")} ` +
      `FROM ${eventsTable(index)} WHERE ${prepared.where} ` +
      `GROUP BY GROUPING SETS (${sets.map((set) => `(${set.map(({ name }) => name).join(", ")})`).join(", ")}) ` +
      `HAVING NOT (${absent.join(" OR ")}) ` +
      `ORDER BY matches DESC, ${names.join(", ")} LIMIT ${limit} BY grouping_mask`,
    params: prepared.params.values,
  });
  return fields.map(({ field, key }, i) => {
    const own = rows.filter(([mask]) => mask === masks[i]);
    const values = own.map(([, count, [ledger, sequence], ...texts]) => {
      const set = sets[i]?.map(({ name }) => texts[names.indexOf(name)] ?? "") ?? [];
      return key.toValue(set, count, key.example === undefined ? undefined : { ledger, sequence });
    });
    return [field, values.filter(({ value, type }) => value !== "" || type !== undefined)];
  });
}

const NO_EXAMPLE = "(toUInt32(0), toUInt64(0))";
