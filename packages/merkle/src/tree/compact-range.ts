import { concatBytes, copyBytes } from "../bytes/compare.ts";
import { assertIndex, MerkleError } from "../error.ts";
import { sharedKernel } from "../sha256/create-kernel.ts";
import type { HashKernel } from "../sha256/kernel.ts";
import { HASH_LENGTH } from "../sha256/sha256.ts";
import { emptyRoot, nodeHash } from "./hashing.ts";

/** Levels of a tree of 2^53 - 1 leaves, whose hashes a frontier can hold. */
const MAX_LEVELS = 53;
const SIZE_BYTES = 8;

/** Receives hashes that have just become complete: nodes `firstIndex`, `firstIndex` + 1, … of one level. */
export type NodeSink = (nodes: {
  readonly level: number;
  readonly firstIndex: number;
  /** A view that is valid during the call only. */
  readonly hashes: Uint8Array;
}) => void;

/**
 * A tree that keeps only what is needed to append: the roots of the perfect subtrees it is made of, one for each one bit
 * of its size.
 */
export interface CompactRange {
  readonly size: number;
  /**
   * Appends leaf hashes, 32 bytes each, hashing level by level; `sink` gets every node that becomes complete, leaves
   * included, and must not use this range's kernel. Throws `out_of_range` for a length that is not a multiple of 32.
   */
  append(leafHashes: Uint8Array, sink?: NodeSink): void;
  /** Computes the root as of now. */
  root(): Uint8Array;
  /** Writes u64be size, then the subtree roots, the largest first. */
  toBytes(): Uint8Array;
}

/** Creates the empty tree. */
export function createCompactRange(kernel: HashKernel = sharedKernel()): CompactRange {
  return compactRange({ size: 0, frontier: [] }, kernel);
}

/** Reads what `toBytes` wrote. Throws `malformed_compact_range`. */
export function restoreCompactRange(bytes: Uint8Array, kernel: HashKernel = sharedKernel()): CompactRange {
  if (bytes.length < SIZE_BYTES)
    throw new MerkleError("malformed_compact_range", "a compact range begins with its size");
  const numbers = new DataView(bytes.buffer, bytes.byteOffset, SIZE_BYTES);
  const size = numbers.getUint32(0) * 2 ** 32 + numbers.getUint32(4);
  if (!Number.isSafeInteger(size)) throw new MerkleError("malformed_compact_range", "the size is past 2^53 - 1");
  const frontier: (Uint8Array | undefined)[] = Array.from({ length: MAX_LEVELS }, () => undefined);
  let at = SIZE_BYTES;
  for (let level = MAX_LEVELS - 1; level >= 0; level--) {
    if (!hasBit(size, level)) continue;
    frontier[level] = copyBytes(bytes, at, at + HASH_LENGTH);
    at += HASH_LENGTH;
  }
  if (at !== bytes.length) throw new MerkleError("malformed_compact_range", `${bytes.length} bytes, not ${at}`);
  return compactRange({ size, frontier }, kernel);
}

function hasBit(size: number, level: number): boolean {
  return Math.floor(size / 2 ** level) % 2 === 1;
}

function compactRange(
  /** `frontier[level]` is set exactly where `size` has that bit; only the end of `append` changes either. */
  state: { size: number; frontier: readonly (Uint8Array | undefined)[] },
  kernel: HashKernel,
): CompactRange {
  return {
    get size() {
      return state.size;
    },

    append(leafHashes, sink) {
      if (leafHashes.length % HASH_LENGTH !== 0) {
        throw new MerkleError("out_of_range", `${leafHashes.length} bytes are not a list of hashes`);
      }
      assertIndex("size", state.size + leafHashes.length / HASH_LENGTH);
      const oldSize = state.size;
      const frontier = [...state.frontier];
      let fresh = leafHashes;
      for (let level = 0; fresh.length > 0; level++) {
        const firstIndex = Math.floor(oldSize / 2 ** level);
        sink?.({ level, firstIndex, hashes: fresh });
        const waiting = frontier[level];
        const hashes = waiting === undefined ? fresh : concatBytes(waiting, fresh);
        const pairedLength = hashes.length - (hashes.length % (2 * HASH_LENGTH));
        frontier[level] = pairedLength < hashes.length ? copyBytes(hashes, pairedLength) : undefined;
        fresh = kernel.nodeLevel(hashes.subarray(0, pairedLength));
      }
      state.frontier = frontier;
      state.size = oldSize + leafHashes.length / HASH_LENGTH;
    },

    root() {
      let right: Uint8Array | undefined;
      for (const hash of state.frontier) {
        if (hash !== undefined) right = right === undefined ? hash : nodeHash(hash, right);
      }
      return right?.slice() ?? emptyRoot();
    },

    toBytes() {
      const size = new Uint8Array(SIZE_BYTES);
      const numbers = new DataView(size.buffer);
      numbers.setUint32(0, Math.floor(state.size / 2 ** 32));
      numbers.setUint32(4, state.size % 2 ** 32);
      return concatBytes(size, ...state.frontier.filter((hash) => hash !== undefined).reverse());
    },
  };
}
