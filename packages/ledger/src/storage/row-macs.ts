import { deriveKey, keyedDigest } from "../crypto/seal.ts";
import type { Database } from "./database.ts";

const MAC_BYTES = 16;

/** A table whose rows nothing else vouches for, and the columns that name a row. */
interface SealedTable {
  readonly name: string;
  readonly key: readonly string[];
}

/**
 * Tables of `cairn.db` whose content cannot be recomputed from anything: each row has a keyed digest in `row_macs`. All
 * other tables are vouched for by the log's entries, by seals, or by digests of their own.
 */
export const SEALED_TABLES: readonly SealedTable[] = [
  { name: "meta", key: ["key"] },
  { name: "projects", key: ["no"] },
  { name: "tenants", key: ["no"] },
  { name: "api_keys", key: ["id"] },
  { name: "members", key: ["id"] },
  { name: "member_groups", key: ["id"] },
  { name: "invitations", key: ["member_id"] },
  { name: "sessions", key: ["id"] },
  { name: "identity_providers", key: ["tenant_no"] },
  { name: "email_domains", key: ["domain"] },
  { name: "subject_facts", key: ["id"] },
  { name: "saved_views", key: ["id"] },
  { name: "own_events", key: ["id"] },
  { name: "sources", key: ["id"] },
  { name: "actions", key: ["project_no", "action", "version"] },
  { name: "dedupe_runs", key: ["no"] },
  { name: "cursors", key: ["follower", "tenant_no", "ledger"] },
  { name: "seen_actions", key: ["tenant_no", "action"] },
  { name: "refused", key: ["no"] },
  { name: "exports", key: ["id"] },
];

/** The same for the rollback guard: what a new epoch left behind. */
export const SEALED_GUARD_TABLES: readonly SealedTable[] = [
  { name: "meta", key: ["key"] },
  { name: "closed", key: ["origin"] },
];

/** Table that holds the digests. */
export const ROW_MACS = `CREATE TABLE IF NOT EXISTS row_macs (
  name TEXT NOT NULL, key TEXT NOT NULL, mac BLOB NOT NULL, PRIMARY KEY (name, key)) WITHOUT ROWID;`;

/** Derives the key of the digests. */
export function rowMacKey(serverSecret: Uint8Array): Uint8Array {
  return deriveKey(serverSecret, "row-macs");
}

/** Keeps the digests up to date with every change made over this connection, within its transactions. */
export function keepRowMacs(db: Database, key: Uint8Array, tables: readonly SealedTable[]): void {
  db.define("row_mac", (name, ...values) => rowMac(key, String(name), values));
  for (const { name, key: keyColumns } of tables) {
    const row = (which: string) => `json_array(${keyColumns.map((column) => `${which}.${column}`).join(", ")})`;
    const mac = `row_mac('${name}', ${columnsOf(db, name)
      .map((column) => `NEW.${column}`)
      .join(", ")})`;
    const put = `INSERT OR REPLACE INTO row_macs VALUES ('${name}', ${row("NEW")}, ${mac});`;
    const drop = `DELETE FROM row_macs WHERE name = '${name}' AND key = ${row("OLD")};`;
    for (const [event, body] of [
      ["INSERT", put],
      ["UPDATE", drop + put],
      ["DELETE", drop],
    ]) {
      db.exec(`CREATE TEMP TRIGGER mac_${name}_${event} AFTER ${event} ON ${name} BEGIN ${body} END`);
    }
  }
}

/** A row whose digest is wrong or missing, or a digest without its row. */
export interface RowMacProblem {
  readonly kind: "altered" | "missing" | "orphaned";
  readonly table: string;
  /** JSON list of the values that name the row. */
  readonly row: string;
}

/** Recomputes every digest. */
export function* checkRowMacs(
  db: Database,
  key: Uint8Array,
  tables: readonly SealedTable[],
): Generator<RowMacProblem, void, undefined> {
  for (const { name, key: keyColumns } of tables) {
    const columns = columnsOf(db, name);
    const rows = db.iterateExact<Record<string, unknown>>(
      `SELECT t.*, json_array(${keyColumns.map((column) => `t.${column}`).join(", ")}) AS row_key, m.mac AS row_mac
       FROM ${name} t LEFT JOIN row_macs m ON m.name = '${name}' AND m.key = json_array(${keyColumns.map((column) => `t.${column}`).join(", ")})`,
    );
    for (const values of rows) {
      const row = String(values.row_key);
      const stored = values.row_mac;
      const expected = rowMac(
        key,
        name,
        columns.map((column) => values[column]),
      );
      if (!(stored instanceof Uint8Array)) yield { kind: "missing", table: name, row };
      else if (!expected.equals(stored)) yield { kind: "altered", table: name, row };
    }
    const orphans = db.iterateExact<{ key: string }>(
      `SELECT m.key FROM row_macs m LEFT JOIN (SELECT json_array(${keyColumns.join(", ")}) AS row_key FROM ${name}) t ON t.row_key = m.key
       WHERE m.name = '${name}' AND t.row_key IS NULL`,
    );
    for (const { key: row } of orphans) yield { kind: "orphaned", table: name, row: String(row) };
  }
  const known = tables.map(({ name }) => `'${name}'`).join(", ");
  for (const { name, key: row } of db.iterateExact<{ name: string; key: string }>(
    `SELECT name, key FROM row_macs WHERE name NOT IN (${known})`,
  ))
    yield { kind: "orphaned", table: String(name), row: String(row) };
}

function columnsOf(db: Database, table: string): string[] {
  return db.all<{ name: string }>(`PRAGMA table_info(${table})`).map((column) => column.name);
}

/** Values are written with their type and length in front, so that no two rows have one text. */
function rowMac(key: Uint8Array, table: string, values: readonly unknown[]): Buffer {
  return keyedDigest(key, [table, ...values].map(encode).join(""), MAC_BYTES);
}

function encode(value: unknown): string {
  if (value === null || value === undefined) return "n;";
  const [type, text] =
    value instanceof Uint8Array
      ? ["b", Buffer.from(value).toString("hex")]
      : typeof value === "string"
        ? ["t", value]
        : [typeof value === "bigint" || Number.isInteger(value) ? "i" : "f", String(value)];
  return `${type}${text.length}:${text};`;
}
