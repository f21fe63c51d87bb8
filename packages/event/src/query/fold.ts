// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is "ASCII without NUL"
const ASCII = /^[\x01-\x7f]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is one of the two characters meant
const RESERVED = /[\u0000¤]/g;
const COMBINING_DOT = /i\u0307/g;

/**
 * Folds a text for comparison: compatibility normalisation (NFKC), lower case, final sigma as sigma, dotted capital I as i.
 * `fold(fold(x)) = fold(x)`. Accents stay: é is not e. The result holds no NUL, no lone surrogate and no
 * {@link FOLDED_AWAY}.
 *
 * Both evaluators compare text folded here and nowhere else; the index stores folded text and the engine compares bytes.
 */
export function fold(text: string): string {
  return ASCII.test(text) ? text.toLowerCase() : foldUnicode(text);
}

/** A sign that folded text never holds, so that words of another kind can be marked with it. */
export const FOLDED_AWAY = "¤";

function foldUnicode(text: string): string {
  let folded = foldOnce(text.toWellFormed().replace(RESERVED, "\ufffd"));
  // Lower-casing can give a letter that normalises further (ϒ with an accent, for instance): go on until nothing changes.
  for (let next = foldOnce(folded); next !== folded; next = foldOnce(folded)) folded = next;
  return folded;
}

function foldOnce(text: string): string {
  return text.normalize("NFKC").toLowerCase().replaceAll("ς", "σ").replace(COMBINING_DOT, "i");
}
