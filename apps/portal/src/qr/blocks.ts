import { correctionOf } from "./field.ts";

/** Blocks of a version at correction level M (ISO/IEC 18004 table 9): correction bytes of each, then data bytes of each. */
const BLOCKS: readonly { readonly correction: number; readonly data: readonly number[] }[] = [
  { correction: 10, data: [16] },
  { correction: 16, data: [28] },
  { correction: 26, data: [44] },
  { correction: 18, data: [32, 32] },
  { correction: 24, data: [43, 43] },
  { correction: 16, data: [27, 27, 27, 27] },
  { correction: 18, data: [31, 31, 31, 31] },
  { correction: 22, data: [38, 38, 39, 39] },
  { correction: 22, data: [36, 36, 36, 37, 37] },
  { correction: 26, data: [43, 43, 43, 43, 44] },
  { correction: 30, data: [50, 51, 51, 51, 51] },
  { correction: 22, data: [36, 36, 36, 36, 36, 36, 37, 37] },
  { correction: 22, data: [37, 37, 37, 37, 37, 37, 37, 37, 38] },
];
const BYTE_MODE = 4;
const PADDING = [0xec, 0x11] as const;

/** What a code holds: its version (1 to 13), and its data and correction bytes in the order in which they are drawn. */
export interface CodeWords {
  readonly version: number;
  readonly bytes: Uint8Array;
}

/** Puts a text into the smallest version that holds it. @throws RangeError when it is longer than 331 bytes */
export function codeWords(text: string): CodeWords {
  const content = new TextEncoder().encode(text);
  for (const [i, { correction, data }] of BLOCKS.entries()) {
    const version = i + 1;
    const capacity = data.reduce((sum, each) => sum + each, 0);
    const lengthBits = version < 10 ? 8 : 16;
    if (4 + lengthBits + 8 * content.length > 8 * capacity) continue;
    const bytes = pack(content, { capacity, lengthBits });
    return { version, bytes: interleave(bytes, data, correction) };
  }
  throw new RangeError("the text is too long for a QR code of version 13");
}

/** Mode, length, content, end, padding (ISO/IEC 18004 §7.4). */
function pack(content: Uint8Array, room: { readonly capacity: number; readonly lengthBits: number }): Uint8Array {
  const bits: number[] = [];
  const push = (value: number, length: number) => {
    for (let i = length - 1; i >= 0; i--) bits.push((value >> i) & 1);
  };
  push(BYTE_MODE, 4);
  push(content.length, room.lengthBits);
  for (const byte of content) push(byte, 8);
  push(0, Math.min(4, 8 * room.capacity - bits.length));
  const bytes = new Uint8Array(room.capacity);
  for (const [i, bit] of bits.entries()) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (bit << (7 - (i & 7)));
  for (let i = Math.ceil(bits.length / 8), n = 0; i < bytes.length; i++, n++) bytes[i] = PADDING[n % 2] ?? 0;
  return bytes;
}

/** The first byte of each block, the second of each, …; then the same of the correction bytes. */
function interleave(bytes: Uint8Array, lengths: readonly number[], correction: number): Uint8Array {
  let at = 0;
  const blocks = lengths.map((length) => {
    at += length;
    return bytes.subarray(at - length, at);
  });
  const drawn: number[] = [];
  const longest = Math.max(...lengths);
  for (let i = 0; i < longest; i++) for (const block of blocks) if (i < block.length) drawn.push(block[i] ?? 0);
  const corrections = blocks.map((block) => correctionOf(block, correction));
  for (let i = 0; i < correction; i++) for (const block of corrections) drawn.push(block[i] ?? 0);
  return new Uint8Array(drawn);
}
