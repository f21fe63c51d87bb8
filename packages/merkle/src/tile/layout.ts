import { assertIndex } from "../error.ts";
import type { LeafRange } from "../tree/ranges.ts";
import { consistencyRanges, inclusionRanges, nodesOfRange } from "../tree/ranges.ts";
import { type BundleId, TILE_WIDTH, type TileId } from "./path.ts";

/** Levels of the tree that one tile spans: log2 of its width. */
export const TILE_HEIGHT = 8;

/** Counts the hashes that a tree of `size` has at a tile level: the whole subtrees of 256^level leaves. */
export function rowLength(size: number, level: number): number {
  return Math.floor(size / TILE_WIDTH ** level);
}

/** Gives the width that a tile has in a tree of `size`; 0 or less when the tree has no such tile. */
export function tileWidth(size: number, tile: { readonly level: number; readonly index: number }): number {
  return Math.min(TILE_WIDTH, rowLength(size, tile.level) - tile.index * TILE_WIDTH);
}

/** Gives all hash tiles of a tree, level by level, left to right; the last of each level may be partial. */
export function* tilesForSize(size: number): Generator<TileId, void, undefined> {
  assertIndex("size", size);
  for (let level = 0; rowLength(size, level) > 0; level++) {
    for (const { index, width } of row(rowLength(size, level))) yield { level, index, width };
  }
}

/** Gives all entry bundles of a tree, left to right; the last may be partial. */
export function* bundlesForSize(size: number): Generator<BundleId, void, undefined> {
  assertIndex("size", size);
  yield* row(size);
}

function* row(length: number): Generator<BundleId, void, undefined> {
  for (let index = 0; index * TILE_WIDTH < length; index++) {
    yield { index, width: Math.min(TILE_WIDTH, length - index * TILE_WIDTH) };
  }
}

/** Gives the tiles that `inclusionProof` reads through `tileHashSource`, so that they can be fetched beforehand. */
export function tilesForInclusionProof(leafIndex: number, size: number): readonly TileId[] {
  return tilesOf(inclusionRanges(leafIndex, size), size);
}

/** Gives the tiles that `consistencyProof` reads through `tileHashSource`, so that they can be fetched beforehand. */
export function tilesForConsistencyProof(oldSize: number, size: number): readonly TileId[] {
  return tilesOf(consistencyRanges(oldSize, size), size);
}

function tilesOf(ranges: readonly LeafRange[], size: number): readonly TileId[] {
  const tiles = new Map<string, TileId>();
  for (const node of ranges.flatMap((range) => nodesOfRange(range))) {
    const { level, index } = locate(node.level, node.index);
    tiles.set(`${level}/${index}`, { level, index, width: tileWidth(size, { level, index }) });
  }
  return [...tiles.values()];
}

/** Finds a node of the tree within the tiles: `height` levels above the hashes of a tile, `position`-th from its left. */
export function locate(
  level: number,
  index: number,
): { readonly level: number; readonly index: number; readonly height: number; readonly position: number } {
  const tileLevel = Math.floor(level / TILE_HEIGHT);
  const height = level - tileLevel * TILE_HEIGHT;
  const perTile = TILE_WIDTH / 2 ** height;
  return { level: tileLevel, index: Math.floor(index / perTile), height, position: index % perTile };
}
