import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { LedgerError } from "../error.ts";

/** Bodies are compressed before sealing; nothing of ours unpacks to more than this. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;

/** Least that the platform takes as the size of an output chunk. */
const MIN_CHUNK_BYTES = 64;

/** Compresses fast, for the journal, whose rows live for minutes. */
export function pack(bytes: Uint8Array): Buffer {
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
 * Unpacks what {@link pack} or {@link packTight} made.
 * @throws LedgerError corrupt
 */
export function unpack(bytes: Uint8Array): Buffer {
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (cause) {
    throw new LedgerError("corrupt", "compressed bytes do not unpack", { cause });
  }
}
