import { MerkleError } from "../error.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const INVALID = 0xff;
const VALUES = new Uint8Array(128).fill(INVALID);
for (let value = 0; value < 64; value++) VALUES[ALPHABET.charCodeAt(value)] = value;

/** Writes bytes as RFC 4648 §4 base64, padded. */
export function base64Encode(bytes: Uint8Array): string {
  let text = "";
  let i = 0;
  for (; i + 2 < bytes.length; i += 3) {
    const group = (bytes[i]! << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!;
    text += digit(group >> 18) + digit(group >> 12) + digit(group >> 6) + digit(group);
  }
  if (i + 1 === bytes.length) {
    const group = bytes[i]! << 16;
    return `${text}${digit(group >> 18)}${digit(group >> 12)}==`;
  }
  if (i + 2 === bytes.length) {
    const group = (bytes[i]! << 16) | (bytes[i + 1]! << 8);
    return `${text}${digit(group >> 18)}${digit(group >> 12)}${digit(group >> 6)}=`;
  }
  return text;
}

function digit(group: number): string {
  return ALPHABET.charAt(group & 63);
}

/**
 * Reads RFC 4648 §4 base64 in its one canonical spelling: padded, without white space, unused bits zero.
 *
 * Laxer decoders let two texts stand for the same bytes, so that a signed file could be changed without notice. Throws
 * `malformed_base64`.
 */
export function base64Decode(text: string): Uint8Array {
  if (text.length % 4 !== 0) throw malformed("base64 comes in groups of four characters");
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  const digits = text.length - padding;
  let bits = 0;
  let bitCount = 0;
  let at = 0;
  for (let i = 0; i < digits; i++) {
    const code = text.charCodeAt(i);
    const value = code < 128 ? VALUES[code]! : INVALID;
    if (value === INVALID) throw malformed("a character is not in the base64 alphabet");
    bits = ((bits << 6) | value) & 0xffff;
    bitCount += 6;
    if (bitCount < 8) continue;
    bitCount -= 8;
    bytes[at++] = (bits >> bitCount) & 0xff;
  }
  if ((bits & ((1 << bitCount) - 1)) !== 0) throw malformed("the unused bits of the last base64 group are not zero");
  return bytes;
}

function malformed(message: string): MerkleError {
  return new MerkleError("malformed_base64", message);
}
