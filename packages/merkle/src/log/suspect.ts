import { bytesEqual } from "../bytes/compare.ts";
import { HASH_LENGTH } from "../sha256/sha256.ts";
import type { TileId } from "../tile/path.ts";

/** A tile of which the file and the recomputation differ, or of which one is missing. */
export interface Suspect extends TileId {
  readonly path: string;
  /** The tile's file, unless missing or of another length. */
  readonly stored: Uint8Array | undefined;
  /** The tile made from the entries, unless they could not be read. */
  readonly computed: Uint8Array | undefined;
  /** Path of the bundle behind a tile of level 0. */
  readonly bundlePath: string | undefined;
}

/** Most differing positions of which every mixture of file and recomputation is tried; 64 mixtures cost some 10 ms. */
const MAX_MIXED_POSITIONS = 6;

/** Gives the positions at which two tiles of one length differ. */
export function differingPositions(a: Uint8Array, b: Uint8Array): readonly number[] {
  const positions: number[] = [];
  for (let at = 0; at < a.length; at += HASH_LENGTH) {
    if (!bytesEqual(a.subarray(at, at + HASH_LENGTH), b.subarray(at, at + HASH_LENGTH)))
      positions.push(at / HASH_LENGTH);
  }
  return positions;
}

/**
 * Gives what the tile may have been: as recomputed, as stored, or, where they differ in few places, each mixture, since
 * entries and tile can both have been tampered with.
 */
export function* candidates(suspect: Suspect): Generator<Uint8Array, void, undefined> {
  const { stored, computed } = suspect;
  if (computed !== undefined) yield computed;
  if (stored !== undefined) yield stored;
  if (stored === undefined || computed === undefined) return;
  const positions = differingPositions(stored, computed);
  if (positions.length > MAX_MIXED_POSITIONS) return;
  for (let choice = 1; choice < (1 << positions.length) - 1; choice++) {
    const mixed = computed.slice();
    for (const [i, position] of positions.entries()) {
      const at = position * HASH_LENGTH;
      if ((choice >> i) & 1) mixed.set(stored.subarray(at, at + HASH_LENGTH), at);
    }
    yield mixed;
  }
}
