import { MerkleError } from "../error.ts";
import type { HashKernel } from "../sha256/kernel.ts";
import { type EntrySpans, findEntries, findFirstEntries, MAX_ENTRY_BYTES } from "../tile/entry-bundle.ts";
import { TILE_WIDTH } from "../tile/path.ts";

/** Longest bundle that makes sense: 256 entries of full length. */
const MAX_BUNDLE_BYTES = TILE_WIDTH * (2 + MAX_ENTRY_BYTES);

/** Hashes the entries of bundles. */
export interface BundleHasher {
  /** Where the entries lie in the last bundle hashed. */
  readonly spans: EntrySpans;
  /**
   * Computes the leaf hashes of a bundle's first `width` entries, after which there may be more only if `isLonger`; the
   * answer is a view of the kernel's memory. Throws `malformed_entry_bundle`.
   */
  hash(bytes: Uint8Array, expected: { readonly width: number; readonly isLonger: boolean }): Uint8Array;
}

/** Creates a hasher that works in the kernel's memory. */
export function createBundleHasher(kernel: HashKernel): BundleHasher {
  const spans = { offsets: new Uint32Array(TILE_WIDTH), lengths: new Uint32Array(TILE_WIDTH) };
  const offsets = new Uint32Array(TILE_WIDTH);
  const lengths = new Uint32Array(TILE_WIDTH);
  return {
    spans,
    hash(bytes, { width, isLonger }) {
      if (bytes.length > MAX_BUNDLE_BYTES) {
        throw new MerkleError("malformed_entry_bundle", `the bundle has more than ${MAX_BUNDLE_BYTES} bytes`);
      }
      if (isLonger) findFirstEntries(bytes, width, spans);
      else findEntries(bytes, width, spans);
      const input = kernel.input(bytes.length);
      input.set(bytes);
      for (let i = 0; i < width; i++) {
        // An entry stands behind its length, which has been read: its last byte becomes the leaf prefix 0x00.
        offsets[i] = spans.offsets[i]! - 1;
        lengths[i] = spans.lengths[i]! + 1;
        input[offsets[i]!] = 0x00;
      }
      return kernel.hashMessages(offsets, lengths, width);
    },
  };
}
