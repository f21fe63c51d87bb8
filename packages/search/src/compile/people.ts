import type { ColumnName } from "../schema/columns.ts";
import type { Params } from "./params.ts";

/** The people that a pattern means, as far as the statement needs to know them. */
export type People =
  /** References in the form of `refWord`, few enough to be listed. */
  | { readonly kind: "listed"; readonly refs: readonly string[] }
  /** Too many to list: a subquery over `subjects` gives them. */
  | { readonly kind: "many"; readonly subquery: (params: Params) => string };

/** Tells whether there is anybody. */
export function isAnybody(people: People): boolean {
  return people.kind === "many" || people.refs.length > 0;
}

/** A condition that an expression is one of the people. */
export function isOneOf(expression: string, people: People, params: Params): string {
  return `${expression} IN ${people.kind === "many" ? `(${people.subquery(params)})` : params.strings(people.refs)}`;
}

/**
 * A condition answered by the text index, true for every row that speaks of one of the people and perhaps for others;
 * undefined when there are too many to look up.
 */
export function mentionHint(people: People, params: Params): string | undefined {
  return people.kind === "many" ? undefined : `hasAnyTokens(words, ${params.strings(people.refs)})`;
}

/** A condition that words in a column or expression hold the marker of one of the people, or with `isWhole` are it. */
export function mentionsIn(expression: string, people: People, options: { params: Params; isWhole: boolean }): string {
  if (options.isWhole) return isOneOf(`trimBoth(${expression})`, people, options.params);
  const each = isOneOf("word", people, options.params);
  return `(position(${expression}, '¤') > 0 AND arrayExists(word -> ${each}, splitByChar(' ', ${expression})))`;
}

/** Columns that hold references, and whether they are arrays. */
export const REFERENCE_COLUMNS: readonly { readonly column: ColumnName; readonly isArray: boolean }[] = [
  { column: "actor_ref", isArray: false },
  { column: "behalf_ref", isArray: false },
  { column: "target.ref", isArray: true },
  { column: "mentions", isArray: true },
];
