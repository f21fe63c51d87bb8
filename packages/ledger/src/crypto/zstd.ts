import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { LedgerError } from "../error.ts";

/** Bodies are compressed before sealing; nothing of ours unpacks to more than this. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;

/** A chunk of a segment unpacks into one piece of output, which is nearly twice as fast as into pieces that are joined. */
const SMALL_BYTES = 4_096;
const SMALL_CHUNK_BYTES = 16 * 1024;
const LARGE_CHUNK_BYTES = 128 * 1024;

/** Least that the platform takes as the size of an output chunk. */
const MIN_CHUNK_BYTES = 64;

/**
 * Shorter bodies stay as they are in the journal: making a compressor costs more than all else that is done to them, and a
 * third is all that it saves.
 */
const PLAIN_BYTES = 4_096;

/** Begins a zstd frame (RFC 8878 §3.1.1), little-endian. */
const FRAME_START = [0x28, 0xb5, 0x2f, 0xfd] as const;

/** Tells whether a body of this length stays as it is. */
export function isPlain(byteLength: number): boolean {
  return byteLength < PLAIN_BYTES;
}

/** Packs a journal body: compresses it if it is long enough. Journal rows live for a day at most. */
export function packBody(bytes: Uint8Array): Uint8Array {
  // Memory of its own: what travels takes all of its buffer along.
  return new Uint8Array(isPlain(bytes.length) ? bytes : pack(bytes));
}

/**
 * Unpacks what {@link packBody} made. A body begins with a length that is far below what a frame begins with, so the two
 * are never taken for each other.
 * @throws LedgerError corrupt
 */
export function unpackBody(bytes: Buffer): Buffer {
  return FRAME_START.every((byte, i) => bytes[i] === byte) ? unpack(bytes) : bytes;
}

/** Compresses fast. */
function pack(bytes: Uint8Array): Buffer {
  return zstdCompressSync(bytes, {
    params: { [constants.ZSTD_c_compressionLevel]: 1 },
    // One call with room for all of the output, and tables no larger than the input needs.
    chunkSize: Math.max(MIN_CHUNK_BYTES, bytes.length),
    pledgedSrcSize: bytes.length,
  });
}

/**
 * Compresses well, for segments, which live for years: level 6 would take three times as long and save 5 of 196 bytes an
 * event, because most of what is left are salts and commitments.
 */
export function packTight(bytes: Uint8Array): Buffer {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 3 } });
}

/**
 * Unpacks one frame, like those of {@link packTight}.
 * @throws LedgerError corrupt
 */
export function unpack(bytes: Uint8Array): Buffer {
  try {
    return zstdDecompressSync(bytes, {
      maxOutputLength: MAX_UNPACKED_BYTES,
      chunkSize: bytes.length < SMALL_BYTES ? SMALL_CHUNK_BYTES : LARGE_CHUNK_BYTES,
    });
  } catch (cause) {
    throw new LedgerError("corrupt", "compressed bytes do not unpack", { cause });
  }
}
