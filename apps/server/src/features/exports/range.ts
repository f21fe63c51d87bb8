/** What of a file is wanted. */
export type WantedRange =
  | { readonly kind: "whole" }
  /** Both inclusive, within the file. */
  | { readonly kind: "part"; readonly first: number; readonly last: number }
  | { readonly kind: "unsatisfiable" };

const WHOLE: WantedRange = { kind: "whole" };
const UNSATISFIABLE: WantedRange = { kind: "unsatisfiable" };

/**
 * Reads a `Range` header (RFC 9110 §14.2) for a file of `size` bytes. A header of another unit, of several ranges or of no
 * sense asks for the whole file, as the RFC allows.
 */
export function parseRange(header: string | undefined, size: number): WantedRange {
  const [, from, to] = /^bytes=[ \t]*(\d{0,15})-(\d{0,15})[ \t]*$/i.exec(header ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return WHOLE;
  if (from === "") {
    const count = Math.min(Number(to), size);
    return count === 0 ? UNSATISFIABLE : { kind: "part", first: size - count, last: size - 1 };
  }
  const first = Number(from);
  if (to !== "" && Number(to) < first) return WHOLE;
  if (first >= size) return UNSATISFIABLE;
  return { kind: "part", first, last: to === "" ? size - 1 : Math.min(Number(to), size - 1) };
}

/**
 * Tells whether a `Range` still counts: without `If-Range`, or when the file is the one it names (RFC 9110 §13.1.5). A date
 * never matches: only the entity tag tells one export from another.
 */
export function rangeCounts(ifRange: string | undefined, etag: string): boolean {
  return ifRange === undefined || ifRange.trim() === etag;
}

/** Tells whether `If-None-Match` names this file already (RFC 9110 §13.1.2). */
export function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(",").some((tag) => ["*", etag].includes(tag.trim().replace(/^W\//, "")));
}
