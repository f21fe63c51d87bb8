import { FOLDED_AWAY, fold } from "./fold.ts";
import { QUERY_LIMITS } from "./limits.ts";

/** A marker in the core: the place of a personal value that was cut out, `{sub_…}`. */
const MARKER = /\{(sub_[0-9A-Za-z_-]{1,80})\}/g;

/**
 * One word: a character of a script written without spaces (Han, Hiragana, Katakana) by itself, or a maximal run of other
 * letters, digits and combining marks.
 */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{N}\p{M}])+/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is "ASCII"
const ASCII = /^[\x00-\x7f]*$/;
const NOT_ASCII_WORD = /[^a-z0-9]+/g;
const LONG_RUN = new RegExp(`[a-z0-9]{${QUERY_LIMITS.wordChars + 1}}`);
const STARTS_WITH_WORD = /^[\p{L}\p{N}\p{M}]/u;
const ENDS_WITH_WORD = /[\p{L}\p{N}\p{M}]$/u;

/**
 * Takes a text apart into words and joins them with single spaces, one before the first and one after the last:
 * `Viewed "Q3_Report.pdf"` → ` viewed q3 report pdf `. A text without a word gives the empty string. A marker
 * `{sub_…}` becomes the word {@link refWord} makes of the reference, which no ordinary word can equal.
 */
export function toWords(text: string): string {
  if (!text.includes("{sub_")) return plainWords(text);
  let result = "";
  let position = 0;
  for (const match of text.matchAll(MARKER)) {
    result = join(join(result, plainWords(text.slice(position, match.index))), ` ${refWord(match[1] ?? "")} `);
    position = match.index + match[0].length;
  }
  return join(result, plainWords(text.slice(position)));
}

function join(left: string, right: string): string {
  if (left === "") return right;
  return right === "" ? left : left + right.slice(1);
}

/** Takes a text apart as {@link toWords} does, but knows no markers: for what people write in a query. */
export function plainWords(text: string): string {
  const folded = fold(text);
  if (ASCII.test(folded) && !LONG_RUN.test(folded)) {
    const words = ` ${folded} `.replace(NOT_ASCII_WORD, " ");
    return words === " " ? "" : words;
  }
  let result = "";
  for (const [word] of folded.matchAll(WORD)) result += ` ${shorten(word)}`;
  return result === "" ? "" : `${result} `;
}

/** Cuts a word to the characters by which it is compared, never through a surrogate pair. */
function shorten(word: string): string {
  return word.length > QUERY_LIMITS.wordChars ? word.slice(0, QUERY_LIMITS.wordChars).toWellFormed() : word;
}

/** What a reference's word begins with: a sign that is in no other word, and that {@link fold} takes out of other texts. */
export const REF_SIGN = FOLDED_AWAY;

/**
 * Writes a subject reference as a word, without the ASCII signs at which search engines split: `sub_a-b` → `¤sub¤a¬b`.
 */
export function refWord(ref: string): string {
  return `${REF_SIGN}${ref.replaceAll("_", REF_SIGN).replaceAll("-", "¬")}`;
}

/** The inverse of {@link refWord}. */
export function wordRef(word: string): string {
  return word.slice(1).replaceAll(REF_SIGN, "_").replaceAll("¬", "-");
}

/**
 * Folds a text that is compared as a whole but from which a personal value may have been cut: each marker becomes the word
 * of its reference, with spaces around it.
 */
export function foldCut(text: string): string {
  if (!text.includes("{sub_")) return fold(text);
  let result = "";
  let position = 0;
  for (const match of text.matchAll(MARKER)) {
    result += `${fold(text.slice(position, match.index))} ${refWord(match[1] ?? "")} `;
    position = match.index + match[0].length;
  }
  return result + fold(text.slice(position));
}

/** The references whose words stand in a text in the form of {@link toWords}. */
export function refsIn(words: string): string[] {
  if (!words.includes(` ${REF_SIGN}`)) return [];
  return words.split(" ").flatMap((word) => (word.startsWith(REF_SIGN) ? [wordRef(word)] : []));
}

/** Tells whether the first, or last, character of a folded text belongs to a word. */
export function wordEdges(folded: string): { starts: boolean; ends: boolean } {
  return { starts: STARTS_WITH_WORD.test(folded), ends: ENDS_WITH_WORD.test(folded) };
}
