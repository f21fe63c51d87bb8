/** Names what is wrong with a log. */
export type TileLogFindingCode =
  /** The recomputed root is not the checkpoint's. */
  | "root_mismatch"
  /** Leaf hashes are missing altogether somewhere, so no root can be computed from this log. */
  | "root_not_computable"
  | "bundle_missing"
  | "bundle_malformed"
  /** The bundle has some entry that the checkpoint does not commit to; nothing intact is left to tell which. */
  | "bundle_unauthentic"
  | "tile_missing"
  | "tile_wrong_length"
  /** The entry is not the one that the checkpoint commits to. */
  | "entry_altered"
  /** The entry, or its hash in the tile, is not the one that the checkpoint commits to: too much is wrong to tell which. */
  | "entry_or_tile_altered"
  /** The tile has another hash than the checkpoint commits to. */
  | "tile_hash_altered"
  /** The tile has some hash that the checkpoint does not commit to; nothing intact is left to tell which. */
  | "tile_unauthentic";

/** One thing that is wrong with a log, and where. */
export interface TileLogFinding {
  readonly code: TileLogFindingCode;
  /** The file, as its path below the log's prefix. */
  readonly path: string;
  /** Index of the entry in the log, where one is concerned. */
  readonly entryIndex: number | undefined;
  /** Position of the hash in its tile, where one is concerned. */
  readonly position: number | undefined;
  readonly message: string;
}

/** Makes a finding about a whole file, or about what `at` names in it. */
export function finding(
  code: TileLogFindingCode,
  where: { readonly path: string; readonly entryIndex?: number; readonly position?: number },
  message: string,
): TileLogFinding {
  return { code, path: where.path, entryIndex: where.entryIndex, position: where.position, message };
}

/** Orders findings by what they are about: the root first, then by entry, then by path and position. */
export function compareFindings(a: TileLogFinding, b: TileLogFinding): number {
  return (
    rank(a) - rank(b) ||
    (a.entryIndex ?? -1) - (b.entryIndex ?? -1) ||
    (a.path < b.path ? -1 : a.path > b.path ? 1 : 0) ||
    (a.position ?? -1) - (b.position ?? -1)
  );
}

function rank(finding: TileLogFinding): number {
  return finding.code === "root_mismatch" || finding.code === "root_not_computable" ? 0 : 1;
}
