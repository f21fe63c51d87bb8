/** Every limit of searching the index, in one place, each with its reason. */
export const SEARCH_LIMITS = {
  /** People of one pattern that are listed in a statement; beyond, the statement looks them up by itself, a little slower. */
  listedPeople: 1_000,
  /** People that a pattern may mean for an evaluator outside the engine, which has to hold them. */
  resolvedPeople: 100_000,
  /** Rows that a search for the newest looks at first. */
  windowRows: 32_768,
  /** Keys in one page. */
  pageKeys: 1_000,
  /** Matches that are sorted by a field for which the engine keeps no order and that is not small. */
  sortableMatches: 100_000,
  /** Time of one interactive query. Whoever waits longer has given up; exports and audits set their own. */
  querySeconds: 20,
  /** Memory of one interactive query. */
  queryBytes: 200 * 1024 * 1024,
  /** Text of one statement: 500 conditions with their hints stay far below. */
  statementBytes: 4 * 1024 * 1024,
  /** Nodes of one statement, after the engine has written out the columns that stand for expressions. */
  statementNodes: 2_000_000,
  /** Keys fetched at a time by a stream: 50,000 rows of three numbers are 2 MB. */
  streamKeys: 50_000,
  /** Values of one facet. */
  facetValues: 100,
  /** Bars of a histogram: more than a screen has columns. */
  buckets: 5_000,
  /** Count up to here when the exact number does not matter. */
  countedMatches: 1_000_000,
  /** Rows that `fsck` compares at a time. */
  auditRows: 20_000,
} as const;
