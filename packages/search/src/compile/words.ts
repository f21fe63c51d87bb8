import { ANY_RUN, type Glob, literalOf, literalWords, type Phrase } from "@cairn/event";
import type { Params } from "./params.ts";
import { isAnybody, mentionHint, mentionsIn, type People } from "./people.ts";

/** One way in which a text can match: a test of any expression in words form, and what the text index can say first. */
export interface Alternative {
  readonly hint: string | undefined;
  readonly test: (expression: string) => string;
}

interface WordsOptions {
  readonly phrase: Phrase;
  readonly people: People;
  readonly params: Params;
}

/** The ways in which a text matches words: it holds them, or the marker of a person whom they mean. */
export function wordAlternatives({ phrase, people, params }: WordsOptions): Alternative[] {
  const alternatives: Alternative[] = [
    { hint: wordsHint(phrase, params), test: (text) => holdsPhrase(text, phrase, params) },
  ];
  if (isAnybody(people)) {
    alternatives.push({
      hint: mentionHint(people, params),
      test: (text) => mentionsIn(text, people, { params, isWhole: phrase.isWhole }),
    });
  }
  return alternatives;
}

/** A condition that an expression in words form holds the phrase, or is it. */
export function holdsPhrase(expression: string, phrase: Phrase, params: Params): string {
  const literal = literalWords(phrase);
  if (literal === undefined) return `match(${expression}, ${params.string(phraseRegex(phrase))})`;
  if (phrase.isWhole) return `${expression} = ${params.string(literal)}`;
  return `position(${expression}, ${params.string(literal)}) > 0`;
}

/** One character of an ordinary word, for RE2: no separator and not the sign of a reference. */
const WORD_CHARACTER = "[^ \\n¤]";

function phraseRegex(phrase: Phrase): string {
  const words = phrase.words.map((word) => wordRegex(word)).join(" ");
  return phrase.isWhole ? `^ ${words} $` : ` ${words} `;
}

function wordRegex(word: Glob): string {
  if (word.length === 1 && word[0] === ANY_RUN) return `${WORD_CHARACTER}+`;
  return word
    .map((piece) => {
      if (typeof piece === "string") return piece.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
      return piece === ANY_RUN ? `${WORD_CHARACTER}*` : WORD_CHARACTER;
    })
    .join("");
}

/** Below this the engine does not look through the dictionary of the text index. */
const MIN_PIECE_CHARS = 4;

/** A condition answered by the text index, true for every row in which one text holds the phrase and perhaps for others. */
export function wordsHint(phrase: Phrase, params: Params): string | undefined {
  const literals = phrase.words.flatMap((word) => literalOf(word) ?? []);
  if (literals.length > 0) return `hasAllTokens(words, ${params.strings(literals)})`;
  const pieces = phrase.words
    .flat()
    .filter((piece) => typeof piece === "string" && /^[a-z0-9]+$/.test(piece)) as string[];
  const longest = pieces.reduce((best, piece) => (piece.length > best.length ? piece : best), "");
  return longest.length < MIN_PIECE_CHARS ? undefined : `words LIKE ${params.string(`%${longest}%`)}`;
}
