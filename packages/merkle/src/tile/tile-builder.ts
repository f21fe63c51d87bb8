import { concatBytes, copyBytes } from "../bytes/compare.ts";
import { assertIndex, MerkleError } from "../error.ts";
import { sharedKernel } from "../sha256/create-kernel.ts";
import type { HashKernel } from "../sha256/kernel.ts";
import { HASH_LENGTH } from "../sha256/sha256.ts";
import { emptyRoot } from "../tree/hashing.ts";
import { foldRight } from "../tree/root.ts";
import { rowLength, TILE_HEIGHT } from "./layout.ts";
import { TILE_WIDTH, type TileId } from "./path.ts";
import type { TileReader } from "./tile-source.ts";

const TILE_BYTES = TILE_WIDTH * HASH_LENGTH;

/** A tile and its content, which belongs to the receiver. */
export interface BuiltTile extends TileId {
  readonly bytes: Uint8Array;
}

/** Turns a stream of leaf hashes into the tiles of a log; it keeps only the right edge. */
export interface TileBuilder {
  readonly size: number;
  /** Appends leaf hashes, 32 bytes each. Throws `out_of_range` for a length that is not a multiple of 32. */
  append(leafHashes: Uint8Array): void;
  /** Gives the partial tiles of the tree as of now, lowest level first. */
  partialTiles(): readonly BuiltTile[];
  /** Computes the root as of now. */
  root(): Uint8Array;
}

/**
 * Creates a builder that hands every tile to `emit` once it is full, a level's tiles in order.
 *
 * `resume` continues a tree of that size from its partial tiles; throws `missing_node` or `malformed_tile` when
 * `readTile` has them not, or of another length.
 */
export function createTileBuilder(options: {
  readonly emit: (tile: BuiltTile) => void;
  readonly resume?: { readonly size: number; readonly readTile: TileReader };
  readonly kernel?: HashKernel;
}): TileBuilder {
  const { emit, kernel = sharedKernel() } = options;
  let size = options.resume?.size ?? 0;
  assertIndex("size", size);
  /** The hashes of each level's partial tile, fewer than 256; only `appendRow` changes them. */
  const edge = options.resume === undefined ? [] : readEdge(size, options.resume.readTile);
  /** Full tiles emitted so far at each level. */
  const fullTiles = edge.map((_, level) => Math.floor(rowLength(size, level) / TILE_WIDTH));

  function appendRow(level: number, fresh: Uint8Array): void {
    const hashes = concatBytes(edge[level] ?? new Uint8Array(0), fresh);
    const fullCount = Math.floor(hashes.length / TILE_BYTES);
    edge[level] = hashes.slice(fullCount * TILE_BYTES);
    const first = fullTiles[level] ?? 0;
    fullTiles[level] = first + fullCount;
    if (fullCount === 0) return;
    appendRow(level + 1, tileRoots(hashes.subarray(0, fullCount * TILE_BYTES), kernel));
    for (let i = 0; i < fullCount; i++) {
      emit({ level, index: first + i, width: TILE_WIDTH, bytes: hashes.slice(i * TILE_BYTES, (i + 1) * TILE_BYTES) });
    }
  }

  return {
    get size() {
      return size;
    },

    append(leafHashes) {
      if (leafHashes.length % HASH_LENGTH !== 0) {
        throw new MerkleError("out_of_range", `${leafHashes.length} bytes are not a list of hashes`);
      }
      assertIndex("size", size + leafHashes.length / HASH_LENGTH);
      size += leafHashes.length / HASH_LENGTH;
      appendRow(0, leafHashes);
    },

    partialTiles() {
      return edge.flatMap((bytes, level) =>
        bytes.length === 0
          ? []
          : [{ level, index: fullTiles[level]!, width: bytes.length / HASH_LENGTH, bytes: bytes.slice() }],
      );
    },

    root() {
      return rootOfEdge(edge, kernel);
    },
  };
}

/** Computes the roots of full tiles that lie one after the other. */
export function tileRoots(tiles: Uint8Array, kernel: HashKernel): Uint8Array {
  let hashes = tiles;
  for (let height = 0; height < TILE_HEIGHT; height++) hashes = kernel.nodeLevel(hashes);
  return hashes.slice();
}

/** Computes a tree's root from the hashes of its partial tiles: level 0 first, empty where a level has none. */
export function rootOfEdge(edge: readonly Uint8Array[], kernel: HashKernel): Uint8Array {
  let right: Uint8Array | undefined;
  for (const hashes of edge) right = foldRight(hashes, { right, kernel });
  return right ?? emptyRoot();
}

function readEdge(size: number, readTile: TileReader): Uint8Array[] {
  const edge: Uint8Array[] = [];
  for (let level = 0; rowLength(size, level) > 0; level++) {
    const length = rowLength(size, level);
    const tile = { level, index: Math.floor(length / TILE_WIDTH), width: length % TILE_WIDTH };
    const bytes = tile.width === 0 ? new Uint8Array(0) : readTile(tile);
    if (bytes === undefined) throw new MerkleError("missing_node", `the partial tile of level ${level} is not there`);
    if (bytes.length !== tile.width * HASH_LENGTH) {
      throw new MerkleError("malformed_tile", `the partial tile of level ${level} is not ${tile.width} wide`);
    }
    edge.push(copyBytes(bytes));
  }
  return edge;
}
