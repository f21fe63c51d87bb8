import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";

/** Bytes of a SHA-256 digest. */
export const HASH_LENGTH = 32;

/** Computes SHA-256 (FIPS 180-4) of one message. For many messages use a `HashKernel`, which is tens of times faster. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes);
}
