import { assertIndex, MerkleError } from "../error.ts";

/** Hashes in a full tile, and entries in a full bundle. */
export const TILE_WIDTH = 256;

/** Highest level that C2SP tlog-tiles lets a path name. */
const MAX_TILE_LEVEL = 63;

/** Names one hash tile of a tree. */
export interface TileId {
  /** Tile level: its hashes are roots of 256^level leaves. */
  readonly level: number;
  readonly index: number;
  /** Hashes in it: 256 when full. */
  readonly width: number;
}

/** Names one bundle of entries. */
export interface BundleId {
  readonly index: number;
  /** Entries in it: 256 when full. */
  readonly width: number;
}

/** What a path below a log's prefix names. */
export type TileResource = ({ readonly kind: "tile" } & TileId) | ({ readonly kind: "entries" } & BundleId);

/** Gives the path of a hash tile, `tile/<L>/<N>[.p/<W>]`: C2SP tlog-tiles. Throws `out_of_range`. */
export function tilePath(level: number, index: number, width: number = TILE_WIDTH): string {
  if (!Number.isInteger(level) || level < 0 || level > MAX_TILE_LEVEL) {
    throw new MerkleError("out_of_range", `a tile level is from 0 to ${MAX_TILE_LEVEL}, not ${level}`);
  }
  return `tile/${level}/${indexPath(index)}${widthSuffix(width)}`;
}

/** Gives the path of an entry bundle, `tile/entries/<N>[.p/<W>]`: C2SP tlog-tiles. Throws `out_of_range`. */
export function entriesPath(index: number, width: number = TILE_WIDTH): string {
  return `tile/entries/${indexPath(index)}${widthSuffix(width)}`;
}

/** Writes 1234067 as `x001/x234/067`. */
function indexPath(index: number): string {
  assertIndex("index", index);
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.../g) ?? [];
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join("/");
}

function widthSuffix(width: number): string {
  if (!Number.isInteger(width) || width < 1 || width > TILE_WIDTH) {
    throw new MerkleError("out_of_range", `a tile is 1 to ${TILE_WIDTH} wide, not ${width}`);
  }
  return width === TILE_WIDTH ? "" : `.p/${width}`;
}

const PATH = /^tile\/(?:(?<level>\d{1,2})|entries)\/(?<index>(?:x\d{3}\/){0,5}\d{3})(?:\.p\/(?<width>[1-9]\d{0,2}))?$/;

/**
 * Reads a path in its one canonical spelling. Throws `malformed_tile_path`, also for an index past 2^53 - 1, which no
 * tree can reach.
 */
export function parseTilePath(path: string): TileResource {
  const groups = PATH.exec(path)?.groups;
  if (groups === undefined) throw malformed();
  const index = Number(groups.index?.replace(/[x/]/g, ""));
  const width = groups.width === undefined ? TILE_WIDTH : Number(groups.width);
  if (!Number.isSafeInteger(index) || width > TILE_WIDTH) throw malformed();
  const level = groups.level;
  if (level !== undefined && Number(level) > MAX_TILE_LEVEL) throw malformed();
  const resource: TileResource =
    level === undefined ? { kind: "entries", index, width } : { kind: "tile", level: Number(level), index, width };
  // Writing it again refuses every other spelling: leading zeroes, an empty leading group, `.p/256`.
  if (resourcePath(resource) !== path) throw malformed();
  return resource;
}

function resourcePath(resource: TileResource): string {
  return resource.kind === "entries"
    ? entriesPath(resource.index, resource.width)
    : tilePath(resource.level, resource.index, resource.width);
}

function malformed(): MerkleError {
  return new MerkleError("malformed_tile_path", "the path is not of a tile or an entry bundle");
}
