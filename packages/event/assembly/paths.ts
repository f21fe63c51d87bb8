// Paths of units. Each has a number; its entry's blob is the head of every message at that path:
// 0x10, 16 bytes for the salt, u16be length of the path, the path.

import { add, blobLength, blobOf, find, PATH } from "./table";

const SALT_END: usize = 17;
export const HEAD_FIXED: usize = SALT_END + 2;
const MAX_PATHS: u32 = 16_000;
const MAX_PATH_BYTES: usize = 1_000;
const ENTRY_OF: usize = memory.data(4 * 16_000, 16);
const SCRATCH: usize = memory.data(1_100, 16);

let count: u32 = 0;

export function pathEntry(path: u32): usize { return usize(load<u32>(ENTRY_OF + (usize(path) << 2))); }

// @ts-ignore: decorator
@inline
export function headOf(path: u32): usize { return blobOf(pathEntry(path)); }

// @ts-ignore: decorator
@inline
export function headLength(path: u32): usize { return blobLength(pathEntry(path)); }

/** The path of the event itself, number 0; forgets every other. */
export function startPaths(): void {
  count = 0;
  store<u32>(ENTRY_OF, u32(add(PATH, 0xffffffff, SCRATCH, 0, 0, writeHead(0, 0, 0, 0), HEAD_FIXED)));
  count = 1;
}

function writeHead(parent: usize, parentLength: usize, key: usize, length: usize): usize {
  memory.fill(SCRATCH, 0, HEAD_FIXED);
  store<u8>(SCRATCH, 0x10);
  const pathLength = parentLength + length;
  store<u8>(SCRATCH, u8(pathLength >> 8), SALT_END);
  store<u8>(SCRATCH, u8(pathLength), SALT_END + 1);
  memory.copy(SCRATCH + HEAD_FIXED, parent, parentLength);
  memory.copy(SCRATCH + HEAD_FIXED + parentLength, key, length);
  return SCRATCH;
}

/** The path of a member; -1 when there is no room for one more. `key` needs no escaping (RFC 6901). */
export function child(parent: u32, key: usize, length: usize): i32 {
  const known = find(PATH, parent, key, length);
  return known != 0 ? i32(load<u32>(known, 12)) : addPath(parent, key, length);
}

function addPath(parent: u32, key: usize, length: usize): i32 {
  const head = headOf(parent);
  const parentLength = headLength(parent) - HEAD_FIXED;
  const total = parentLength + 1 + length;
  if (count >= MAX_PATHS || total > MAX_PATH_BYTES) return -1;
  writeHead(head + HEAD_FIXED, parentLength, key, 0);
  const at = SCRATCH + HEAD_FIXED + parentLength;
  store<u8>(at, 0x2f);
  memory.copy(at + 1, key, length);
  store<u8>(SCRATCH, u8(total >> 8), SALT_END);
  store<u8>(SCRATCH, u8(total), SALT_END + 1);
  const entry = add(PATH, parent, key, length, count, SCRATCH, HEAD_FIXED + total);
  if (entry == 0) return -1;
  store<u32>(ENTRY_OF + (usize(count) << 2), u32(entry));
  return i32(count++);
}
