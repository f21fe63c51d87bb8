import { hash } from "node:crypto";

const HEX_DIGITS = 64;
const MARK = "…sha-256:";

/**
 * Shortens a text to a number of UTF-16 units: its beginning, then `…sha-256:` and the digest of the whole in hexadecimal, so
 * that two long texts that begin alike stay two. The server records a keyed digest in its place. Below 80 units the digest
 * takes the beginning's place.
 */
export function cutText(value: string, maxChars: number): string {
  if (value.length <= maxChars) return value;
  const digest = hash("sha256", value);
  const keep = maxChars - MARK.length - HEX_DIGITS;
  return `${wholeCharacters(value, keep)}${MARK}${digest}`;
}

/** Cuts before a surrogate pair rather than through it. */
function wholeCharacters(value: string, chars: number): string {
  const last = value.charCodeAt(chars - 1);
  return value.slice(0, last >= 0xd800 && last < 0xdc00 ? chars - 1 : chars);
}
