import { type Database, openDatabase } from "../storage/database.ts";
import { checkRowMacs, SEALED_GUARD_TABLES, SEALED_TABLES } from "../storage/row-macs.ts";
import { GUARD_FORMAT, STORAGE_FORMAT } from "../storage/schema.ts";
import type { Findings } from "./finding.ts";

/** Complaints of SQLite's own check that are passed on. */
const MAX_COMPLAINTS = 100;

/** A database under its name in findings. */
export interface NamedDatabase {
  readonly name: "cairn.db" | "keys.db" | "guard.db";
  readonly db: Database;
}

/** Checks what every row of a database has to be, whatever it means: pages, tables, types of columns. */
export function checkDatabase({ name, db }: NamedDatabase, schema: string, findings: Findings): void {
  for (const { integrity_check: complaint } of db.all<{ integrity_check: string }>(
    `PRAGMA integrity_check(${MAX_COMPLAINTS})`,
  )) {
    if (complaint !== "ok") findings.add("database_damaged", { file: name }, `SQLite says of its pages: ${complaint}`);
  }
  checkSchema({ name, db }, schema, findings);
  for (const { name: table } of db.all<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
  ))
    checkColumns({ name, db }, table, findings);
}

interface SchemaRow {
  readonly name: string;
  readonly sql: string | null;
}

function checkSchema({ name, db }: NamedDatabase, schema: string, findings: Findings): void {
  const read = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY name";
  const model = openDatabase({ path: ":memory:", mode: "writer" });
  model.exec(schema);
  const expected = new Map(model.all<SchemaRow>(read).map((row) => [row.name, row.sql]));
  model.close();
  for (const { name: item, sql } of db.all<SchemaRow>(read)) {
    if (expected.get(item) !== sql)
      findings.add("schema_altered", { file: name, key: item }, `${item} is not defined as this program defines it`);
    expected.delete(item);
  }
  for (const item of expected.keys())
    findings.add("schema_altered", { file: name, key: item }, `${item} is missing from ${name}`);
}

interface Column {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly pk: number;
}

/** Every number of ours is a whole number from 0 that JavaScript holds exactly. */
const TYPE_CHECKS: Readonly<Record<string, (column: string) => string>> = {
  INTEGER: (column) => `typeof(${column}) <> 'integer' OR ${column} NOT BETWEEN 0 AND ${Number.MAX_SAFE_INTEGER}`,
  TEXT: (column) => `typeof(${column}) <> 'text'`,
  BLOB: (column) => `typeof(${column}) <> 'blob'`,
};

function checkColumns({ name, db }: NamedDatabase, table: string, findings: Findings): void {
  const columns = db.all<Column>(`PRAGMA table_info(${table})`);
  const keys = columns.filter((column) => column.pk > 0).map((column) => column.name);
  const row = `json_array(${(keys.length > 0 ? keys : ["rowid"]).map((key) => `CASE typeof(${key}) WHEN 'blob' THEN hex(${key}) ELSE ${key} END`).join(", ")})`;
  for (const column of columns) {
    const check = TYPE_CHECKS[column.type]?.(column.name);
    if (check === undefined) continue;
    const isOptional = column.notnull === 0 && column.pk === 0;
    const where = isOptional ? `${column.name} IS NOT NULL AND (${check})` : check;
    for (const { key } of db.iterate<{ key: string }>(`SELECT ${row} AS key FROM ${table} WHERE ${where}`)) {
      const place = { table: tableName(name, table), key };
      findings.add("column_malformed", place, `${column.name} holds no ${column.type} that it can hold`);
    }
  }
}

/** Checks what ties rows of `cairn.db` together and what nothing else vouches for. */
export function checkCairnDatabase(db: Database, macKey: Uint8Array, findings: Findings): void {
  for (const row of db.all<{ table: string; rowid: number | null; parent: string }>("PRAGMA foreign_key_check")) {
    const place = { table: row.table, ...(row.rowid === null ? {} : { key: String(row.rowid) }) };
    findings.add(
      "reference_broken",
      place,
      `a row of ${row.table} refers to a row of ${row.parent} that does not exist`,
    );
  }
  for (const problem of checkRowMacs(db, macKey, SEALED_TABLES)) addRowMac(problem, problem.table, findings);
  checkFormat({ name: "cairn.db", db }, findings);
}

/** Checks the rows of the guard that nothing else vouches for, and that it belongs to this data directory. */
export function checkGuardDatabase(
  db: Database,
  options: { readonly macKey: Uint8Array; readonly instanceId: string | undefined; readonly findings: Findings },
): void {
  const { macKey, instanceId, findings } = options;
  for (const problem of checkRowMacs(db, macKey, SEALED_GUARD_TABLES))
    addRowMac(problem, `guard.db/${problem.table}`, findings);
  const meta = new Map(
    db.all<{ key: string; value: string }>("SELECT key, value FROM meta").map((row) => [row.key, row.value]),
  );
  const place = { table: "guard.db/meta" };
  if (meta.get("format") !== GUARD_FORMAT) findings.add("format_wrong", place, "the guard has no format known here");
  if (meta.get("instance") !== instanceId)
    findings.add("format_wrong", place, "the guard belongs to another instance than the data directory");
}

/** Reports a row digest that is not as it should be. */
export function addRowMac(
  { kind, row }: { readonly kind: "altered" | "missing" | "orphaned"; readonly row: string },
  table: string,
  findings: Findings,
): void {
  const place = { table, key: row };
  switch (kind) {
    case "altered":
      findings.add("row_altered", place, "the row is not what was written: its keyed digest differs");
      break;
    case "missing":
      findings.add("row_digest_missing", place, "the row has no keyed digest: something else wrote it");
      break;
    case "orphaned":
      findings.add("row_digest_orphaned", place, "a keyed digest tells of a row that is not there");
      break;
  }
}

/** Checks the format that a database says it has. */
export function checkFormat({ name, db }: NamedDatabase, findings: Findings): void {
  const rows = db.all<{ key: string; value: string }>("SELECT key, value FROM meta");
  const known = new Map(rows.map((row) => [row.key, row.value]));
  const place = { table: tableName(name, "meta"), key: "format" };
  if (known.get("format") !== String(STORAGE_FORMAT))
    findings.add("format_wrong", place, `${name} has storage format ${known.get("format") ?? "none"}`);
  if (name === "keys.db" && rows.length > 1)
    findings.add("format_wrong", { table: "keys.db/meta" }, "keys.db names more than its format");
}

/** A table's name in findings. */
export function tableName(database: NamedDatabase["name"], table: string): string {
  return database === "cairn.db" ? table : `${database}/${table}`;
}
