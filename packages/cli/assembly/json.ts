// JSON by RFC 8259, less than that: no white space, and not too deep. What this takes, JSON.parse takes.

import { skipWide } from "./text";

/** Deeper values are for the caller. */
const MAX_DEPTH: u32 = 64;

// @ts-ignore: decorator
@inline
function isDigit(byte: u32): bool {
  return byte - 0x30 < 10;
}

// @ts-ignore: decorator
@inline
function isHexDigit(byte: u32): bool {
  return isDigit(byte) || (byte | 0x20) - 0x61 < 6;
}

/** Answers the address behind the escape whose backslash is at `at`, or 0. */
function skipEscape(at: usize, end: usize): usize {
  if (at + 2 > end) return 0;
  switch (u32(load<u8>(at, 1))) {
    case 0x22: // "
    case 0x5c: // \
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return at + 2;
    case 0x75: // u
      if (at + 6 > end) return 0;
      for (let i: usize = 2; i < 6; i++) if (!isHexDigit(u32(load<u8>(at + i)))) return 0;
      return at + 6;
    default:
      return 0;
  }
}

/** Answers the address behind the string whose first quote is before `at`, or 0. Reads up to 15 bytes past `end`. */
function skipString(at: usize, end: usize): usize {
  while (at < end) {
    const bytes = v128.load(at);
    // As signed numbers, both control characters and bytes from 0x80 on are below 0x20.
    const special = v128.or(
      i8x16.lt_s(bytes, i8x16.splat(0x20)),
      v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c))),
    );
    const mask = i8x16.bitmask(special);
    if (mask == 0) {
      at += 16;
      continue;
    }
    at += usize(ctz(mask));
    if (at >= end) return 0;
    const byte = u32(load<u8>(at));
    if (byte == 0x22) return at + 1;
    if (byte < 0x20) return 0;
    at = byte == 0x5c ? skipEscape(at, end) : skipWide(at, end);
    if (at == 0) return 0;
  }
  return 0;
}

/** Answers the address behind the digits at `at`, of which there is at least one, or 0. */
function skipDigits(at: usize, end: usize): usize {
  const start = at;
  while (at < end && isDigit(u32(load<u8>(at)))) at++;
  return at == start ? 0 : at;
}

function skipNumber(at: usize, end: usize): usize {
  if (load<u8>(at) == 0x2d) at++;
  if (at >= end) return 0;
  if (load<u8>(at) == 0x30) at++;
  else at = skipDigits(at, end);
  if (at == 0) return 0;
  if (at < end && load<u8>(at) == 0x2e) {
    at = skipDigits(at + 1, end);
    if (at == 0) return 0;
  }
  if (at < end && (load<u8>(at) | 0x20) == 0x65) {
    at++;
    if (at < end && (load<u8>(at) == 0x2b || load<u8>(at) == 0x2d)) at++;
    at = skipDigits(at, end);
  }
  return at;
}

/** Answers the address behind the value at `at`, or 0 when none ends before `end`. */
export function skipValue(at: usize, end: usize, depth: u32): usize {
  if (at >= end || depth > MAX_DEPTH) return 0;
  switch (u32(load<u8>(at))) {
    case 0x22:
      return skipString(at + 1, end);
    case 0x7b:
      return skipMembers(at + 1, end, depth);
    case 0x5b:
      return skipItems(at + 1, end, depth);
    case 0x74: // true
      return at + 4 <= end && load<u32>(at) == 0x65757274 ? at + 4 : 0;
    case 0x66: // false
      return at + 5 <= end && load<u32>(at, 1) == 0x65736c61 ? at + 5 : 0;
    case 0x6e: // null
      return at + 4 <= end && load<u32>(at) == 0x6c6c756e ? at + 4 : 0;
    default:
      return skipNumber(at, end);
  }
}

function skipItems(at: usize, end: usize, depth: u32): usize {
  if (at < end && load<u8>(at) == 0x5d) return at + 1;
  while (true) {
    at = skipValue(at, end, depth + 1);
    if (at == 0 || at >= end) return 0;
    const byte = load<u8>(at++);
    if (byte == 0x5d) return at;
    if (byte != 0x2c) return 0;
  }
}

function skipMembers(at: usize, end: usize, depth: u32): usize {
  if (at < end && load<u8>(at) == 0x7d) return at + 1;
  while (true) {
    if (at >= end || load<u8>(at) != 0x22) return 0;
    at = skipString(at + 1, end);
    if (at == 0 || at >= end || load<u8>(at) != 0x3a) return 0;
    at = skipValue(at + 1, end, depth + 1);
    if (at == 0 || at >= end) return 0;
    const byte = load<u8>(at++);
    if (byte == 0x7d) return at;
    if (byte != 0x2c) return 0;
  }
}
