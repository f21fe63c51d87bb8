import { MerkleError } from "../error.ts";

const encoder = new TextEncoder();
// A byte order mark stays in the text: dropping it would let two files carry one signature.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Writes text as UTF-8. Throws `malformed_utf8` for a lone surrogate, which has no UTF-8 form. */
export function encodeUtf8(text: string): Uint8Array {
  if (!text.isWellFormed()) throw new MerkleError("malformed_utf8", "the text has a lone surrogate");
  return encoder.encode(text);
}

/** Reads UTF-8, keeping a byte order mark. Throws `malformed_utf8`. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new MerkleError("malformed_utf8", "the bytes are not UTF-8", { cause });
  }
}

/** Tells whether a text has a character below U+0020, newlines included. */
export function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 0x20) return true;
  return false;
}
