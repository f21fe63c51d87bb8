import { hexToBytes } from "../bytes/hex.ts";
import { sha256 } from "../sha256/sha256.ts";

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;
const EMPTY_ROOT = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** Computes the leaf hash of an entry, SHA-256(0x00 || entry): RFC 6962 §2.1. */
export function leafHash(entry: Uint8Array): Uint8Array {
  const message = new Uint8Array(1 + entry.length);
  message[0] = LEAF_PREFIX;
  message.set(entry, 1);
  return sha256(message);
}

/** Computes the hash of an interior node, SHA-256(0x01 || left || right): RFC 6962 §2.1. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const message = new Uint8Array(1 + left.length + right.length);
  message[0] = NODE_PREFIX;
  message.set(left, 1);
  message.set(right, 1 + left.length);
  return sha256(message);
}

/** Gives the root of the tree without leaves, SHA-256 of nothing. A new array each time. */
export function emptyRoot(): Uint8Array {
  return hexToBytes(EMPTY_ROOT);
}
