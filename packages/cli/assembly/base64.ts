// RFC 4648 §4 base64 in its one canonical spelling, between JSON quotes.

const QUOTE: u32 = 0x22;
const PADDING: u32 = 0x3d;
/** Set in a table's word for a byte that is no digit. No group of four digits sets it. */
const INVALID: u32 = 0x80000000;

/** Four tables of 256 words: what a digit in the first to fourth place of a group adds to its three bytes. */
const TABLES: usize = memory.data(4 * 1024, 16);
const SECOND: usize = 1024;
const THIRD: usize = 2048;
const FOURTH: usize = 3072;

/** Where the bytes of the last text decoded end. */
export let decodedEnd: usize = 0;

function digitOf(value: u32): u32 {
  if (value < 26) return 0x41 + value;
  if (value < 52) return 0x61 + value - 26;
  if (value < 62) return 0x30 + value - 52;
  return value == 62 ? 0x2b : 0x2f;
}

/** Fills the tables. To be called once, before everything else. */
export function prepareBase64(): void {
  for (let at: usize = 0; at < 4096; at += 4) store<u32>(TABLES + at, INVALID);
  for (let value: u32 = 0; value < 64; value++) {
    const at = TABLES + (usize(digitOf(value)) << 2);
    store<u32>(at, value << 2);
    store<u32>(at + SECOND, (value >> 4) | ((value & 15) << 12));
    store<u32>(at + THIRD, ((value >> 2) << 8) | ((value & 3) << 22));
    store<u32>(at + FOURTH, value << 16);
  }
}

// @ts-ignore: decorator
@inline
function word(table: usize, at: usize): u32 {
  return load<u32>(TABLES + table + (usize(load<u8>(at)) << 2));
}

/**
 * Decodes the text at `from`, which ends with a quote, to `to`, and sets `decodedEnd`. Answers the address of the quote, or
 * 0 when the text is not canonical. A newline stops it, so that it never reads past a line; it writes up to three bytes more.
 */
export function decodeBase64(from: usize, to: usize): usize {
  while (true) {
    const group = word(0, from) | word(SECOND, from + 1) | word(THIRD, from + 2) | word(FOURTH, from + 3);
    if (group & INVALID) break;
    store<u32>(to, group);
    from += 4;
    to += 3;
  }
  if (load<u8>(from) == QUOTE) {
    decodedEnd = to;
    return from;
  }
  const first = word(0, from) | word(SECOND, from + 1);
  if (first & INVALID || load<u8>(from, 3) != PADDING || load<u8>(from, 4) != QUOTE) return 0;
  if (load<u8>(from, 2) == PADDING) {
    if (first & 0xf000) return 0;
    store<u8>(to, u8(first));
    decodedEnd = to + 1;
    return from + 4;
  }
  const both = first | word(THIRD, from + 2);
  if (both & (INVALID | 0xc00000)) return 0;
  store<u16>(to, u16(both));
  decodedEnd = to + 2;
  return from + 4;
}
