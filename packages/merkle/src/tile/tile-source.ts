import { copyBytes } from "../bytes/compare.ts";
import { MerkleError } from "../error.ts";
import { sharedKernel } from "../sha256/create-kernel.ts";
import type { HashKernel } from "../sha256/kernel.ts";
import { HASH_LENGTH } from "../sha256/sha256.ts";
import type { NodeSource } from "../tree/proof.ts";
import { locate, TILE_HEIGHT, tileWidth } from "./layout.ts";
import type { TileId } from "./path.ts";

/** Gives the bytes of a tile, or undefined when it is not at hand. */
export type TileReader = (tile: TileId) => Uint8Array | undefined;

/** Most tiles kept with all their inner hashes: 4 MiB. A proof of a tree of 10^12 leaves reads about ten. */
const MAX_CACHED_TILES = 256;

/**
 * Makes a source of the tree's nodes out of its tiles. It keeps what it has read, so that proofs of neighbouring leaves
 * share the work: make one for each tree size.
 *
 * It does not authenticate the tiles: a proof made from tampered ones does not verify, and `verifyTileLog` finds them.
 * The source throws `missing_node` for a tile that `readTile` has not, and `malformed_tile` for one of another length.
 */
export function tileHashSource(options: {
  readonly size: number;
  readonly readTile: TileReader;
  readonly kernel?: HashKernel;
}): NodeSource {
  const { size, readTile, kernel = sharedKernel() } = options;
  const cache = new Map<string, readonly Uint8Array[]>();

  function innerHashes(level: number, index: number): readonly Uint8Array[] {
    const key = `${level}/${index}`;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const hashes = heights(fetchTile({ level, index, width: tileWidth(size, { level, index }) }, readTile), kernel);
    const oldest = cache.keys().next();
    if (cache.size >= MAX_CACHED_TILES && oldest.done === false) cache.delete(oldest.value);
    cache.set(key, hashes);
    return hashes;
  }

  return (level, index) => {
    const { level: tileLevel, index: tileIndex, height, position } = locate(level, index);
    const hashes = innerHashes(tileLevel, tileIndex)[height]?.subarray(
      position * HASH_LENGTH,
      (position + 1) * HASH_LENGTH,
    );
    if (hashes?.length !== HASH_LENGTH) throw missing(`the tree of ${size} has no node ${index} at level ${level}`);
    return hashes;
  };
}

function fetchTile(tile: TileId, readTile: TileReader): Uint8Array {
  const name = `tile ${tile.index} of level ${tile.level}`;
  const bytes = tile.width > 0 ? readTile(tile) : undefined;
  if (bytes === undefined) throw missing(`${name} is not there`);
  if (bytes.length !== tile.width * HASH_LENGTH) {
    throw new MerkleError("malformed_tile", `${name} has ${bytes.length} bytes, not ${tile.width * HASH_LENGTH}`);
  }
  return bytes;
}

/** Computes the complete nodes of a tile at each height above its hashes. */
function heights(tile: Uint8Array, kernel: HashKernel): readonly Uint8Array[] {
  const levels = [copyBytes(tile)];
  for (let height = 1; height < TILE_HEIGHT; height++) {
    const below = levels[height - 1]!;
    levels.push(kernel.nodeLevel(below.subarray(0, below.length - (below.length % (2 * HASH_LENGTH)))).slice());
  }
  return levels;
}

function missing(message: string): MerkleError {
  return new MerkleError("missing_node", message);
}
