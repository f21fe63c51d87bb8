// The units of one event: their paths are JSON Pointers (RFC 6901) apart from each other, their values JSON.

import { skipValue } from "./json";
import { skipWide } from "./text";

/** Most units of an event, by format version 1. */
export const MAX_UNITS: u32 = 1024;
/** "/log" as a little-endian word. */
const LOG: u32 = 0x676f6c2f;

/** Address and length of each path of the event. */
const PATHS: usize = memory.data(8 * 1024, 16);
let pathCount: u32 = 0;

/** The value that the unit /log must have. */
let origin: usize = 0;
let originLength: usize = 0;
let isOfOrigin: bool = false;

export function setOrigin(at: usize, length: usize): void {
  origin = at;
  originLength = length;
}

export function beginEvent(): void {
  pathCount = 0;
  isOfOrigin = false;
}

/** Tells whether the event has shown that it belongs to the log. */
export function belongsToLog(): bool {
  return isOfOrigin;
}

/** Tells whether `at` … `end` is a JSON Pointer, in UTF-8, to something inside a document. Reads up to 15 bytes past `end`. */
function isInnerPointer(at: usize, end: usize): bool {
  if (at >= end || load<u8>(at) != 0x2f) return false;
  while (at < end) {
    const bytes = v128.load(at);
    const special = v128.or(i8x16.lt_s(bytes, i8x16.splat(0)), i8x16.eq(bytes, i8x16.splat(0x7e)));
    const mask = i8x16.bitmask(special);
    if (mask == 0) {
      at += 16;
      continue;
    }
    at += usize(ctz(mask));
    if (at >= end) return true;
    if (load<u8>(at) == 0x7e) {
      if (at + 1 >= end || (load<u8>(at, 1) != 0x30 && load<u8>(at, 1) != 0x31)) return false;
      at += 2;
    } else {
      at = skipWide(at, end);
      if (at == 0) return false;
    }
  }
  return true;
}

function areEqual(p: usize, q: usize, length: usize): bool {
  while (length >= 8) {
    if (load<u64>(p) != load<u64>(q)) return false;
    p += 8;
    q += 8;
    length -= 8;
  }
  while (length > 0) {
    if (load<u8>(p) != load<u8>(q)) return false;
    p++;
    q++;
    length--;
  }
  return true;
}

/** Tells whether a path is one that was there before, its ancestor or its descendant. */
function isInTheWay(path: usize, length: usize): bool {
  const end = PATHS + (usize(pathCount) << 3);
  for (let at = PATHS; at < end; at += 8) {
    const other = usize(load<u32>(at));
    const otherLength = usize(load<u32>(at, 4));
    if (otherLength == length) {
      if (areEqual(other, path, length)) return true;
    } else if (otherLength < length) {
      if (load<u8>(path + otherLength) == 0x2f && areEqual(other, path, otherLength)) return true;
    } else if (load<u8>(other + length) == 0x2f && areEqual(other, path, length)) return true;
  }
  return false;
}

/** Takes the next unit of the event; false when it is not plainly in order. */
export function takeUnit(at: usize, end: usize): bool {
  if (at + 3 > end) return false;
  const path = at + 2;
  const pathLength = (usize(load<u8>(at)) << 8) | usize(load<u8>(at, 1));
  const value = path + pathLength;
  if (value >= end || !isInnerPointer(path, value) || isInTheWay(path, pathLength)) return false;
  if (skipValue(value, end, 0) != end) return false;
  store<u32>(PATHS + (usize(pathCount) << 3), u32(path));
  store<u32>(PATHS + (usize(pathCount) << 3), u32(pathLength), 4);
  pathCount++;
  if (pathLength == 4 && load<u32>(path) == LOG) {
    isOfOrigin = end - value == originLength && areEqual(value, origin, originLength);
  }
  return true;
}
