import { CairnError, fieldDefinition, findField, member, REF_SIGN, wordRef } from "@cairn/event";
import { columnSql, KEYWORD_COLUMNS, TEXT_COLUMNS } from "../compile/columns.ts";
import type { Params } from "../compile/params.ts";
import { shownKeyword } from "../encode/stored.ts";
import { EVENT_COLUMNS } from "../schema/columns.ts";
import type { Position } from "./scope.ts";

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

/** What the engine groups by for one field, and how its values are read back. */
export interface FacetKey {
  /** Expressions without arrayJoin can share one pass over the matches; one with it needs a pass of its own. */
  readonly isUnfolded: boolean;
  /** True where the engine keeps the values in dictionaries: there are few of them. */
  readonly isSmall: boolean;
  /** Each is grouped by on its own; an event has a value in at most one of them. */
  readonly expressions: readonly string[];
  /** Of each group: something of one of its events. */
  readonly example?: string;
  readonly toValue: (stored: string, count: number, example: Position | undefined) => FacetValue;
}

/**
 * Finds out how to count the values of a field.
 * @throws CairnError parameter_invalid
 */
export function facetKey(field: string, params: Params): FacetKey {
  const match = findField(field.split("."));
  if (match === undefined) throw new CairnError("parameter_invalid", `there is no field “${field}” to count values of`);
  const { name } = match;
  if (name === "actor") return ACTOR;
  if (name === "target") return TARGET;
  if (name === "ip") return IP;
  if (name === "changes.field" || fieldDefinition(name).kind === "leaf") {
    return unfolded(leafValues(name === "changes.field" ? name : match.path.reduce(member, name as string), params), {
      isSmall: false,
    });
  }
  const place = KEYWORD_COLUMNS[name] ?? TEXT_COLUMNS[name];
  if (place === undefined) throw new CairnError("parameter_invalid", `values of “${field}” cannot be counted`);
  const column = columnSql(place.column);
  const isSmall = EVENT_COLUMNS[place.column].type.includes("LowCardinality");
  return place.isArray
    ? unfolded(column, { isSmall })
    : { isUnfolded: false, isSmall, expressions: [column], toValue: shown };
}

const shown: FacetKey["toValue"] = (stored, count) => ({ value: shownKeyword(stored).trim(), count });

/** An event with several values counts once for each different one. */
function unfolded(values: string, { isSmall }: { readonly isSmall: boolean }): FacetKey {
  return { isUnfolded: true, isSmall, expressions: [each(values)], toValue: shown };
}

const each = (values: string) => `arrayJoin(arrayDistinct(${values}))`;

const person = (word: string, count: number): FacetValue => ({ value: wordRef(word), count, ref: wordRef(word) });

const ACTOR: FacetKey = {
  isUnfolded: false,
  isSmall: true,
  expressions: ["actor_ref", "actor_id"],
  toValue: (stored, count) => (stored.startsWith(REF_SIGN) ? person(stored, count) : shown(stored, count, undefined)),
};

const TARGET: FacetKey = {
  isUnfolded: true,
  isSmall: false,
  expressions: [
    each(
      "arrayMap((type, id, ref) -> if(ref != '', ref, concat(type, '\\0', id)), `target.type`, `target.id`, `target.ref`)",
    ),
  ],
  example: "any((ledger, sequence))",
  toValue: (stored, count, example) => {
    if (stored.startsWith(REF_SIGN)) return person(stored, count);
    const [type = "", value = ""] = stored.split("\0");
    return { value, count, type, ...(example === undefined ? {} : { example }) };
  },
};

const IP: FacetKey = {
  isUnfolded: false,
  isSmall: false,
  expressions: ["ip"],
  toValue: (ip, count) => ({ value: ip === "::" ? "" : ip.replace(/^::ffff:(?=[\d.]+$)/, ""), count }),
};

/** Texts under a path as words, numbers as numbers. */
function leafValues(path: string, params: Params): string {
  const isUnder = `path = ${params.string(path)} OR startsWith(path, ${params.string(`${path}.`)})`;
  const text = "if(isNaN(number) OR text != '', text, toString(number))";
  return `arrayMap((path, text, number) -> if(${isUnder}, ${text}, ''), \`leaf.path\`, \`leaf.words\`, \`leaf.number\`)`;
}
