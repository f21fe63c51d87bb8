import {
  consistencyProof,
  MerkleError,
  type NodeSource,
  nodeHash,
  type TreeHead,
  tilePath,
  verifyConsistency,
} from "@cairn/merkle";

const TILE_HEIGHT = 8;
const TILE_WIDTH = 256;
const HASH_BYTES = 32;
/** A proof between any two trees reads at most two tiles a level, and there are eight levels. */
const MAX_TILES = 16;

/** Gives the bytes of a tile of the log at its C2SP tlog-tiles path. */
export type FetchTile = (path: string) => Promise<Uint8Array>;

/**
 * Checks that the log of `newer` begins with everything that was in the log of `older`, from the log's own tiles. They
 * need not be trusted: a proof made from wrong ones does not verify. Gives why not, or undefined when it holds.
 */
export async function checkGrowth(older: TreeHead, newer: TreeHead, fetchTile: FetchTile): Promise<string | undefined> {
  const hashes = older.size === newer.size ? [] : await makeProof(Number(older.size), Number(newer.size), fetchTile);
  const verdict = verifyConsistency(older, newer, hashes);
  return verdict.ok ? undefined : verdict.message;
}

async function makeProof(oldSize: number, size: number, fetchTile: FetchTile): Promise<readonly Uint8Array[]> {
  const tiles = new Map<string, Uint8Array>();
  for (let round = 0; round <= MAX_TILES; round++) {
    const missing: string[] = [];
    const proof = tryProof(oldSize, size, nodeSource(size, tiles, missing));
    if (proof !== undefined) return proof;
    for (const path of missing) tiles.set(path, await fetchTile(path));
  }
  throw new MerkleError("missing_node", "the log's tiles do not lead to a proof");
}

/** Undefined when a tile was missing; the source has noted which. */
function tryProof(oldSize: number, size: number, source: NodeSource): readonly Uint8Array[] | undefined {
  try {
    return consistencyProof(oldSize, size, source);
  } catch (error) {
    if (error instanceof MerkleError && error.code === "missing_node") return undefined;
    throw error;
  }
}

/** Reads nodes out of tiles; one that is not there is noted and reported as a missing node. */
function nodeSource(size: number, tiles: ReadonlyMap<string, Uint8Array>, missing: string[]): NodeSource {
  return (level, index) => {
    const tileLevel = Math.floor(level / TILE_HEIGHT);
    const span = 2 ** (level % TILE_HEIGHT);
    const first = index * span;
    const tileIndex = Math.floor(first / TILE_WIDTH);
    const width = Math.min(TILE_WIDTH, Math.floor(size / TILE_WIDTH ** tileLevel) - tileIndex * TILE_WIDTH);
    const path = tilePath(tileLevel, tileIndex, width);
    const tile = tiles.get(path);
    if (tile === undefined) {
      missing.push(path);
      throw new MerkleError("missing_node", `${path} has not been fetched`);
    }
    if (tile.length !== width * HASH_BYTES) throw new MerkleError("malformed_tile", `${path} has a wrong length`);
    return rootOf(tile, first % TILE_WIDTH, span);
  };
}

function rootOf(tile: Uint8Array, first: number, count: number): Uint8Array {
  if (count === 1) return tile.slice(first * HASH_BYTES, (first + 1) * HASH_BYTES);
  return nodeHash(rootOf(tile, first, count / 2), rootOf(tile, first + count / 2, count / 2));
}
