import { DatabaseSync } from "node:sqlite";
import { UsageError } from "../command/usage-error.ts";
import type { JsonObject } from "../files/json-values.ts";

const MAGIC = "SQLite format 3\0";

/** Tells whether a file is a SQLite database, by its beginning. One that is encrypted as a whole is not told from rubbish. */
export function isSqlite(start: Uint8Array): boolean {
  return Buffer.from(start.subarray(0, MAGIC.length)).toString("latin1") === MAGIC;
}

/**
 * Gives the rows of a table of a SQLite file, which is opened to be read only, in the table's own order. Without a name it is
 * the only table that has the column.
 * @throws UsageError when there is no such table, or the file cannot be read
 */
export function* readSqliteRows(
  path: string,
  { table, column }: { readonly table: string | undefined; readonly column: string },
): Generator<JsonObject, void, undefined> {
  const database = open(path);
  try {
    const name = table ?? findTable(database, column);
    const rows = database.prepare(`SELECT * FROM ${quoted(name)}`);
    rows.setReadBigInts(true);
    for (const row of rows.iterate()) yield plainRow(row);
  } catch (error) {
    throw asUsageError(path, error);
  } finally {
    database.close();
  }
}

function open(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { readOnly: true });
  } catch (error) {
    throw asUsageError(path, error);
  }
}

function findTable(database: DatabaseSync, column: string): string {
  const names = database
    .prepare(
      "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .all()
    .map(({ name }) => String(name));
  const wanted = folded(column);
  const having = names.filter((name) =>
    database
      .prepare("SELECT name FROM pragma_table_info(?)")
      .all(name)
      .some((each) => folded(String(each.name)) === wanted),
  );
  const [only, ...others] = having;
  if (only === undefined || others.length > 0) {
    const which = only === undefined ? "no table has" : `${having.join(", ")} have`;
    throw new UsageError(`${which} a column ${column}: name the table with --table`);
  }
  return only;
}

function folded(name: string): string {
  return name.replaceAll(/[\s_]/g, "").toLowerCase();
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Numbers that no double holds exactly become text, bytes become base64. */
function plainRow(row: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])) as JsonObject;
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}

function asUsageError(path: string, error: unknown): unknown {
  const { code, message } = error as { readonly code?: unknown; readonly message?: string };
  return code === "ERR_SQLITE_ERROR" ? new UsageError(`${path} cannot be read: ${message}`) : error;
}
