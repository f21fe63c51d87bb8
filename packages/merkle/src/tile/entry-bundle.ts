import { MerkleError } from "../error.ts";
import { TILE_WIDTH } from "./path.ts";

/** Longest entry: its length is stored in two bytes. */
export const MAX_ENTRY_BYTES = 0xffff;

/** Where the entries of a bundle lie. */
export interface EntrySpans {
  readonly offsets: Uint32Array;
  readonly lengths: Uint32Array;
}

/** Writes entries as a bundle: each after its u16be length. Throws `out_of_range` for too many or too long ones. */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length > TILE_WIDTH) throw new MerkleError("out_of_range", `a bundle has at most ${TILE_WIDTH} entries`);
  const bundle = new Uint8Array(entries.reduce((sum, entry) => sum + 2 + entry.length, 0));
  let at = 0;
  for (const [position, entry] of entries.entries()) {
    if (entry.length > MAX_ENTRY_BYTES) {
      throw new MerkleError("out_of_range", `an entry has at most ${MAX_ENTRY_BYTES} bytes`, { position });
    }
    bundle[at] = entry.length >> 8;
    bundle[at + 1] = entry.length & 0xff;
    bundle.set(entry, at + 2);
    at += 2 + entry.length;
  }
  return bundle;
}

/**
 * Reads a bundle of exactly `width` entries; what it gives are views of `bytes`. Throws `malformed_entry_bundle` with
 * the position of the entry at which it stops making sense.
 */
export function splitEntryBundle(bytes: Uint8Array, width: number = TILE_WIDTH): readonly Uint8Array[] {
  const spans = { offsets: new Uint32Array(width), lengths: new Uint32Array(width) };
  findEntries(bytes, width, spans);
  return Array.from(spans.offsets, (offset, i) => bytes.subarray(offset, offset + spans.lengths[i]!));
}

/** Finds the `width` entries of a bundle without making objects; see `splitEntryBundle`. */
export function findEntries(bytes: Uint8Array, width: number, spans: EntrySpans): void {
  const end = findFirstEntries(bytes, width, spans);
  if (end < bytes.length) {
    throw new MerkleError("malformed_entry_bundle", `the bundle goes on after ${width} entries`, { position: width });
  }
}

/** Finds the first `width` entries of a bundle that may have more, and returns where they end. */
export function findFirstEntries(bytes: Uint8Array, width: number, spans: EntrySpans): number {
  let at = 0;
  for (let position = 0; position < width; position++) {
    const start = at + 2;
    const end = start + ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0);
    if (start > bytes.length || end > bytes.length) {
      throw new MerkleError("malformed_entry_bundle", `the bundle ends within entry ${position}`, { position });
    }
    spans.offsets[position] = start;
    spans.lengths[position] = end - start;
    at = end;
  }
  return at;
}
