import { base64Decode, base64Encode } from "../bytes/base64.ts";
import { concatBytes } from "../bytes/compare.ts";
import { encodeUtf8, hasControlCharacter } from "../bytes/utf8.ts";
import { MerkleError } from "../error.ts";
import { sha256 } from "../sha256/sha256.ts";
import { MAX_VKEY_LENGTH } from "./limits.ts";

/** Signature types of C2SP signed-note that have a use here. */
export const SIGNATURE_TYPE = {
  /** Ed25519 over the note's text. */
  ed25519: 0x01,
  /** Timestamped Ed25519 cosignature of a checkpoint. */
  ed25519Cosignature: 0x04,
  /** Timestamped ML-DSA-44 cosignature of a checkpoint. */
  mlDsa44Cosignature: 0x06,
} as const;

/** Lengths of the public keys whose key ID is computed as C2SP recommends. */
const PUBLIC_KEY_LENGTHS: ReadonlyMap<number, number> = new Map([
  [SIGNATURE_TYPE.ed25519, 32],
  [SIGNATURE_TYPE.ed25519Cosignature, 32],
  [SIGNATURE_TYPE.mlDsa44Cosignature, 1312],
]);

/** A verifier key: who signs, and how to check it. */
export interface Vkey {
  readonly name: string;
  /** Unsigned 32-bit number that, with the name, finds the signature line of this key. */
  readonly keyId: number;
  /** Signature type byte. */
  readonly type: number;
  readonly publicKey: Uint8Array;
}

/** Tells whether a name can stand in a signature line: not empty, no Unicode white space, no plus, no control character. */
export function isKeyName(name: string): boolean {
  return name !== "" && name.isWellFormed() && !/[\p{White_Space}+]/u.test(name) && !hasControlCharacter(name);
}

/** Computes a key ID: the first four bytes of SHA-256(name || 0x0A || type || public key), big-endian. */
export function keyId(name: string, key: { readonly type: number; readonly publicKey: Uint8Array }): number {
  const digest = sha256(concatBytes(encodeUtf8(name), Uint8Array.of(0x0a, key.type), key.publicKey));
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0);
}

/** Completes a vkey with its key ID. Throws `malformed_vkey` for a bad name or a public key of a wrong length. */
export function createVkey(key: Omit<Vkey, "keyId">): Vkey {
  if (!isKeyName(key.name)) throw malformed("its name is empty or has a space or a plus");
  const expectedLength = PUBLIC_KEY_LENGTHS.get(key.type);
  if (expectedLength !== undefined && key.publicKey.length !== expectedLength) {
    throw malformed(`its public key has ${key.publicKey.length} bytes, not ${expectedLength}`);
  }
  return { ...key, keyId: keyId(key.name, key) };
}

/** Writes `<name>+<key ID as 8 lower-case hex digits>+base64(type || public key)`. */
export function formatVkey(vkey: Vkey): string {
  const id = vkey.keyId.toString(16).padStart(8, "0");
  return `${vkey.name}+${id}+${base64Encode(concatBytes(Uint8Array.of(vkey.type), vkey.publicKey))}`;
}

/**
 * Reads a vkey. For the types whose key ID is defined by the key (Ed25519 and the cosignatures) the two must agree.
 * Throws `malformed_vkey`.
 */
export function parseVkey(text: string): Vkey {
  if (text.length > MAX_VKEY_LENGTH) throw malformed("it is too long");
  const [, name = "", id = "", encodedKey = ""] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
  const key = decodeKey(encodedKey);
  const type = key[0];
  if (type === undefined || key.length < 2) throw malformed("it is not <name>+<8 hex digits>+<base64>");
  const vkey = createVkey({ name, type, publicKey: key.slice(1) });
  const statedId = Number.parseInt(id, 16);
  if (vkey.keyId === statedId) return vkey;
  if (PUBLIC_KEY_LENGTHS.has(type)) throw malformed("its key ID is not that of its key");
  return { ...vkey, keyId: statedId };
}

function decodeKey(base64: string): Uint8Array {
  try {
    return base64Decode(base64);
  } catch (cause) {
    throw new MerkleError("malformed_vkey", "the vkey is malformed: its key is not base64", { cause });
  }
}

function malformed(why: string): MerkleError {
  return new MerkleError("malformed_vkey", `the vkey is malformed: ${why}`);
}
