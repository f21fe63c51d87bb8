import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { LedgerError } from "../error.ts";

/** Waits this long for another process's write lock: the command line beside a running server. */
const BUSY_TIMEOUT_MS = 10_000;

/**
 * One SQLite connection with its prepared statements. `writer` connections commit with `synchronous=FULL`: the commit
 * returns after the WAL has been synced to the disk (https://www.sqlite.org/pragma.html#pragma_synchronous).
 */
export interface Database {
  run(sql: string, ...values: readonly SQLInputValue[]): { readonly changes: number; readonly lastRow: number };
  get<Row>(sql: string, ...values: readonly SQLInputValue[]): Row | undefined;
  all<Row>(sql: string, ...values: readonly SQLInputValue[]): Row[];
  iterate<Row>(sql: string, ...values: readonly SQLInputValue[]): Iterable<Row>;
  exec(sql: string): void;
  /** Runs `work` in one transaction; it is durable when this returns. An error rolls back and goes on. */
  transaction<T>(work: () => T): T;
  close(): void;
}

export interface OpenOptions {
  readonly path: string;
  readonly mode: "writer" | "reader";
  /** Overwrite deleted content with zeroes: for keys. */
  readonly secureDelete?: true;
  readonly cacheKib?: number;
}

/** Opens a database file. Readers see committed state only and never block the writer (WAL). */
export function openDatabase({ path, mode, secureDelete, cacheKib = 16_384 }: OpenOptions): Database {
  const db = new DatabaseSync(path, { readOnly: mode === "reader", timeout: BUSY_TIMEOUT_MS });
  if (mode === "writer") {
    db.exec(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=4000;",
    );
    if (secureDelete) db.exec("PRAGMA secure_delete=ON;");
  }
  db.exec(`PRAGMA cache_size=-${cacheKib}; PRAGMA temp_store=MEMORY;`);
  return wrap(db);
}

function wrap(db: DatabaseSync): Database {
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = db.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
  return {
    run(sql, ...values) {
      const { changes, lastInsertRowid } = prepare(sql).run(...values);
      return { changes: Number(changes), lastRow: Number(lastInsertRowid) };
    },
    get: <Row>(sql: string, ...values: readonly SQLInputValue[]) => prepare(sql).get(...values) as Row | undefined,
    all: <Row>(sql: string, ...values: readonly SQLInputValue[]) => prepare(sql).all(...values) as Row[],
    iterate: <Row>(sql: string, ...values: readonly SQLInputValue[]) =>
      db.prepare(sql).iterate(...values) as unknown as Iterable<Row>,
    exec: (sql) => db.exec(sql),
    transaction(work) {
      db.exec("BEGIN IMMEDIATE");
      try {
        const result = work();
        db.exec("COMMIT");
        return result;
      } catch (error) {
        if (db.isTransaction) db.exec("ROLLBACK");
        throw isDiskFull(error) ? new LedgerError("disk_full", "the disk is full", { cause: error }) : error;
      }
    },
    close() {
      statements.clear();
      db.close();
    },
  };
}

/** SQLITE_FULL (13), and the I/O errors that a full disk gives a WAL. */
function isDiskFull(error: unknown): boolean {
  const code = (error as { errcode?: number }).errcode;
  return code !== undefined && ((code & 0xff) === 13 || code === 778) /* SQLITE_IOERR_WRITE */;
}
