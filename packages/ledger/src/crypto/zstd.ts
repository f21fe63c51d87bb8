import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { LedgerError } from "../error.ts";

/** Bodies are compressed before sealing; nothing of ours unpacks to more than this. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;

/** Compresses fast, for the journal, whose rows live for minutes. */
export function pack(bytes: Uint8Array): Buffer {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

/** Compresses well, for segments, which live for years. */
export function packTight(bytes: Uint8Array): Buffer {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 6 } });
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
