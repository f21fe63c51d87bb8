import { HASH_LENGTH } from "@cairn/merkle";
import { crashPoint } from "../storage/crash-point.ts";
import type { Database } from "../storage/database.ts";
import type { HeadUpdate, TileHash } from "./sealer.ts";

const TILE_WIDTH = 256;
const DAY_MS = 86_400_000;
/** Heads at these sizes are kept for ever beside one a day: evidence bundles carry them as older checkpoints. */
const KEEP_EVERY = 65_536;

/**
 * Commits new heads, each by compare-and-swap on the size it was made from; a head that lost is left out of the result
 * and its signature never leaves the process. Runs in the writer.
 */
export function commitHeads(db: Database, updates: readonly HeadUpdate[], nowMs: number): HeadUpdate[] {
  const committed = db.transaction(() => updates.filter((update) => commitHead(db, update, nowMs)));
  crashPoint("heads-committed");
  return committed;
}

function commitHead(db: Database, update: HeadUpdate, nowMs: number): boolean {
  const { tenantNo, log, ledger, fromSize, size, root, note, frontier } = update;
  const { changes } =
    fromSize === -1
      ? db.run(
          "INSERT OR IGNORE INTO heads VALUES (?, ?, ?, ?, ?, ?, ?)",
          tenantNo,
          log,
          ledger,
          size,
          root,
          note,
          frontier,
        )
      : db.run(
          "UPDATE heads SET size = ?, root = ?, note = ?, frontier = ? WHERE tenant_no = ? AND log = ? AND ledger = ? AND size = ?",
          size,
          root,
          note,
          frontier,
          tenantNo,
          log,
          ledger,
          fromSize,
        );
  if (changes !== 1) return false;
  appendTiles(db, update);
  keepOldCheckpoint(db, update, nowMs);
  return true;
}

function appendTiles(db: Database, { tenantNo, log, ledger, tileHashes }: HeadUpdate): void {
  const tiles = new Map<string, { level: number; n: number; hashes: TileHash[] }>();
  for (const hash of tileHashes) {
    const n = Math.floor(hash.index / TILE_WIDTH);
    const id = `${hash.level}/${n}`;
    const tile = tiles.get(id);
    if (tile === undefined) tiles.set(id, { level: hash.level, n, hashes: [hash] });
    else tile.hashes.push(hash);
  }
  for (const { level, n, hashes } of tiles.values()) {
    const bytes = Buffer.concat(hashes.map((each) => each.hash));
    const expected = (hashes[0]!.index % TILE_WIDTH) * HASH_LENGTH;
    if (expected === 0) {
      db.run("INSERT OR REPLACE INTO tiles VALUES (?, ?, ?, ?, ?, ?)", tenantNo, log, ledger, level, n, bytes);
      continue;
    }
    const { changes } = db.run(
      "UPDATE tiles SET hashes = CAST(substr(hashes, 1, ?) || ? AS BLOB) WHERE tenant_no = ? AND log = ? AND ledger = ? AND level = ? AND n = ? AND length(hashes) >= ?",
      expected,
      bytes,
      tenantNo,
      log,
      ledger,
      level,
      n,
      expected,
    );
    if (changes !== 1) throw new Error(`BUG: tile ${level}/${n} of tenant ${tenantNo} is not ${expected} bytes long`);
  }
}

const lastKeptDay = new WeakMap<Database, Map<string, number>>();

function keepOldCheckpoint(db: Database, update: HeadUpdate, nowMs: number): void {
  const { tenantNo, log, ledger, fromSize, size, note } = update;
  let days = lastKeptDay.get(db);
  if (days === undefined) {
    days = new Map();
    lastKeptDay.set(db, days);
  }
  const id = `${tenantNo}/${log}/${ledger}`;
  const day = Math.floor(nowMs / DAY_MS);
  const crosses = Math.floor(size / KEEP_EVERY) > Math.floor(Math.max(0, fromSize) / KEEP_EVERY);
  if (!crosses && days.get(id) === day) return;
  days.set(id, day);
  db.run("INSERT OR IGNORE INTO old_checkpoints VALUES (?, ?, ?, ?, ?)", tenantNo, log, ledger, size, note);
}
