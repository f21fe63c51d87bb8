import { bytesEqual } from "../bytes/compare.ts";
import type { HashKernel } from "../sha256/kernel.ts";
import { HASH_LENGTH } from "../sha256/sha256.ts";
import { rowLength, tileWidth } from "../tile/layout.ts";
import { TILE_WIDTH, type TileId, tilePath } from "../tile/path.ts";
import { rootOfEdge, tileRoots } from "../tile/tile-builder.ts";
import { finding, type TileLogFinding } from "./finding.ts";
import { candidates, differingPositions, type Suspect } from "./suspect.ts";
import { readTile, type TileLogReader } from "./tile-files.ts";

/** Most combinations of right-edge tiles tried against the root; a tree has at most seven such tiles. */
const MAX_EDGE_COMBINATIONS = 1024;

/** What the trusted checkpoint vouches for. */
interface Trusted {
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * Finds out, for every tile of which file and entries disagree, which of them the checkpoint's root vouches for.
 *
 * It goes down from the root: the partial tiles of the right edge are authentic when they fold to the root, any other
 * tile when it folds to its hash in its authentic parent. (Authenticating only the tiles that a proof happens to touch
 * is how CVE-2026-56865 came about.)
 */
export async function attribute(
  suspects: readonly Suspect[],
  context: { readonly trusted: Trusted; readonly read: TileLogReader; readonly kernel: HashKernel },
): Promise<readonly TileLogFinding[]> {
  const { trusted, read, kernel } = context;
  const bySlot = new Map(suspects.map((suspect) => [slot(suspect), suspect]));
  const known = new Map<string, Promise<Uint8Array | undefined>>();
  let edge: Promise<ReadonlyMap<number, Uint8Array>> | undefined;

  function authentic(tile: Pick<TileId, "level" | "index">): Promise<Uint8Array | undefined> {
    const key = slot(tile);
    const answer = known.get(key) ?? authenticate({ ...tile, width: tileWidth(trusted.size, tile) });
    known.set(key, answer);
    return answer;
  }

  async function authenticate(tile: TileId): Promise<Uint8Array | undefined> {
    if (tile.width < TILE_WIDTH) {
      edge ??= authenticEdge();
      return (await edge).get(tile.level);
    }
    const parentIndex = Math.floor(tile.index / TILE_WIDTH);
    const parent = await authentic({ level: tile.level + 1, index: parentIndex });
    if (parent === undefined) return undefined;
    const at = (tile.index % TILE_WIDTH) * HASH_LENGTH;
    const expected = parent.subarray(at, at + HASH_LENGTH);
    for (const candidate of await candidatesOf(tile)) {
      if (bytesEqual(tileRoots(candidate, kernel), expected)) return candidate;
    }
    return undefined;
  }

  async function candidatesOf(tile: TileId): Promise<Iterable<Uint8Array>> {
    const suspect = bySlot.get(slot(tile));
    if (suspect !== undefined) return candidates(suspect);
    const { bytes } = await readTile(read, tile);
    return bytes === undefined ? [] : [bytes];
  }

  /** Finds contents of the right edge's partial tiles that fold to the trusted root. */
  async function authenticEdge(): Promise<ReadonlyMap<number, Uint8Array>> {
    let combinations: Uint8Array[][] = [[]];
    for (let level = 0; rowLength(trusted.size, level) > 0; level++) {
      const length = rowLength(trusted.size, level);
      const tile = { level, index: Math.floor(length / TILE_WIDTH), width: length % TILE_WIDTH };
      const options = tile.width === 0 ? [new Uint8Array(0)] : [...(await candidatesOf(tile))];
      combinations = combinations
        .flatMap((combination) => options.map((option) => [...combination, option]))
        .slice(0, MAX_EDGE_COMBINATIONS);
    }
    const found = combinations.find((combination) => bytesEqual(rootOfEdge(combination, kernel), trusted.root));
    return new Map(found?.entries());
  }

  const findings: TileLogFinding[] = [];
  for (const suspect of suspects) findings.push(...judge(suspect, await authentic(suspect)));
  return findings;
}

function slot(tile: Pick<TileId, "level" | "index">): string {
  return tilePath(tile.level, tile.index);
}

/** Says what is wrong with a tile, and with the entries behind it, given its authentic content if that is known. */
function judge(suspect: Suspect, authentic: Uint8Array | undefined): readonly TileLogFinding[] {
  const { stored, computed, level, path } = suspect;
  if (authentic === undefined) return judgeUnknown(suspect);
  const findings: TileLogFinding[] = [];
  if (stored !== undefined) {
    for (const position of differingPositions(stored, authentic)) {
      const where = level === 0 ? { path, position, entryIndex: entryIndex(suspect, position) } : { path, position };
      findings.push(finding("tile_hash_altered", where, "the hash is not the one that the checkpoint commits to"));
    }
  }
  // Above level 0 a recomputation differs because of what is below it, which has a finding of its own.
  if (level === 0 && computed !== undefined) {
    for (const position of differingPositions(computed, authentic)) findings.push(entryAltered(suspect, position));
  }
  return findings;
}

function entryAltered(suspect: Suspect, position: number): TileLogFinding {
  const where = { path: suspect.bundlePath ?? suspect.path, position, entryIndex: entryIndex(suspect, position) };
  return finding("entry_altered", where, "the entry is not the one that the checkpoint commits to");
}

/** Says what can be said of a tile when nothing leads from it to the root. */
function judgeUnknown(suspect: Suspect): readonly TileLogFinding[] {
  const { stored, computed, level, path, bundlePath = path } = suspect;
  if (level === 0 && stored !== undefined && computed !== undefined) {
    return differingPositions(stored, computed).map((position) =>
      finding(
        "entry_or_tile_altered",
        { path: bundlePath, position, entryIndex: entryIndex(suspect, position) },
        "the entry and its hash in the tile disagree, and neither leads to the checkpoint's root",
      ),
    );
  }
  if (stored !== undefined) {
    return [finding("tile_unauthentic", { path }, "the tile does not lead to the checkpoint's root")];
  }
  // A missing tile has its finding; the entries that should have made it up are another matter.
  if (level > 0 || computed === undefined) return [];
  return [finding("bundle_unauthentic", { path: bundlePath }, "the entries do not lead to the checkpoint's root")];
}

function entryIndex(tile: TileId, position: number): number {
  return tile.index * TILE_WIDTH + position;
}
