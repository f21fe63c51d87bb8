import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import type { Ed25519Verify } from "@cairn/merkle";
import { deriveKey } from "./seal.ts";

/** PKCS #8 frame of an Ed25519 seed (RFC 8410 §7). */
const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

/** Frame of an Ed25519 public key (RFC 8410 §4). */
const SPKI_ED25519 = Buffer.from("302a300506032b6570032100", "hex");

/** Verifies an Ed25519 signature by the platform's own means. */
export const verifyNative: Ed25519Verify = ({ publicKey, message, signature }) => {
  const key = createPublicKey({ key: Buffer.concat([SPKI_ED25519, publicKey]), format: "der", type: "spki" });
  return verify(null, message, key, signature);
};

/** A log's signing key. */
export interface LogKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Ed25519 signature, 64 bytes (RFC 8032). */
  sign(message: Uint8Array): Uint8Array;
}

/**
 * Derives the key of one log: Ed25519, seed = HKDF-SHA256(signing secret, origin, generation). One file to back up serves
 * every log, and no log's key says anything of another's.
 */
export function deriveLogKey(signingSecret: Uint8Array, origin: string, generation = 1): LogKey {
  const seed = deriveKey(signingSecret, `log-key/${generation}/${origin}`);
  const privateKey: KeyObject = createPrivateKey({
    key: Buffer.concat([PKCS8_ED25519, seed]),
    format: "der",
    type: "pkcs8",
  });
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return {
    publicKey: new Uint8Array(spki.subarray(spki.length - 32)),
    sign: (message) => sign(null, message, privateKey),
  };
}
