import { QUERY_LIMITS } from "@cairn/event";

/**
 * Tells whether the engine splits a folded text into the same words as the query language does: ASCII, and no run so long
 * that its word is cut.
 */
export function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 128) return false;
  return text.length <= QUERY_LIMITS.wordChars;
}
