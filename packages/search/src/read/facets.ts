import { columnSql, KEYWORD_COLUMNS, TEXT_COLUMNS } from "../compile/columns.ts";
import type { Params } from "../compile/params.ts";
import type { IndexDatabase } from "../database/index-database.ts";
import { eventsTable } from "../database/tables.ts";
import { shownKeyword } from "../encode/stored.ts";
import { CairnError, fieldDefinition, findField, member, REF_SIGN, wordRef } from "../event.ts";
import { SEARCH_LIMITS } from "../limits.ts";
import { type Position, prepareScope, type SearchScope } from "./scope.ts";

export interface FacetOptions extends SearchScope {
  /** Fields of the query language: keywords, texts, `ip`, `actor`, `target`, `changes.field`, paths of labels and details. */
  readonly fields: readonly string[];
  /** Values of each field; at most {@link SEARCH_LIMITS}.facetValues. */
  readonly limit: number;
}

/** A value of a field and how many matches have it. */
export interface FacetValue {
  /** As it is shown: the original where the index keeps it, else folded. Of a person the reference. */
  readonly value: string;
  readonly count: number;
  /** Set where the value is a person. */
  readonly ref?: string;
  /** Of a target: its type. */
  readonly type?: string;
  /** Of a target: an event that has it, in which its name can be read. */
  readonly example?: Position;
}

/**
 * Counts the most frequent values of several fields among the matches, most frequent first. An event with several values
 * counts once for each; events without one are not counted.
 * @throws CairnError parameter_invalid
 */
export async function facets(index: IndexDatabase, options: FacetOptions): Promise<ReadonlyMap<string, FacetValue[]>> {
  const limit = Math.min(options.limit, SEARCH_LIMITS.facetValues);
  const { params, where } = await prepareScope(index, options);
  const selects = options.fields.map((field, i) => {
    const { key, example } = facetKey(field, params);
    return (
      `(SELECT ${i} AS field, toString(${key}) AS value, count() AS matches, ${example} AS example FROM ${eventsTable(index)} ` +
      `WHERE ${where} GROUP BY value HAVING value != '' ORDER BY matches DESC, value LIMIT ${limit})`
    );
  });
  const result = new Map<string, FacetValue[]>(options.fields.map((field) => [field, []]));
  if (selects.length === 0) return result;
  const rows = await index.query<[number, string, number, [number, number]]>({
    sql: selects.join(" UNION ALL "),
    params: params.values,
  });
  rows.sort((a, b) => a[0] - b[0] || b[2] - a[2] || (a[1] < b[1] ? -1 : 1));
  for (const [i, stored, count, example] of rows) {
    const field = options.fields[i] ?? "";
    result.get(field)?.push(toValue(stored, count, example));
  }
  return result;
}

const NO_EXAMPLE = "(toUInt32(0), toUInt64(0))";

function toValue(stored: string, count: number, [ledger, sequence]: [number, number]): FacetValue {
  if (stored.startsWith(REF_SIGN)) {
    const ref = wordRef(stored);
    return { value: ref, count, ref };
  }
  if (ledger === 0) return { value: shownKeyword(stored).trim(), count };
  const [type = "", value = ""] = stored.split("\0");
  return { value, count, type, example: { ledger, sequence } };
}

/** The value an event is counted under, as an expression; an event with several is unfolded by arrayJoin. */
function facetKey(field: string, params: Params): { key: string; example: string } {
  const match = findField(field.split("."));
  if (match === undefined) throw new CairnError("parameter_invalid", `there is no field “${field}” to count values of`);
  const { name } = match;
  const plain = (key: string) => ({ key, example: NO_EXAMPLE });
  if (name === "target") {
    const each =
      "arrayMap((type, id, ref) -> if(ref != '', ref, concat(type, '\\0', id)), `target.type`, `target.id`, `target.ref`)";
    return { key: `arrayJoin(arrayDistinct(${each}))`, example: "any((ledger, sequence))" };
  }
  if (name === "actor") return plain("if(actor_ref != '', actor_ref, actor_id)");
  if (name === "ip")
    return plain("if(ip = toIPv6('::'), '', replaceRegexpOne(toString(ip), '^::ffff:([0-9.]+)$', '\\\\1'))");
  if (name === "changes.field" || fieldDefinition(name).kind === "leaf") {
    const path = name === "changes.field" ? name : match.path.reduce(member, name as string);
    const [exact, beneath] = [params.string(path), params.string(`${path}.`)];
    const each = `arrayMap((path, text, number) -> if(path = ${exact} OR startsWith(path, ${beneath}), if(isNaN(number) OR text != '', text, toString(number)), ''), \`leaf.path\`, \`leaf.words\`, \`leaf.number\`)`;
    return plain(`arrayJoin(arrayDistinct(${each}))`);
  }
  const place = KEYWORD_COLUMNS[name] ?? TEXT_COLUMNS[name];
  if (place === undefined) throw new CairnError("parameter_invalid", `values of “${field}” cannot be counted`);
  const column = columnSql(place.column);
  return plain(place.isArray ? `arrayJoin(arrayDistinct(${column}))` : column);
}
