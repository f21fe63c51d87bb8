import { fold } from "./fold.ts";
import { compileGlob, type Glob } from "./pattern.ts";
import { compilePhrase, type Phrase } from "./phrase.ts";
import { toWords } from "./words.ts";

/** What is known of a person: an identifier, a name or an e-mail address. */
export type SubjectFactKind = "id" | "name" | "email";

export interface SubjectFact {
  readonly kind: SubjectFactKind;
  /** As the producer wrote it. */
  readonly value: string;
}

/**
 * Which people a query means: those of whom at least one fact matches at least one part of the pattern.
 */
export interface SubjectPattern {
  /** Facts of these kinds whose whole folded value matches. */
  readonly whole?: { readonly kinds: readonly SubjectFactKind[]; readonly glob: Glob };
  /** Facts of these kinds that hold the words. */
  readonly words?: { readonly kinds: readonly SubjectFactKind[]; readonly phrase: Phrase };
}

/**
 * Finds the references of the people that a pattern means. Both evaluators use the same directory, and so agree.
 * The set may be a live one to which the directory adds people who appear later.
 */
export type ResolveSubjects = (pattern: SubjectPattern) => ReadonlySet<string>;

/** Compiles a pattern into a test of one person's facts: what every directory must implement. */
export function compileSubjectPattern(pattern: SubjectPattern): (facts: readonly SubjectFact[]) => boolean {
  const { whole, words } = pattern;
  const testWhole = whole === undefined ? undefined : compileGlob(whole.glob);
  const testWords = words === undefined ? undefined : compilePhrase(words.phrase);
  return (facts) =>
    facts.some(
      ({ kind, value }) =>
        (whole?.kinds.includes(kind) === true && testWhole?.(fold(value)) === true) ||
        (words?.kinds.includes(kind) === true && testWords?.(toWords(value)) === true),
    );
}

/** A text that is equal for equal patterns, to remember answers by. */
export function subjectPatternKey(pattern: SubjectPattern): string {
  return JSON.stringify([
    pattern.whole?.kinds,
    pattern.whole?.glob,
    pattern.words?.kinds,
    pattern.words?.phrase.words,
    pattern.words?.phrase.isWhole,
  ]);
}
