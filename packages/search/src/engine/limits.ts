const MIB = 1024 * 1024;

/**
 * Limits of one embedded engine. They are fixed when the engine starts; every one has a default in {@link DEFAULT_ENGINE_LIMITS}.
 */
export type EngineLimits = Readonly<{
  /** Engine sessions, at least 2. A session runs one statement at a time; one of them is kept for inserts. */
  sessions: number;
  /** Statements that may wait for a session, per lane (queries, inserts). One more is answered 503. */
  queuedStatements: number;
  /** Longest wait for a session, in milliseconds, before 503. */
  queueTimeoutMs: number;
  /** Memory the engine may allocate altogether: queries, inserts, merges and caches. A statement beyond it fails with code 241. */
  serverMemoryBytes: number;
  /** Memory of one statement, unless the request sets `max_memory_usage`. */
  statementMemoryBytes: number;
  /** No new merge starts while merges and mutations hold more than this. */
  mergeMemoryBytes: number;
  /** Total of the mark, primary key, text index and other caches, split by `server-config.ts`. */
  cacheBytes: number;
  /** Threads that merge and mutate in the background. */
  mergeThreads: number;
  /** Threads one query may use. */
  queryThreads: number;
  /** Run time of one query in seconds, unless the request sets `max_execution_time`. */
  querySeconds: number;
  /** Run time of one insert or command in seconds, unless the request sets `max_execution_time`. */
  commandSeconds: number;
  /** Longest statement text with the rows written inside it; it is held in memory. */
  statementBytes: number;
  /** Longest body of one insert, decompressed; it is held on disk. */
  insertBytes: number;
  /** Bodies of all inserts under way, decompressed. One more is answered 503. */
  spoolBytes: number;
  /** Time without progress, in milliseconds, after which a client that sends or reads nothing is cut off. */
  stallTimeoutMs: number;
}>;

/** Holds the default of every limit; the reasons stand beside them. */
export const DEFAULT_ENGINE_LIMITS: EngineLimits = {
  // Three searches and one insert side by side; more only share the same cores and multiply memory.
  sessions: 4,
  // At 30 ms a query this is about one second of work; a longer queue only hides an overload.
  queuedStatements: 64,
  queueTimeoutMs: 30_000,
  // With the library itself (220 MB of shared pages) and Node (60 MB) this keeps the process below 700 MB.
  serverMemoryBytes: 512 * MIB,
  statementMemoryBytes: 256 * MIB,
  mergeMemoryBytes: 128 * MIB,
  cacheBytes: 96 * MIB,
  mergeThreads: 2,
  queryThreads: 4,
  querySeconds: 60,
  commandSeconds: 600,
  // The engine itself parses 256 KB unless max_query_size says more; the rest is room for parameters and rows in the text.
  statementBytes: 4 * MIB,
  // 120,000 rows of 500 bytes are 60 MB; an import may send more at once.
  insertBytes: 1024 * MIB,
  spoolBytes: 4096 * MIB,
  stallTimeoutMs: 60_000,
};

/** Caps the connections of one engine: the server's own pools need tens; more is a leak. */
export const MAX_CONNECTIONS = 256;

/** Caps the request line and headers: the client puts insert statements, settings and parameters into the URL. */
export const MAX_HEADER_BYTES = 1 * MIB;

/**
 * Fills in the defaults and checks the values.
 *
 * @throws RangeError naming the limit that is not a positive whole number, or too small to work with.
 */
export function resolveEngineLimits(overrides: Partial<EngineLimits> = {}): EngineLimits {
  const limits = { ...DEFAULT_ENGINE_LIMITS, ...overrides };
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`engine limit ${name} must be a positive whole number, not ${value}`);
    }
  }
  if (limits.sessions < 2) throw new RangeError("engine limit sessions must be at least 2: one is kept for inserts");
  return limits;
}
