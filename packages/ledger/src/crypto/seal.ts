import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import { LedgerError } from "../error.ts";
import { drawRandom } from "./random.ts";

/** Length of every symmetric key, in bytes. */
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Bytes that sealing adds: a random 96-bit nonce in front, a 128-bit tag behind (NIST SP 800-38D). */
export const SEAL_OVERHEAD_BYTES = NONCE_BYTES + TAG_BYTES;

/** Makes a fresh random key. */
export function newKey(): Uint8Array {
  return drawRandom(KEY_BYTES);
}

/**
 * Seals with AES-256-GCM under a random nonce: `nonce ‖ ciphertext ‖ tag`. At most 2^32 seals per key keep nonces apart;
 * every key here seals far less (per person and segment, per journal generation).
 */
export function seal(key: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Uint8Array {
  const nonce = drawRandom(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(aad);
  const sealed = new Uint8Array(plaintext.length + SEAL_OVERHEAD_BYTES);
  sealed.set(nonce);
  sealed.set(cipher.update(plaintext), NONCE_BYTES);
  cipher.final();
  sealed.set(cipher.getAuthTag(), NONCE_BYTES + plaintext.length);
  return sealed;
}

/**
 * Opens what {@link seal} made.
 * @throws LedgerError corrupt when a bit of the bytes, the key or the AAD differs
 */
export function unseal(key: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Buffer {
  if (sealed.length < SEAL_OVERHEAD_BYTES) throw new LedgerError("corrupt", "sealed bytes are too short");
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE_BYTES));
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const plaintext = decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES));
  try {
    decipher.final();
  } catch (cause) {
    throw new LedgerError("corrupt", "sealed bytes do not open: altered, or sealed under another key or name", {
      cause,
    });
  }
  return plaintext;
}

/** Names what sealed bytes are, so that they open in their own place only. */
export function sealContext(parts: {
  readonly kind: string;
  readonly origin: string;
  readonly ledger: number;
  readonly firstSequence: number;
  readonly group: string;
  readonly subject: string;
  readonly count: number;
}): Uint8Array {
  const { kind, origin, ledger, firstSequence, group, subject, count } = parts;
  return Buffer.from(`cairn/v1\n${kind}\n${origin}\n${ledger}\n${firstSequence}\n${group}\n${subject}\n${count}`);
}

/** Derives a 32-byte key for one purpose (HKDF-SHA256, RFC 5869, no salt). */
export function deriveKey(secret: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, new Uint8Array(0), `cairn/v1/${purpose}`, KEY_BYTES));
}

/** Keyed digest of a text: HMAC-SHA256 cut to `bytes`. */
export function keyedDigest(key: Uint8Array, text: string | Uint8Array, bytes: number): Buffer {
  return createHmac("sha256", key).update(text).digest().subarray(0, bytes);
}
