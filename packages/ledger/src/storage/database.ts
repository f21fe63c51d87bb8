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
  /** Iterates with every integer as a bigint: damaged rows may hold numbers that no other way of reading takes. */
  iterateExact<Row>(sql: string, ...values: readonly SQLInputValue[]): Iterable<Row>;
  /** Defines an SQL function for this connection. */
  define(name: string, work: (...values: unknown[]) => SQLInputValue): void;
  exec(sql: string): void;
  /**
   * Runs `work` in one transaction; it is durable when this returns. An error rolls back and goes on. Within another
   * transaction it becomes part of that one, which must not catch its errors.
   */
  transaction<T>(work: () => T): T;
  /**
   * Runs `work`, which only reads, on one state of the database: each read by itself would find out whether the state has
   * changed, and forget all pages when it has. It must be short: while it runs the WAL cannot be emptied.
   */
  snapshot<T>(work: () => T): T;
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
    // Before anything else: only an empty file takes it. Space that the journal has left can be given back then.
    db.exec("PRAGMA auto_vacuum=INCREMENTAL;");
    db.exec(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=4000;",
    );
    if (secureDelete) db.exec("PRAGMA secure_delete=ON;");
  }
  db.exec(`PRAGMA cache_size=-${cacheKib}; PRAGMA temp_store=MEMORY;`);
  return wrap(db, mode);
}

function wrap(db: DatabaseSync, mode: OpenOptions["mode"]): Database {
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
    iterateExact: <Row>(sql: string, ...values: readonly SQLInputValue[]) => {
      const statement = db.prepare(sql);
      statement.setReadBigInts(true);
      return statement.iterate(...values) as unknown as Iterable<Row>;
    },
    define: (name, work) => db.function(name, { varargs: true, deterministic: true, useBigIntArguments: true }, work),
    exec: (sql) => db.exec(sql),
    transaction(work) {
      if (db.isTransaction) return work();
      begin(db);
      try {
        const result = work();
        db.exec("COMMIT");
        return result;
      } catch (error) {
        if (db.isTransaction) db.exec("ROLLBACK");
        throw isDiskFull(error) ? new LedgerError("disk_full", "the disk is full", { cause: error }) : error;
      }
    },
    snapshot(work) {
      if (db.isTransaction) return work();
      db.exec("BEGIN");
      try {
        return work();
      } finally {
        db.exec("COMMIT");
      }
    },
    close() {
      statements.clear();
      // What was written is in the file itself then, for those who copy it; another connection may hold that up.
      if (mode === "writer") db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      db.close();
    },
  };
}

function begin(db: DatabaseSync): void {
  try {
    db.exec("BEGIN IMMEDIATE");
  } catch (error) {
    throw isDiskFull(error) ? new LedgerError("disk_full", "the disk is full", { cause: error }) : error;
  }
}

/** SQLITE_FULL (13), and the I/O errors that a full disk gives a WAL. */
function isDiskFull(error: unknown): boolean {
  const code = (error as { errcode?: number }).errcode;
  return code !== undefined && ((code & 0xff) === 13 || code === 778) /* SQLITE_IOERR_WRITE */;
}
