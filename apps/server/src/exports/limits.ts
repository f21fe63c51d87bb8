/** Every limit of exports, in one place, each with its reason. */
export const EXPORT_LIMITS = {
  /** How long an export is kept: files full of names must not pile up on the server, and a day survives a night's download. */
  keepMs: 24 * 3_600_000,
  /** Jobs that run at one time: a small one need not wait behind a large one, and more would only share the same cores. */
  running: 2,
  /** Jobs of one tenant that run at one time, so that one tenant cannot occupy all of them. */
  runningPerTenant: 1,
  /** Exports one tenant may have at one time, finished ones included: bounds the list and the disk. */
  perTenant: 100,
  /** Times a job is started: one that brings the server down with it must not do so for ever. */
  starts: 3,
  /** Columns of a CSV file. */
  columns: 100,
  /** Events read, formatted and written at a time: some 30 MB while they are in memory. */
  chunkEvents: 20_000,
  /** Events after which the reader drops its decoded segments: three segments' worth, so that memory stays flat. */
  forgetAfterEvents: 200_000,
  /** Entries between two wanted ones that are cheaper to read and drop than to look up anew. */
  readGap: 16,
  /** Events read in one go: what is decoded at a time. */
  readRun: 2_000,
  /** Exports give way before ingest does (which stops below 5 % or 2 GiB): they stop when less than this is free. */
  minFreeShare: 0.07,
  minFreeBytes: 3 * 1024 ** 3,
  /** Bytes written between two looks at the free disk. */
  diskCheckBytes: 64 * 1024 ** 2,
  /** Waits for a search engine that is being started again, and how often: five minutes in all. */
  engineWaitMs: 2_000,
  engineWaits: 150,
  /** Time of one page of keys: a query that must look at every event of years takes minutes, and nobody sits and waits. */
  pageSeconds: 600,
  /** Rows of one Parquet row group: what a reader has to hold. */
  rowGroupRows: 50_000,
  /** Time in which the engine must have written a Parquet file: hours for what takes minutes. */
  parquetSeconds: 4 * 3_600,
} as const;
