import {
  ENTRY_LENGTH,
  encodeEntryBundle,
  HASH_LENGTH,
  type HashKernel,
  type NodeSource,
  nodeHash,
  parseTilePath,
  TILE_WIDTH,
  tileWidth,
} from "@cairn/merkle";
import { LedgerError } from "../error.ts";
import type { Database } from "../storage/database.ts";
import { CONTROL_LOG, type LogKind } from "../storage/logs.ts";
import type { EventReader } from "./event-reader.ts";

/** Levels of the binary tree in one level of tiles. */
const TILE_HEIGHT = 8;
const CACHED_TILES = 512;

/** One log in one epoch. */
export interface LogRef {
  readonly tenantNo: number;
  readonly log: LogKind;
  readonly ledger: number;
}

/**
 * Reads the trees of logs: level-0 tiles are hashed from entries when asked for, higher ones are stored. Partial tiles
 * are cut from what is committed and are never files.
 */
export class TreeReader {
  private readonly cache = new Map<string, Uint8Array>();
  private readonly db: Database;
  private readonly events: EventReader;
  private readonly kernel: HashKernel;

  constructor(parts: { readonly db: Database; readonly events: EventReader; readonly kernel: HashKernel }) {
    this.db = parts.db;
    this.events = parts.events;
    this.kernel = parts.kernel;
  }

  /** Bytes at a C2SP tlog-tiles path (`tile/0/000`, `tile/entries/000.p/5`) in the tree of `size`, or undefined. */
  resource(log: LogRef, path: string, size: number): Uint8Array | undefined {
    const resource = parseTilePath(path);
    const level = resource.kind === "tile" ? resource.level : 0;
    const available = tileWidth(size, { level, index: resource.index });
    if (resource.width > available) return undefined;
    if (resource.kind === "tile") return this.tile(log, { level, index: resource.index, width: resource.width });
    const entries = this.entries(log, resource.index * TILE_WIDTH, resource.width);
    return encodeEntryBundle(
      Array.from({ length: resource.width }, (_, i) => entries.subarray(i * ENTRY_LENGTH, (i + 1) * ENTRY_LENGTH)),
    );
  }

  /** Entries of either log, 42 bytes each. */
  entries({ tenantNo, log, ledger }: LogRef, first: number, count: number): Uint8Array {
    if (log !== CONTROL_LOG) return this.events.entries(tenantNo, ledger, { first, count });
    const rows = this.db.all<{ entry: Uint8Array }>(
      "SELECT entry FROM control WHERE tenant_no = ? AND ledger = ? AND sequence >= ? AND sequence < ? ORDER BY sequence",
      tenantNo,
      ledger,
      first,
      first + count,
    );
    if (rows.length !== count)
      throw new LedgerError("not_found", `the control log has no entries ${first} to ${first + count}`);
    return Buffer.concat(rows.map((row) => row.entry));
  }

  /** A tile of the given width. */
  tile(log: LogRef, tile: { readonly level: number; readonly index: number; readonly width: number }): Uint8Array {
    const { level, index, width } = tile;
    const id = `${log.tenantNo}/${log.log}/${log.ledger}/${level}/${index}`;
    const cached = this.cache.get(id);
    if (cached !== undefined && cached.length >= width * HASH_LENGTH) return cached.subarray(0, width * HASH_LENGTH);
    const hashes = level === 0 ? this.leafTile(log, index, width) : this.storedTile(log, { level, index });
    if (hashes.length < width * HASH_LENGTH)
      throw new LedgerError("corrupt", `tile ${level}/${index} holds less than its tree`);
    if (this.cache.size >= CACHED_TILES) this.cache.clear();
    this.cache.set(id, hashes);
    return hashes.subarray(0, width * HASH_LENGTH);
  }

  /** Hashes of perfect subtrees of the tree of `size`, for proofs. */
  nodes(log: LogRef, size: number): NodeSource {
    return (level, index) => this.node(log, { level, index }, size);
  }

  private node(log: LogRef, node: { readonly level: number; readonly index: number }, size: number): Uint8Array {
    const tileLevel = Math.floor(node.level / TILE_HEIGHT);
    const height = node.level % TILE_HEIGHT;
    const perTile = TILE_WIDTH >> height;
    const index = Math.floor(node.index / perTile);
    const width = tileWidth(size, { level: tileLevel, index });
    const tile = this.tile(log, { level: tileLevel, index, width });
    const start = (node.index % perTile) << height;
    return foldTile(tile, start, 1 << height);
  }

  private leafTile(log: LogRef, index: number, width: number): Uint8Array {
    return this.kernel.leafHashes(this.entries(log, index * TILE_WIDTH, width), width).slice();
  }

  private storedTile(
    { tenantNo, log, ledger }: LogRef,
    { level, index }: { readonly level: number; readonly index: number },
  ): Uint8Array {
    const row = this.db.get<{ hashes: Uint8Array }>(
      "SELECT hashes FROM tiles WHERE tenant_no = ? AND log = ? AND ledger = ? AND level = ? AND n = ?",
      tenantNo,
      log,
      ledger,
      level,
      index,
    );
    if (row === undefined) throw new LedgerError("corrupt", `tile ${level}/${index} is missing`);
    return row.hashes;
  }
}

/** Root of `count` (a power of two) hashes of a tile. */
function foldTile(tile: Uint8Array, start: number, count: number): Uint8Array {
  if (count === 1) return tile.slice(start * HASH_LENGTH, (start + 1) * HASH_LENGTH);
  const half = count / 2;
  return nodeHash(foldTile(tile, start, half), foldTile(tile, start + half, half));
}
