import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { LedgerError } from "../error.ts";

/** The data directory, held by this process until `release` or its end, however that comes. */
export interface DirectoryLock {
  release(): void;
}

/**
 * Takes the data directory for this process alone. SQLite's exclusive lock is an advisory file lock of the operating
 * system: a killed process loses it, so there is no stale lock to clean up.
 * @throws LedgerError locked
 */
export function lockDirectory(path: string): DirectoryLock {
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    db.exec(
      "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS held (pid INTEGER); COMMIT; BEGIN EXCLUSIVE;",
    );
  } catch (cause) {
    db.close();
    throw new LedgerError("locked", `another Cairn has this data directory (${path})`, { cause });
  }
  return { release: () => db.close() };
}

/** Tells whether a process has the data directory. Looks only, for as long as that takes. */
export function isLocked(path: string): boolean {
  if (!existsSync(path)) return false;
  const db = new DatabaseSync(path, { readOnly: true, timeout: 0 });
  try {
    db.prepare("SELECT count(*) FROM sqlite_master").get();
    return false;
  } catch {
    return true;
  } finally {
    db.close();
  }
}
