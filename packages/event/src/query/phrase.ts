import { fold } from "./fold.ts";
import { ANY_ONE, ANY_RUN, compileGlob, type Glob, literalOf, type Piece, simplify } from "./pattern.ts";
import { plainWords, REF_SIGN, wordEdges } from "./words.ts";

/** Consecutive words, each a pattern for one whole word. */
export interface Phrase {
  readonly words: readonly Glob[];
  /** True when the words must be all of the text's words (`:=`). */
  readonly isWhole: boolean;
}

/**
 * Takes a pattern apart into words as `toWords` does with a text. A wildcard belongs to the letters it touches:
 * `/api/v*` is the word `api` and then any word that starts with `v`; a wildcard that touches none stands for a whole word.
 */
export function toPhrase(pieces: Glob, options: { isWhole: boolean }): Phrase {
  const words: Piece[][] = [];
  let open: Piece[] | undefined;
  for (const piece of pieces) {
    if (typeof piece !== "string") {
      if (open === undefined) {
        open = [];
        words.push(open);
      }
      open.push(piece);
      continue;
    }
    const folded = fold(piece);
    const edges = wordEdges(folded);
    const [head, ...rest] = plainWords(folded).trim().split(" ");
    if (head === undefined || head === "") {
      if (folded !== "") open = undefined;
      continue;
    }
    if (open !== undefined && edges.starts) open.push(head);
    else words.push([head]);
    for (const word of rest) words.push([word]);
    open = edges.ends ? words.at(-1) : undefined;
  }
  return { words: words.map(simplify), isWhole: options.isWhole };
}

/** The phrase's words as `toWords` writes them, or undefined when there is a wildcard among them. */
export function literalWords(phrase: Phrase): string | undefined {
  let result = " ";
  for (const word of phrase.words) {
    const literal = literalOf(word);
    if (literal === undefined) return undefined;
    result += `${literal} `;
  }
  return result;
}

/** Compiles a phrase into a test of texts in the form of `toWords`. Wildcards never match a marker. */
export function compilePhrase(phrase: Phrase): (words: string) => boolean {
  const literal = literalWords(phrase);
  if (literal !== undefined) {
    return phrase.isWhole ? (words) => words === literal : (words) => words.includes(literal);
  }
  const tests = phrase.words.map(compileWord);
  return (text) => {
    if (text === "") return false;
    const words = text.slice(1, -1).split(" ");
    if (phrase.isWhole) return words.length === tests.length && matchesAt(tests, words, 0);
    for (let start = 0; start + tests.length <= words.length; start++) if (matchesAt(tests, words, start)) return true;
    return false;
  };
}

function compileWord(word: Glob): (word: string) => boolean {
  const test = compileGlob(word);
  return literalOf(word) === undefined ? (text) => !text.startsWith(REF_SIGN) && test(text) : test;
}

function matchesAt(tests: readonly ((word: string) => boolean)[], words: readonly string[], start: number): boolean {
  for (let i = 0; i < tests.length; i++) if (!tests[i]?.(words[start + i] ?? "")) return false;
  return true;
}

/** A phrase that matches every text with at least one word. */
export function isAnyWord(phrase: Phrase): boolean {
  const [word] = phrase.words;
  return phrase.words.length === 1 && word?.length === 1 && word[0] === ANY_RUN && !phrase.isWhole;
}

/** Tells whether a pattern holds a wildcard. */
export function hasWildcard(pieces: Glob): boolean {
  return pieces.some((piece) => piece === ANY_RUN || piece === ANY_ONE);
}
