import { HASH_LENGTH } from "../sha256/sha256.ts";
import { type BundleId, entriesPath, TILE_WIDTH, type TileId, tilePath } from "../tile/path.ts";

/** Reads a file of the log by its path below the prefix; undefined when there is none. Compressed files come expanded. */
export type TileLogReader = (path: string) => Promise<Uint8Array | undefined>;

/** A file that was looked for. */
export interface LogFile {
  /** Where it was found, else where it should have been. */
  readonly path: string;
  readonly bytes: Uint8Array | undefined;
}

/**
 * Reads a hash tile. In place of a partial tile a log may serve the full one, whose beginning it is; only that much is
 * given then.
 */
export async function readTile(read: TileLogReader, tile: TileId): Promise<LogFile> {
  const { level, index, width } = tile;
  const path = tilePath(level, index, width);
  const bytes = await read(path);
  if (bytes !== undefined || width === TILE_WIDTH) return { path, bytes };
  const fullPath = tilePath(level, index);
  const full = await read(fullPath);
  if (full?.length !== TILE_WIDTH * HASH_LENGTH) return { path, bytes };
  return { path: fullPath, bytes: full.subarray(0, width * HASH_LENGTH) };
}

/** A bundle that was looked for. */
export interface BundleFile extends LogFile {
  /** Whether it is the full bundle in place of the partial one, so that entries may follow. */
  readonly isLonger: boolean;
}

/** Reads an entry bundle, or the full one that has taken its place. */
export async function readBundle(read: TileLogReader, bundle: BundleId): Promise<BundleFile> {
  const { index, width } = bundle;
  const path = entriesPath(index, width);
  const bytes = await read(path);
  if (bytes !== undefined || width === TILE_WIDTH) return { path, bytes, isLonger: false };
  const full = await read(entriesPath(index));
  return full === undefined
    ? { path, bytes, isLonger: false }
    : { path: entriesPath(index), bytes: full, isLonger: true };
}
