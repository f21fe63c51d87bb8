/** Joins conditions so that each holds: what stood together stays together. */
export function joinQueries(...queries: readonly string[]): string {
  const asked = queries.map((query) => query.trim()).filter((query) => query !== "");
  return asked.length < 2 ? (asked[0] ?? "") : asked.map((query) => `(${query})`).join(" ");
}
