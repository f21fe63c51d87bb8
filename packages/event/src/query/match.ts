import type { FreeNode, NumberBound, Predicate, QueryNode, TermNode } from "./ast.ts";
import { type FieldName, fieldDefinition } from "./fields.ts";
import { fold } from "./fold.ts";
import { isUnder } from "./leaves.ts";
import { matchPerson } from "./match-person.ts";
import type { Observed } from "./observed.ts";
import { compileGlob } from "./pattern.ts";
import { mentionPattern } from "./person.ts";
import { compilePhrase } from "./phrase.ts";
import { keywordsOf, numberOf, refsOf, textsOf, timeOf } from "./read-fields.ts";
import type { ResolveSubjects } from "./subjects.ts";
import { EventView } from "./view.ts";
import { refsIn } from "./words.ts";

/** Tells whether an event matches. */
export type Matcher = (view: EventView) => boolean;

export interface MatchOptions {
  readonly resolveSubjects: ResolveSubjects;
}

/**
 * Compiles a query into a test of events: the second evaluator, equal to the compiled SQL on every event.
 * People are resolved once, when compiling.
 */
export function compileMatcher(query: QueryNode, options: MatchOptions): Matcher {
  switch (query.kind) {
    case "all":
      return () => true;
    case "and": {
      const tests = query.children.map((child) => compileMatcher(child, options));
      return (view) => tests.every((test) => test(view));
    }
    case "or": {
      const tests = query.children.map((child) => compileMatcher(child, options));
      return (view) => tests.some((test) => test(view));
    }
    case "not": {
      const test = compileMatcher(query.child, options);
      return (view) => !test(view);
    }
    case "term":
      return compileTerm(query, options);
    case "free":
      return compileFree(query, options);
  }
}

/** Tests one event once; compile with {@link compileMatcher} to test many. */
export function matchEvent(query: QueryNode, event: Observed, options: MatchOptions): boolean {
  return compileMatcher(query, options)(new EventView(event));
}

function compileTerm(term: TermNode, options: MatchOptions): Matcher {
  const { field, predicate, path } = term;
  switch (predicate.op) {
    case "exists":
      return compileExists(field, path);
    case "whole": {
      const test = compileGlob(predicate.glob);
      const isRef = fieldDefinition(field).kind === "ref";
      return isRef ? (view) => refsOf(view, field).some(test) : compileKeyword(field, test);
    }
    case "words":
      return compileWords(field, path, predicate, options);
    case "person":
      return matchPerson(field, predicate, options);
    case "number":
      return compileNumber(field, path, predicate);
    case "time": {
      const from = predicate.fromMs ?? Number.NEGATIVE_INFINITY;
      const to = predicate.toMs ?? Number.POSITIVE_INFINITY;
      return (view) => {
        const time = timeOf(view, field);
        return time >= from && time < to;
      };
    }
    case "ip":
      return ({ ip }) => ip !== undefined && ip >= predicate.low && ip <= predicate.high;
  }
}

function compileKeyword(field: FieldName, test: (text: string) => boolean): Matcher {
  return (view) => {
    const value = keywordsOf(view.event, field);
    if (value === undefined) return false;
    return typeof value === "string" ? test(fold(value)) : value.some((each) => test(fold(each)));
  };
}

function compileExists(field: FieldName, path: string | undefined): Matcher {
  switch (fieldDefinition(field).kind) {
    case "keyword":
      return (view) => {
        const value = keywordsOf(view.event, field);
        return value !== undefined && value.length > 0;
      };
    case "text":
      return (view) => textsOf(view, field).length > 0;
    case "leaf":
      return (view) => view.leaves.some((leaf) => isUnder(leaf.path, path ?? field));
    case "number":
      return (view) => numberOf(view.event, field) !== undefined;
    case "time":
      return () => true;
    case "ip":
      return (view) => view.ip !== undefined;
    case "ref":
      return (view) => refsOf(view, field).length > 0;
    case "person":
      return matchPerson(field, { op: "exists" }, { resolveSubjects: () => new Set() });
  }
}

function compileWords(
  field: FieldName,
  path: string | undefined,
  predicate: Extract<Predicate, { op: "words" }>,
  options: MatchOptions,
): Matcher {
  const { phrase, number } = predicate;
  const test = compilePhrase(phrase);
  const people = options.resolveSubjects(mentionPattern(phrase));
  const testWords = (words: string) => test(words) || mentions(words, people, phrase.isWhole);
  if (path === undefined) return (view) => textsOf(view, field).some(testWords);
  return (view) =>
    view.leaves.some((leaf) => isUnder(leaf.path, path) && (testWords(leaf.words) || leaf.number === number));
}

/** Tells whether words hold, or with `isWhole` are, the marker of one of these people. */
function mentions(words: string, people: ReadonlySet<string>, isWhole: boolean): boolean {
  if (people.size === 0) return false;
  const refs = refsIn(words);
  if (isWhole && (refs.length !== 1 || words.split(" ").length !== WORDS_OF_ONE)) return false;
  return refs.some((ref) => people.has(ref));
}

/** A text of one word splits at spaces into three: it begins and ends with one. */
const WORDS_OF_ONE = 3;

function compileNumber(
  field: FieldName,
  path: string | undefined,
  predicate: Extract<Predicate, { op: "number" }>,
): Matcher {
  const { low, high } = predicate;
  const test = (value: number) => isAbove(value, low) && isBelow(value, high);
  if (path !== undefined) {
    return (view) =>
      view.leaves.some((leaf) => !Number.isNaN(leaf.number) && isUnder(leaf.path, path) && test(leaf.number));
  }
  return (view) => {
    const value = numberOf(view.event, field);
    return value !== undefined && test(value);
  };
}

function isAbove(value: number, low: NumberBound | undefined): boolean {
  return low === undefined || value > low.value || (low.isInclusive && value === low.value);
}

function isBelow(value: number, high: NumberBound | undefined): boolean {
  return high === undefined || value < high.value || (high.isInclusive && value === high.value);
}

function compileFree(node: FreeNode, options: MatchOptions): Matcher {
  const test = compilePhrase(node.phrase);
  const people = options.resolveSubjects(mentionPattern(node.phrase));
  return (view) => view.texts.some(test) || (people.size > 0 && view.people.some((ref) => people.has(ref)));
}
