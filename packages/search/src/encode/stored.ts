import { fold } from "@cairn/event";

/** A keyword as stored where its original is shown too: folded, NUL, and the original where it differs. */
export function keptKeyword(text: string): string {
  const folded = fold(text);
  return folded === text ? `${folded}\0` : `${folded}\0${text.toWellFormed().replaceAll("\0", "\ufffd")}`;
}

/** What a kept keyword shows: the original. The inverse of {@link keptKeyword}, up to what UTF-8 cannot hold. */
export function shownKeyword(stored: string): string {
  const end = stored.indexOf("\0");
  if (end === -1) return stored;
  return end === stored.length - 1 ? stored.slice(0, end) : stored.slice(end + 1);
}
