// Reading JSON (RFC 8259) of the plain kind: strings without escapes, numbers that are written as RFC 8785 writes them.
// Every function answers 0 for what is not plain; the zeroes behind the body end every scan.

import { byte, isUtf8 } from "./bytes";

export const QUOTE: u32 = 0x22;
export const COMMA: u32 = 0x2c;
export const COLON: u32 = 0x3a;
export const OPEN_ARRAY: u32 = 0x5b;
export const CLOSE_ARRAY: u32 = 0x5d;
export const OPEN_OBJECT: u32 = 0x7b;
export const CLOSE_OBJECT: u32 = 0x7d;
const BACKSLASH: u32 = 0x5c;

/** Decimal digits that a double holds whatever they are. */
const EXACT_DIGITS: usize = 15;
/** Zeroes after "0." from which on RFC 8785 writes an exponent. */
const EXPONENT_ZEROES: usize = 6;

export function space(p: usize): usize {
  while (true) {
    const c = byte(p);
    if (c != 0x20 && c != 0x0a && c != 0x0d && c != 0x09) return p;
    p++;
  }
}

/** Address of the quote that ends the string whose first character is at `p`. */
export function closeQuote(p: usize): usize {
  let q = p;
  let high: i32 = 0;
  while (true) {
    const block = v128.load(q);
    const special = v128.or(
      v128.or(i8x16.eq(block, i8x16.splat(0x22)), i8x16.eq(block, i8x16.splat(0x5c))),
      i8x16.lt_u(block, i8x16.splat(0x20)),
    );
    const stops = i8x16.bitmask(special);
    const beyond = i8x16.bitmask(block);
    if (stops == 0) {
      high |= beyond;
      q += 16;
      continue;
    }
    const n = ctz(stops);
    high |= beyond & ((1 << n) - 1);
    q += usize(n);
    break;
  }
  if (byte(q) != QUOTE) return 0;
  return high == 0 || isUtf8(p, q) ? q : 0;
}

/** Address behind the string whose first character is at `p`, escapes and all. */
function skipString(p: usize): usize {
  while (true) {
    const c = byte(p);
    if (c == QUOTE) return p + 1;
    if (c == BACKSLASH) p++;
    if (byte(p) == 0) return 0;
    p++;
  }
}

/** Address behind the object or array that opens at `p`. Only strings and brackets are looked at. */
export function skipContainer(p: usize): usize {
  let depth: i32 = 0;
  while (true) {
    const c = byte(p);
    if (c == QUOTE) {
      const close = closeQuote(p + 1);
      p = close != 0 ? close + 1 : skipString(p + 1);
      if (p == 0) return 0;
      continue;
    }
    if (c == OPEN_OBJECT || c == OPEN_ARRAY) depth++;
    else if (c == CLOSE_OBJECT || c == CLOSE_ARRAY) {
      if (--depth == 0) return p + 1;
    } else if (c == 0) return 0;
    p++;
  }
}

// @ts-ignore: decorator
@inline
function isDigit(c: u32): bool { return c - 0x30 < 10; }

/** Address behind a number that is written exactly as RFC 8785 writes its value. */
export function plainNumber(p: usize): usize {
  let q = byte(p) == 0x2d ? p + 1 : p;
  const first = q;
  if (!isDigit(byte(q))) return 0;
  const isZero = byte(q) == 0x30;
  q++;
  if (!isZero) while (isDigit(byte(q))) q++;
  let digits = q - first;
  if (byte(q) == 0x2e) {
    const fraction = ++q;
    while (isDigit(byte(q))) q++;
    if (q == fraction || byte(q - 1) == 0x30) return 0;
    digits += q - fraction;
    if (isZero) {
      let zeroes: usize = 0;
      while (byte(fraction + zeroes) == 0x30) zeroes++;
      if (zeroes >= EXPONENT_ZEROES) return 0;
      digits -= 1 + zeroes;
    }
  } else if (isZero && first != p) return 0;
  if (digits > EXACT_DIGITS) return 0;
  const after = byte(q) | 0x20;
  return isDigit(byte(q)) || after == 0x65 || byte(q) == 0x2e ? 0 : q;
}

/** Address behind `true`, `false` or `null`. */
export function literal(p: usize): usize {
  const word = load<u32>(p);
  if (word == 0x65757274 || word == 0x6c6c756e) return p + 4;
  return word == 0x736c6166 && byte(p + 4) == 0x65 ? p + 5 : 0;
}
