import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Finding, fsck, type Paths } from "@cairn/ledger";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHome, type Home } from "../crash/support/cairn-process.ts";
import { type Cell, cellsOf } from "./support/bit-flips.ts";
import { recordEverything } from "./support/stored-instance.ts";

/** A short run damages one row of each table and some bytes of each file; a long one everything. */
const IS_LONG = process.env.CAIRN_CAMPAIGN === "long";
const ROWS = IS_LONG ? Number.POSITIVE_INFINITY : 1;
const BYTES_PER_FILE = IS_LONG ? Number.POSITIVE_INFINITY : 12;
const TIMEOUT_MS = IS_LONG ? 86_400_000 : 240_000;

/** Columns that may be empty in every row of so small an instance. */
const MAY_BE_NULL = new Set([
  "api_keys.revoked_at",
  "api_keys.last_used_at",
  "api_keys.expires_at",
  "closed.successor",
]);
/** Tables that hold nothing until a recovery or a search engine has been there. */
const MAY_BE_EMPTY = new Set(["closed"]);

const seed = Math.floor(Math.random() * 1_000_000);
let home: Home;
let paths: Paths;

beforeAll(async () => {
  home = createHome();
  paths = await recordEverything(home);
});
afterAll(() => home.remove());

async function findings(): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  await fsck({ paths, onFinding: (finding) => found.push(finding) });
  return found;
}

/** Flips one bit at a time; gives what was not noticed. */
async function missedCells(cells: readonly Cell[]): Promise<string[]> {
  const missed: string[] = [];
  for (const [i, cell] of cells.entries()) {
    const putBack = cell.flip(seed + i);
    if (putBack === undefined) continue;
    if ((await findings()).length === 0) missed.push(`${cell.table}.${cell.column} of ${cell.row} (seed ${seed + i})`);
    putBack();
  }
  return missed;
}

describe("one flipped bit", () => {
  test("of nothing is not found", async () => {
    expect(await findings()).toEqual([]);
  });

  test("in any column of any table is found", { timeout: TIMEOUT_MS }, async () => {
    const seen = new Set<string>();
    for (const database of [paths.database, paths.keys, paths.guard]) {
      const { cells, tables, close } = cellsOf(database, ROWS);
      for (const { table, column } of cells) seen.add(`${table}.${column}`);
      expect(await missedCells(cells)).toEqual([]);
      close();
      for (const { table, columns } of tables)
        for (const column of MAY_BE_EMPTY.has(table) ? [] : columns)
          if (!MAY_BE_NULL.has(`${table}.${column}`)) expect(seen).toContain(`${table}.${column}`);
    }
    expect(await findings()).toEqual([]);
  });

  test("in any segment or run is found", { timeout: TIMEOUT_MS }, async () => {
    const missed: string[] = [];
    const files = readdirSync(paths.blobs, { recursive: true, encoding: "utf8" }).filter((name) =>
      statSync(join(paths.blobs, name)).isFile(),
    );
    expect(files.map((name) => name.split("/")[0]).sort()).toEqual(["identities", "segments"]);
    for (const name of files) {
      const path = join(paths.blobs, name);
      const bytes = readFileSync(path);
      const step = Math.max(1, bytes.length / BYTES_PER_FILE);
      for (let at = seed % Math.ceil(step); at < bytes.length; at += step) {
        const damaged = Buffer.from(bytes);
        damaged[Math.floor(at)]! ^= 1 << (seed & 7);
        writeFileSync(path, damaged);
        if ((await findings()).length === 0) missed.push(`byte ${Math.floor(at)} of ${name}`);
      }
      writeFileSync(path, bytes);
    }
    expect(missed).toEqual([]);
    expect(await findings()).toEqual([]);
  });
});
