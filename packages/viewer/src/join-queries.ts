/**
 * Joins conditions so that each holds: what stood together stays together, and none can end another's parenthesis.
 * One that is not whole is returned alone, for the server to say what is wrong with it.
 */
export function joinQueries(...queries: readonly string[]): string {
  const asked = queries.map((query) => query.trim()).filter((query) => query !== "");
  const broken = asked.find((query) => !isWhole(query));
  if (broken !== undefined) return broken;
  return asked.length < 2 ? (asked[0] ?? "") : asked.map((query) => `(${closed(query)})`).join(" ");
}

/** Every character a query gives a meaning to that reaches past its word: quotations, escapes, parentheses. */
const MARKS = /"(?:[^"\\]|\\.)*"|\\.|["()]/gs;

/** Tells whether parentheses and quotations are closed, in their order. */
function isWhole(query: string): boolean {
  let depth = 0;
  for (const [mark] of query.matchAll(MARKS)) {
    if (mark === '"') return false;
    if (mark === "(") depth++;
    else if (mark === ")" && --depth < 0) return false;
  }
  return depth === 0;
}

/** A backslash at the very end of a query means itself; before a parenthesis it would escape that. */
function closed(query: string): string {
  const [backslashes = ""] = /\\*$/.exec(query) ?? [];
  return backslashes.length % 2 === 0 ? query : `${query}\\`;
}
