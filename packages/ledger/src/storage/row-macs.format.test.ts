import { bytesToHex, hexToBytes } from "@cairn/merkle";
import { expect, test } from "vitest";
import { type Database, openDatabase } from "./database.ts";
import { checkRowMacs, keepRowMacs, SEALED_TABLES } from "./row-macs.ts";
import { migrate } from "./schema.ts";

const KEY = new Uint8Array(32).fill(0x99);
/** Digest of the row of docs/formats/keys.md: text, integers, nothing, bytes. */
const MAC = "b017f733e9738e6de1c653faffae3838";
const ROW_KEY = '["k"]';

function databaseWithProject(): Database {
  const db = openDatabase({ path: ":memory:", mode: "writer" });
  migrate(db, "cairn");
  db.run("INSERT INTO projects (no, id, name, created_at) VALUES (1, 'p', 'p', 0)");
  return db;
}

function insertRow(db: Database): void {
  db.run(
    "INSERT INTO api_keys VALUES ('k', 1, NULL, ?, 'clé', 'events:read', 5, NULL, NULL, NULL, NULL, NULL)",
    new Uint8Array(4).fill(0xab),
  );
}

test("the digest of a row is written as it was in format 1", () => {
  const db = databaseWithProject();
  keepRowMacs(db, KEY, SEALED_TABLES);
  insertRow(db);
  const row = db.get<{ key: string; mac: Uint8Array }>("SELECT key, mac FROM row_macs WHERE name = 'api_keys'");
  expect({ ...row!, mac: bytesToHex(row!.mac) }).toEqual({ key: ROW_KEY, mac: MAC });
});

test("a digest of format 1 is accepted", () => {
  const db = databaseWithProject();
  insertRow(db);
  db.run("INSERT INTO row_macs VALUES ('api_keys', ?, ?)", ROW_KEY, hexToBytes(MAC));
  const problems = [...checkRowMacs(db, KEY, SEALED_TABLES)].filter(({ table }) => table === "api_keys");
  expect(problems).toEqual([]);
});
