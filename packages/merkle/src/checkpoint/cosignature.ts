import { ed25519 } from "@noble/curves/ed25519.js";
import { concatBytes, copyBytes } from "../bytes/compare.ts";
import { decodeUtf8, encodeUtf8 } from "../bytes/utf8.ts";
import { MerkleError } from "../error.ts";
import {
  ED25519_SIGNATURE_LENGTH,
  type Ed25519Verify,
  ed25519PublicKey,
  verifyEd25519,
  vkeyOfType,
} from "../note/ed25519.ts";
import type { NoteSigner, NoteVerifier } from "../note/signer.ts";
import { createVkey, SIGNATURE_TYPE, type Vkey } from "../note/vkey.ts";
import { parseCheckpoint } from "./checkpoint.ts";

const TIMESTAMP_BYTES = 8;
const MAX_TIMESTAMP = 2n ** 63n - 1n;

/** A witness's signature taken apart: when it saw the tree head, and the signature proper. */
export interface Cosignature {
  /** Unix seconds. */
  readonly timestampSeconds: bigint;
  readonly signature: Uint8Array;
}

/** Reads the blob of a cosignature line, u64be seconds || signature: C2SP tlog-cosignature. Throws `malformed_cosignature`. */
export function parseCosignature(blob: Uint8Array): Cosignature {
  if (blob.length <= TIMESTAMP_BYTES) throw new MerkleError("malformed_cosignature", "the cosignature is too short");
  const timestampSeconds = new DataView(blob.buffer, blob.byteOffset).getBigUint64(0);
  if (timestampSeconds > MAX_TIMESTAMP) {
    throw new MerkleError("malformed_cosignature", "the cosignature's time is past 2^63 - 1");
  }
  return { timestampSeconds, signature: copyBytes(blob, TIMESTAMP_BYTES) };
}

/** Makes the verifier of an Ed25519 cosigner (type 0x04). Throws `malformed_vkey`, or `unsupported_key` for another type. */
export function cosignatureVerifier(
  vkey: Vkey | string,
  options: { readonly verifyEd25519?: Ed25519Verify } = {},
): NoteVerifier {
  const { name, keyId, publicKey } = vkeyOfType(vkey, SIGNATURE_TYPE.ed25519Cosignature);
  const verify = options.verifyEd25519 ?? verifyEd25519;
  return {
    name,
    keyId,
    verify(text, blob) {
      if (blob.length !== TIMESTAMP_BYTES + ED25519_SIGNATURE_LENGTH || !isCheckpointText(text)) return false;
      const { timestampSeconds, signature } = parseOrNothing(blob) ?? {};
      if (timestampSeconds === undefined || signature === undefined) return false;
      return verify({ publicKey, message: cosignedMessage(text, timestampSeconds), signature });
    },
  };
}

/**
 * Makes a signer of an Ed25519 cosigner (type 0x04) that signs as of the time given. Throws `malformed_vkey` for a bad
 * name, `out_of_range` for a time not of 63 bits.
 */
export function cosignatureSigner(key: {
  readonly name: string;
  /** 32 bytes. */
  readonly seed: Uint8Array;
  readonly timestampSeconds: bigint;
}): NoteSigner {
  const { name, seed, timestampSeconds } = key;
  if (timestampSeconds < 0n || timestampSeconds > MAX_TIMESTAMP) {
    throw new MerkleError("out_of_range", "a cosignature's time has 63 bits");
  }
  const vkey = createVkey({ name, type: SIGNATURE_TYPE.ed25519Cosignature, publicKey: ed25519PublicKey(seed) });
  const timestamp = new Uint8Array(TIMESTAMP_BYTES);
  new DataView(timestamp.buffer).setBigUint64(0, timestampSeconds);
  return {
    name,
    keyId: vkey.keyId,
    sign: (text) => concatBytes(timestamp, ed25519.sign(cosignedMessage(text, timestampSeconds), seed)),
  };
}

function cosignedMessage(text: Uint8Array, timestampSeconds: bigint): Uint8Array {
  return concatBytes(encodeUtf8(`cosignature/v1\ntime ${timestampSeconds}\n`), text);
}

function parseOrNothing(blob: Uint8Array): Cosignature | undefined {
  try {
    return parseCosignature(blob);
  } catch {
    return undefined;
  }
}

/** A cosignature speaks of a tree head; over any other text it says nothing. */
function isCheckpointText(text: Uint8Array): boolean {
  try {
    parseCheckpoint(decodeUtf8(text));
    return true;
  } catch {
    return false;
  }
}
