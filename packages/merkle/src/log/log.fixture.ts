import { concatBytes } from "../bytes/compare.ts";
import { encodeEntryBundle } from "../tile/entry-bundle.ts";
import { bundlesForSize } from "../tile/layout.ts";
import { entriesPath, TILE_WIDTH, tilePath } from "../tile/path.ts";
import { createTileBuilder } from "../tile/tile-builder.ts";
import { leafHash } from "../tree/hashing.ts";
import type { TreeHead } from "../tree/verify-inclusion.ts";
import type { TileLogReader } from "./tile-files.ts";

/** A log made for a test: its files by path, and the head that they should have. */
export interface MadeLog {
  readonly files: Map<string, Uint8Array>;
  readonly head: TreeHead;
}

/** Makes a whole log of entries. */
export function makeLog(entries: readonly Uint8Array[]): MadeLog {
  const files = new Map<string, Uint8Array>();
  const builder = createTileBuilder({
    emit: ({ level, index, width, bytes }) => files.set(tilePath(level, index, width), bytes),
  });
  for (const { index, width } of bundlesForSize(entries.length)) {
    const bundle = entries.slice(index * TILE_WIDTH, index * TILE_WIDTH + width);
    files.set(entriesPath(index, width), encodeEntryBundle(bundle));
    builder.append(concatBytes(...bundle.map(leafHash)));
  }
  for (const { level, index, width, bytes } of builder.partialTiles()) files.set(tilePath(level, index, width), bytes);
  return { files, head: { size: BigInt(entries.length), root: builder.root() } };
}

/** Reads a log from a map of files. */
export function readerOf(files: ReadonlyMap<string, Uint8Array>): TileLogReader {
  return (path) => Promise.resolve(files.get(path));
}
