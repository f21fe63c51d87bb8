import type { Database } from "./database.ts";

/** Free pages that stay in the file, for the journal to grow into: 8 MiB. */
const RESERVED_PAGES = 2_048;
/** Pages given back at a time: a few milliseconds of the writer, less than a producer notices. */
const PAGES_AT_A_TIME = 250;

/**
 * Gives some free pages of a database back to the file system and tells how many could still be given. A database made by an
 * early version, without pages that can move, keeps them for itself.
 */
export function releaseSpace(db: Database): number {
  const free = freePages(db);
  if (free <= RESERVED_PAGES) return 0;
  db.exec(`PRAGMA incremental_vacuum(${Math.min(PAGES_AT_A_TIME, free - RESERVED_PAGES)})`);
  const left = freePages(db);
  return left === free ? 0 : Math.max(0, left - RESERVED_PAGES);
}

function freePages(db: Database): number {
  return db.get<{ freelist_count: number }>("PRAGMA freelist_count")?.freelist_count ?? 0;
}
