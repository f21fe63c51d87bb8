import {
  bytesEqual,
  type Checkpoint,
  consistencyProof,
  emptyRoot,
  MerkleError,
  type TileId,
  type TileLogReader,
  tileHashSource,
  tilePath,
  tilesForConsistencyProof,
  verifyConsistency,
} from "@cairn/merkle";

/** A tree as somebody names it. */
export type Head = Pick<Checkpoint, "size" | "root">;

/** Says whether an older head is a beginning of the newer one; undefined when it is, else why not. */
export type ConsistencyCheck = (old: Head) => Promise<Inconsistency | undefined>;

/** Why two heads are not known to be of one log. */
export interface Inconsistency {
  /** `inconsistent` when they cannot be; `uncheckable` when nothing here tells. */
  readonly kind: "inconsistent" | "uncheckable";
  readonly message: string;
}

/** Tile files kept for the next check. */
const MAX_KEPT_TILES = 64;

/** Makes a check by the tiles of a log, which may be anybody's: proofs made from them prove themselves. */
export function createTileConsistency(head: Head, read: TileLogReader): ConsistencyCheck {
  const size = Number(head.size);
  const kept = new Map<string, Uint8Array>();
  const source = tileHashSource({ size, readTile: (tile) => kept.get(nameOf(tile)) });

  async function fetchTiles(tiles: readonly TileId[]): Promise<void> {
    for (const tile of tiles) {
      const name = nameOf(tile);
      const bytes = kept.get(name) ?? (await read(tilePath(tile.level, tile.index, tile.width)));
      kept.delete(name);
      if (bytes !== undefined) kept.set(name, bytes);
    }
    for (const name of kept.keys()) if (kept.size > Math.max(MAX_KEPT_TILES, tiles.length)) kept.delete(name);
  }

  return async (old) => {
    const trivial = checkTrivial(old, head);
    if (trivial !== "to be proven") return trivial;
    const oldSize = Number(old.size);
    try {
      await fetchTiles(tilesForConsistencyProof(oldSize, size));
      return provenBy(consistencyProof(oldSize, size, source), old, head);
    } catch (error) {
      if (!(error instanceof MerkleError)) throw error;
      return { kind: "uncheckable", message: error.message };
    }
  };
}

/** Checks by a proof that somebody brought. */
export function checkByProof(proof: readonly Uint8Array[], old: Head, head: Head): Inconsistency | undefined {
  const trivial = checkTrivial(old, head);
  return trivial === "to be proven" ? provenBy(proof, old, head) : trivial;
}

/** Decides what needs no proof: a tree that is too large, equal, or empty. */
export function checkTrivial(old: Head, head: Head): Inconsistency | undefined | "to be proven" {
  if (old.size > head.size) {
    return { kind: "uncheckable", message: `it has ${old.size} entries, more than the ${head.size} that are here` };
  }
  const differs = { kind: "inconsistent", message: `it has another root at ${old.size} entries` } as const;
  if (old.size === head.size) return bytesEqual(old.root, head.root) ? undefined : differs;
  if (old.size === 0n) return bytesEqual(old.root, emptyRoot()) ? undefined : differs;
  return "to be proven";
}

function provenBy(proof: readonly Uint8Array[], old: Head, head: Head): Inconsistency | undefined {
  const verdict = verifyConsistency(old, head, proof);
  return verdict.ok ? undefined : { kind: "inconsistent", message: verdict.message };
}

function nameOf(tile: TileId): string {
  return `${tile.level}/${tile.index}`;
}
