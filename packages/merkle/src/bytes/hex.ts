import { MerkleError } from "../error.ts";

const DIGITS = "0123456789abcdef";
const PAIRS: readonly string[] = Array.from({ length: 256 }, (_, byte) => `${DIGITS[byte >> 4]}${DIGITS[byte & 15]}`);

/** Writes bytes as lower-case hexadecimal digits. */
export function bytesToHex(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += PAIRS[byte];
  return hex;
}

/** Reads an even number of hexadecimal digits of either case. Throws `malformed_hex`. */
export function hexToBytes(hex: string): Uint8Array {
  if (hex.length % 2 !== 0) throw new MerkleError("malformed_hex", "hexadecimal digits come in pairs");
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = (nibble(hex.charCodeAt(2 * i)) << 4) | nibble(hex.charCodeAt(2 * i + 1));
  }
  return bytes;
}

function nibble(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  if (lower >= 0x61 && lower <= 0x66) return lower - 0x57;
  throw new MerkleError("malformed_hex", "a character is not a hexadecimal digit");
}
