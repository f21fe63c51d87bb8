import { bytesEqual, createTileBuilder, HASH_LENGTH, type HashKernel, tilesForSize } from "@cairn/merkle";
import type { Database } from "../storage/database.ts";
import type { LogState } from "../storage/logs.ts";
import type { FindingCode, FindingPlace, Findings } from "./finding.ts";

/** A size at which somebody says what the root was. */
export interface RootClaim {
  readonly size: number;
  readonly root: Uint8Array;
  /** What is wrong when the entries have another root there. */
  readonly code: FindingCode;
  readonly place: FindingPlace;
  /** Who says so, for the sentence. */
  readonly claimant: string;
}

/** Tiles of level 1 and up, as they were when the check of the log began. */
export interface StoredTiles {
  /** `level/index` → bytes, for tiles that were not full. */
  readonly partial: ReadonlyMap<string, Uint8Array>;
  /** `level/index` of every stored tile. */
  readonly known: ReadonlySet<string>;
}

const TILE_WIDTH = 256;

/** Reads what a log has stored of its tiles. Full ones never change and are read when their turn comes. */
export function readStoredTiles(db: Database, log: LogState): StoredTiles {
  const partial = new Map<string, Uint8Array>();
  const known = new Set<string>();
  const rows = db.iterate<{ level: number; n: number; hashes: Uint8Array | null }>(
    `SELECT level, n, CASE WHEN length(hashes) = ${TILE_WIDTH * HASH_LENGTH} THEN NULL ELSE hashes END AS hashes
     FROM tiles WHERE tenant_no = ? AND log = ? AND ledger = ?`,
    log.tenantNo,
    log.log,
    log.ledger,
  );
  for (const { level, n, hashes } of rows) {
    known.add(`${level}/${n}`);
    if (hashes !== null) partial.set(`${level}/${n}`, hashes);
  }
  return { partial, known };
}

/** Recomputes a tree from its leaves and compares it with every root claimed and every tile stored of it. */
export class TreeCheck {
  private claims: RootClaim[];
  private isAbandoned = false;
  private readonly tiles: ReturnType<typeof createTileBuilder>;
  private readonly headSize: number;
  private readonly parts: {
    readonly db: Database;
    readonly log: LogState;
    readonly stored: StoredTiles;
    readonly findings: Findings;
  };

  constructor(parts: {
    readonly db: Database;
    readonly log: LogState;
    readonly kernel: HashKernel;
    /** Size of the signed head; -1 where there is none. */
    readonly headSize: number;
    readonly stored: StoredTiles;
    readonly claims: readonly RootClaim[];
    readonly findings: Findings;
  }) {
    this.parts = parts;
    this.headSize = parts.headSize;
    this.claims = parts.claims.toSorted((a, b) => a.size - b.size);
    this.tiles = createTileBuilder({
      kernel: parts.kernel,
      emit: ({ level, index, bytes }) => {
        if (level > 0 && (index + 1) * TILE_WIDTH ** (level + 1) <= this.headSize)
          this.compareFull(level, index, bytes);
      },
    });
    this.settle();
    if (this.headSize === 0) this.comparePartial();
  }

  /** Entries taken so far. */
  get size(): number {
    return this.tiles.size;
  }

  /** Takes the next leaf hashes. */
  append(leafHashes: Uint8Array): void {
    if (this.isAbandoned) return;
    for (let at = 0; at < leafHashes.length; ) {
      const left = (leafHashes.length - at) / HASH_LENGTH;
      const count = Math.min(left, this.nextStop() - this.tiles.size);
      this.tiles.append(leafHashes.subarray(at, at + count * HASH_LENGTH));
      at += count * HASH_LENGTH;
      this.settle();
      if (this.tiles.size === this.headSize) this.comparePartial();
    }
  }

  /** Entries are missing: nothing behind them can be computed, and what is wrong has been said. */
  abandon(): void {
    this.isAbandoned = true;
    this.claims = [];
  }

  /** Reports claims about sizes that the log never reached. */
  finish(): void {
    if (this.headSize < 0) for (const id of this.parts.stored.known) this.addUnexpected(id);
    for (const { code, place, claimant, size } of this.claims)
      this.parts.findings.add(code, place, `${claimant} tells of ${size} entries, and the log has ${this.size}`);
  }

  private nextStop(): number {
    const next = this.claims[0]?.size ?? Number.POSITIVE_INFINITY;
    return this.tiles.size < this.headSize ? Math.min(next, this.headSize) : next;
  }

  private settle(): void {
    while (this.claims[0] !== undefined && this.claims[0].size <= this.tiles.size) {
      const { size, root, code, place, claimant } = this.claims.shift()!;
      if (!bytesEqual(this.tiles.root(), root))
        this.parts.findings.add(
          code,
          place,
          `the first ${size} entries do not have the root that ${claimant} tells of`,
        );
    }
  }

  private compareFull(level: number, index: number, computed: Uint8Array): void {
    const { db, log, stored } = this.parts;
    const id = `${level}/${index}`;
    const bytes =
      stored.partial.get(id) ??
      db.get<{ hashes: Uint8Array }>(
        "SELECT hashes FROM tiles WHERE tenant_no = ? AND log = ? AND ledger = ? AND level = ? AND n = ?",
        log.tenantNo,
        log.log,
        log.ledger,
        level,
        index,
      )?.hashes;
    this.compare(id, bytes, computed);
  }

  private comparePartial(): void {
    const { stored } = this.parts;
    const computed = new Map(this.tiles.partialTiles().map((tile) => [`${tile.level}/${tile.index}`, tile.bytes]));
    const expected = new Set<string>();
    for (const { level, index, width } of tilesForSize(this.headSize)) {
      if (level === 0) continue;
      const id = `${level}/${index}`;
      expected.add(id);
      if (width < TILE_WIDTH) this.compare(id, stored.partial.get(id), computed.get(id)!);
    }
    for (const id of stored.known) if (!expected.has(id)) this.addUnexpected(id);
  }

  private addUnexpected(id: string): void {
    this.parts.findings.add("tile_unexpected", this.place(id), `the tree has no tile ${id}`);
  }

  private compare(id: string, stored: Uint8Array | undefined, computed: Uint8Array): void {
    const { findings } = this.parts;
    if (stored === undefined) findings.add("tile_missing", this.place(id), `tile ${id} is missing`);
    else if (stored.length !== computed.length)
      findings.add("tile_altered", this.place(id), `tile ${id} has ${stored.length} bytes, not ${computed.length}`);
    else if (!bytesEqual(stored, computed)) {
      let at = 0;
      while (stored[at] === computed[at]) at++;
      const which = Math.floor(at / HASH_LENGTH);
      findings.add("tile_altered", this.place(id), `hash ${which} of tile ${id} is not that of the entries`);
    }
  }

  private place(id: string): FindingPlace {
    const { log } = this.parts;
    return { table: "tiles", key: `${log.tenantNo}/${log.log}/${log.ledger}/${id}`, origin: log.origin };
  }
}
