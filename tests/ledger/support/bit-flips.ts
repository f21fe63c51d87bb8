import { DatabaseSync, type SQLInputValue } from "node:sqlite";

/** One value of one row of one table, to be damaged and put back. */
export interface Cell {
  readonly database: string;
  readonly table: string;
  readonly column: string;
  /** The row, for people. */
  readonly row: string;
  /** Flips a bit of the value, `seed` deciding which; gives how to put it back, or nothing where no flip is possible. */
  flip(seed: number): (() => void) | undefined;
}

type Row = Record<string, SQLInputValue>;

export interface Cells {
  readonly cells: readonly Cell[];
  readonly tables: readonly { readonly table: string; readonly columns: readonly string[] }[];
  close(): void;
}

/** Lists every value of every row of a database; `maxRows` of each table at most, spread evenly. */
export function cellsOf(path: string, maxRows: number): Cells {
  const db = new DatabaseSync(path);
  db.exec("PRAGMA foreign_keys = OFF");
  const cells: Cell[] = [];
  const found: { table: string; columns: string[] }[] = [];
  const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'").all();
  for (const { name } of tables) {
    const table = String(name);
    const columns = db.prepare(`PRAGMA table_info(${table})`).all();
    found.push({ table, columns: columns.map((column) => String(column.name)) });
    const keys = columns.filter((column) => Number(column.pk) > 0).map((column) => String(column.name));
    const key = keys.length > 0 ? keys : ["rowid"];
    const rows = db.prepare(`SELECT ${keys.length > 0 ? "*" : "rowid, *"} FROM ${table}`).all() as Row[];
    for (const row of someOf(rows, maxRows)) {
      for (const column of columns) {
        const cell = { db, table, column: String(column.name), row, key };
        if (row[cell.column] === null) continue;
        cells.push({
          database: path,
          table,
          column: cell.column,
          row: key.map((each) => printable(row[each]!)).join("/"),
          flip: (seed) => flipCell(cell, seed),
        });
      }
    }
  }
  return { cells, tables: found, close: () => db.close() };
}

/** Rows spread evenly, and for every column one that has a value there. */
function someOf(rows: readonly Row[], maxRows: number): Set<Row> {
  const step = Math.max(1, rows.length / maxRows);
  const chosen = new Set<Row>();
  for (let i = 0; i < rows.length; i += step) chosen.add(rows[Math.floor(i)]!);
  for (const column of Object.keys(rows[0] ?? {})) {
    if ([...chosen].some((row) => row[column] !== null)) continue;
    const row = rows.find((each) => each[column] !== null);
    if (row !== undefined) chosen.add(row);
  }
  return chosen;
}

interface Place {
  readonly db: DatabaseSync;
  readonly table: string;
  readonly column: string;
  readonly row: Row;
  readonly key: readonly string[];
}

function flipCell({ db, table, column, row, key }: Place, seed: number): (() => void) | undefined {
  const value = row[column]!;
  const where = key.map((each) => `${each} IS ?`).join(" AND ");
  for (let attempt = 0; attempt < 20; attempt++) {
    const flipped = flip(value, seed + attempt * 7);
    if (flipped === undefined) return undefined;
    const set = typeof value === "string" ? "CAST(? AS TEXT)" : "?";
    try {
      db.prepare(`UPDATE ${table} SET ${column} = ${set} WHERE ${where}`).run(
        flipped,
        ...key.map((each) => row[each]!),
      );
    } catch {
      continue; // the flipped value is another row's key
    }
    const now = key.map((each) => (each === column ? flipped : row[each]!));
    const place = key.map((each) =>
      each === column && typeof value === "string" ? `${each} IS CAST(? AS TEXT)` : `${each} IS ?`,
    );
    return () => {
      const { changes } = db
        .prepare(`UPDATE ${table} SET ${column} = ? WHERE ${place.join(" AND ")}`)
        .run(value, ...now);
      if (changes !== 1) throw new Error(`could not put back ${table}.${column}`);
    };
  }
  return undefined;
}

function flip(value: SQLInputValue, seed: number): SQLInputValue | undefined {
  if (typeof value === "number") return Number(BigInt(value) ^ (1n << BigInt(seed % 33)));
  const bytes = typeof value === "string" ? Buffer.from(value) : Buffer.from(value as Uint8Array);
  if (bytes.length === 0) return undefined;
  const bit = (seed * 2_654_435_761) % (bytes.length * 8);
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  return bytes;
}

function printable(value: SQLInputValue): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value);
}
