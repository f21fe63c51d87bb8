/**
 * Every limit of the query language, in one place, each with its reason. Both evaluators share them, so that a query
 * that one accepts is never refused by the other.
 */
export const QUERY_LIMITS = {
  /** Characters of a query: room for several hundred pasted identifiers; the parser is linear in it. */
  chars: 20_000,
  /** Nesting of parentheses and NOT: the parser, the compiler and ClickHouse all recurse over it. */
  depth: 32,
  /** Conditions of a query: each becomes a comparison per row, and ClickHouse bounds the size of a statement. */
  terms: 500,
  /** Wildcards of one value: matching costs pattern length × text length, whatever the text. */
  wildcardsPerValue: 8,
  /** Wildcards of a query: unlike whole words these cannot use an index, so each is a scan. */
  wildcards: 50,
  /** Words of one phrase. */
  phraseWords: 64,
  /** A longer run of letters and digits is encoded data, not a word: words are compared by their first characters. */
  wordChars: 100,
  /** A longer path inside `details` is data used as a key: paths are compared by their first characters. */
  pathChars: 200,
  /** Values inside `details`, `changes` and `labels` that can be searched; the rest of a huge event can only be read. */
  leaves: 2_000,
  /** Levels of JSON that are searched; the door admits no deeper ones. */
  leafDepth: 40,
} as const;
