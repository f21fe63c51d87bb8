import {
  type FieldName,
  type FreeNode,
  fieldDefinition,
  formatIpHex,
  type Glob,
  literalOf,
  literalWords,
  type Predicate,
  type QueryNode,
  REF_SIGN,
  refWord,
  subjectPatternKey,
  subjectPatternOf,
  type TermNode,
} from "@cairn/event";
import type { ColumnName } from "../schema/columns.ts";
import { columnSql, KEYWORD_COLUMNS, TEXT_COLUMNS } from "./columns.ts";
import { matchKept, matchPlain } from "./glob.ts";
import { between, leafBetween, leafExists, leafMatches } from "./leaf.ts";
import type { Params } from "./params.ts";
import { isAnybody, type People, REFERENCE_COLUMNS } from "./people.ts";
import { anybodyOf, arrayHolds, personCondition, personExists, wholeHint } from "./person.ts";
import { allOf, anyOf } from "./sql.ts";
import { holdsPhrase, wordAlternatives, wordsHint } from "./words.ts";

/** What compiling needs besides the query. */
export interface CompileContext {
  readonly params: Params;
  /** The people that each pattern of the query means, by `subjectPatternKey`. */
  readonly people: ReadonlyMap<string, People>;
}

/**
 * Compiles a query into a condition on rows of `events`: the first evaluator, equal to `compileMatcher` on every event.
 * The condition is never NULL, so that NOT is the complement. Rows are not restricted to a tenant here.
 */
export function compileWhere(query: QueryNode, context: CompileContext): string {
  switch (query.kind) {
    case "all":
      return "1";
    case "and":
      return allOf(query.children.map((child) => compileWhere(child, context)));
    case "or":
      return compileOr(query.children, context);
    case "not":
      return `NOT (${compileWhere(query.child, context)})`;
    case "term":
      return compileTerm(query, context);
    case "free":
      return compileFree(query, context);
  }
}

/** Alternatives of one keyword become one list: `id:(a OR b OR …)` of hundreds is then one look-up. */
function compileOr(children: readonly QueryNode[], context: CompileContext): string {
  const lists = new Map<ColumnName, string[]>();
  const others: string[] = [];
  for (const child of children) {
    const place = child.kind === "term" ? KEYWORD_COLUMNS[child.field] : undefined;
    const literal =
      child.kind === "term" && child.predicate.op === "whole" ? literalOf(child.predicate.glob) : undefined;
    if (place === undefined || literal === undefined || place.form !== "plain" || place.isArray) {
      others.push(compileWhere(child, context));
    } else lists.set(place.column, [...(lists.get(place.column) ?? []), literal]);
  }
  const listed = Array.from(lists, ([column, values]) => `${column} IN ${context.params.strings(values)}`);
  return anyOf([...listed, ...others]);
}

function compileTerm(term: TermNode, context: CompileContext): string {
  const { field, path, predicate } = term;
  const { params } = context;
  switch (predicate.op) {
    case "exists":
      return compileExists(field, path, params);
    case "whole":
      return fieldDefinition(field).kind === "ref"
        ? compileRef(field, predicate.glob, params)
        : compileKeyword(field, predicate.glob, params);
    case "words":
      return compileWords(term, predicate, context);
    case "person":
      return personCondition(field, predicate, peopleOf(term, context), params);
    case "number":
      return compileNumber(field, path, predicate, params);
    case "time":
      return compileTime(field, predicate, params);
    case "ip": {
      const [low, high] = [predicate.low, predicate.high].map((hex) => `toIPv6(${params.string(formatIpHex(hex))})`);
      return predicate.low === predicate.high ? `ip = ${low}` : `(ip >= ${low} AND ip <= ${high})`;
    }
  }
}

const NOBODY: People = { kind: "listed", refs: [] };

function peopleOf(condition: TermNode | FreeNode, context: CompileContext): People {
  const pattern = subjectPatternOf(condition);
  return (pattern === undefined ? undefined : context.people.get(subjectPatternKey(pattern))) ?? NOBODY;
}

function compileKeyword(field: FieldName, glob: Glob, params: Params): string {
  const place = KEYWORD_COLUMNS[field];
  if (place === undefined) return "0";
  const hint = place.isInWords === true ? wholeHint(glob, params) : undefined;
  if (place.isArray && place.form === "plain") return allOf([hint, arrayHolds(place.column, glob, params)]);
  const test = place.form === "plain" ? matchPlain : matchKept;
  if (!place.isArray) return test(columnSql(place.column), glob, params);
  return `arrayExists(value -> ${test("value", glob, params)}, ${columnSql(place.column)})`;
}

/** Which columns a reference field looks in. */
const REF_COLUMNS: Readonly<Partial<Record<FieldName, readonly ColumnName[]>>> = {
  "actor.ref": ["actor_ref"],
  "on_behalf_of.ref": ["behalf_ref"],
  "target.ref": ["target.ref"],
  "subject.ref": REFERENCE_COLUMNS.map(({ column }) => column),
};

/** References are stored as words; the signs that differ are one code point in either form. */
function compileRef(field: FieldName, glob: Glob, params: Params): string {
  const stored = [REF_SIGN, ...glob.map((piece) => (typeof piece === "string" ? refWord(piece).slice(1) : piece))];
  const literal = literalOf(glob);
  const pattern: Glob = literal === undefined ? stored : [refWord(literal)];
  const columns = REF_COLUMNS[field] ?? [];
  const ways = REFERENCE_COLUMNS.filter(({ column }) => columns.includes(column)).map(({ column, isArray }) =>
    isArray ? arrayHolds(column, pattern, params) : matchPlain(column, pattern, params),
  );
  const hint = literal === undefined ? undefined : refHint(literal, params);
  return allOf([hint, anyOf(ways)]);
}

/** What the text index can say of a reference, where that is one word to the engine too. */
function refHint(ref: string, params: Params): string | undefined {
  return /^[\w-]+$/.test(ref) ? `hasAnyTokens(words, ${params.strings([refWord(ref)])})` : undefined;
}

function compileExists(field: FieldName, path: string | undefined, params: Params): string {
  const { kind } = fieldDefinition(field);
  switch (kind) {
    case "leaf":
      return leafExists(path ?? field, params);
    case "time":
      return "1";
    case "ip":
      return "ip != toIPv6('::')";
    case "number":
      return field === "time_uncertain_ms" ? "time_uncertain_ms >= 0" : "1";
    case "person":
      return personExists(field);
    case "ref":
      return compileRefExists(field);
    case "keyword":
    case "text": {
      if (field === "changes.field") {
        return "arrayExists((path, value) -> path = 'changes.field' AND value != '', `leaf.path`, `leaf.words`)";
      }
      const place = KEYWORD_COLUMNS[field] ?? TEXT_COLUMNS[field];
      if (place === undefined) return "0";
      const column = columnSql(place.column);
      return place.isArray ? `arrayExists(value -> value != '', ${column})` : `${column} != ''`;
    }
  }
}

function compileRefExists(field: FieldName): string {
  const role = field.slice(0, field.lastIndexOf("."));
  if (role === "subject") return personExists("subject");
  if (role === "target") return "arrayExists(value -> value != '', `target.ref`)";
  return role === "actor" ? "actor_ref != ''" : "behalf_ref != ''";
}

function compileWords(term: TermNode, predicate: Extract<Predicate, { op: "words" }>, context: CompileContext): string {
  const { params } = context;
  const alternatives = wordAlternatives({ phrase: predicate.phrase, people: peopleOf(term, context), params });
  const path = term.field === "changes.field" ? term.field : term.path;
  if (path !== undefined) return leafMatches(path, { alternatives, number: predicate.number }, params);
  const place = TEXT_COLUMNS[term.field];
  if (place === undefined) return "0";
  const column = columnSql(place.column);
  return anyOf(
    alternatives.map(({ hint, test }) =>
      allOf([
        place.isInWords ? hint : undefined,
        place.isArray ? `arrayExists(value -> ${test("value")}, ${column})` : test(column),
      ]),
    ),
  );
}

function compileNumber(
  field: FieldName,
  path: string | undefined,
  predicate: Extract<Predicate, { op: "number" }>,
  params: Params,
): string {
  if (path !== undefined) return leafBetween(path, predicate, params);
  if (field === "time_uncertain_ms") return allOf(["time_uncertain_ms >= 0", between(field, predicate, params)]);
  return between(field, predicate, params);
}

/** What the engine's type holds; the door admits nothing outside, so a bound beyond means the same as the nearest here. */
const MAX_TIME_MS = Date.UTC(2262, 0, 1);

function compileTime(field: FieldName, { fromMs, toMs }: Extract<Predicate, { op: "time" }>, params: Params): string {
  const column = field === "received_at" ? "received_at" : "occurred_at";
  const bound = (timeMs: number) =>
    `fromUnixTimestamp64Milli(${params.integer(Math.min(Math.max(timeMs, 0), MAX_TIME_MS))}, 'UTC')`;
  return allOf([
    fromMs === undefined ? undefined : `${column} >= ${bound(fromMs)}`,
    toMs === undefined ? undefined : `${column} < ${bound(toMs)}`,
  ]);
}

/** Words anywhere: the text index answers alone for one word; several must also stand side by side in one text. */
function compileFree(node: FreeNode, context: CompileContext): string {
  const { params } = context;
  const { phrase } = node;
  const people = peopleOf(node, context);
  const literal = literalWords(phrase)?.trim();
  const ways: string[] = [];
  if (literal !== undefined && phrase.words.length === 1) {
    const refs = people.kind === "listed" ? people.refs : [];
    ways.push(`hasAnyTokens(words, ${params.strings([literal, ...refs])})`);
    if (people.kind === "many") ways.push(anybodyOf(people, params));
    return anyOf(ways);
  }
  ways.push(allOf([wordsHint(phrase, params), holdsPhrase("texts", phrase, params)]));
  if (isAnybody(people)) ways.push(anybodyOf(people, params));
  return anyOf(ways);
}
