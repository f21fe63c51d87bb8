import type { SubjectPattern } from "@cairn/event";
import { literalOf } from "@cairn/event";
import { matchPlain } from "../compile/glob.ts";
import type { Params } from "../compile/params.ts";
import { allOf, anyOf } from "../compile/sql.ts";
import { holdsPhrase } from "../compile/words.ts";

/** A condition on rows of `subjects`: the fact matches a part of the pattern. Equal to `compileSubjectPattern`. */
export function subjectCondition(pattern: SubjectPattern, params: Params): string {
  const ways: string[] = [];
  if (pattern.whole !== undefined) {
    const { kinds, glob } = pattern.whole;
    ways.push(allOf([`kind IN ${params.strings(kinds)}`, matchPlain("folded", glob, params)]));
  }
  if (pattern.words !== undefined) {
    const { kinds, phrase } = pattern.words;
    const literals = phrase.words.flatMap((word) => literalOf(word) ?? []);
    const hint = literals.length === 0 ? undefined : `hasAllTokens(words, ${params.strings(literals)})`;
    ways.push(allOf([`kind IN ${params.strings(kinds)}`, hint, holdsPhrase("words", phrase, params)]));
  }
  return anyOf(ways);
}
