// Texts met before and what is known of them, by open addressing. An entry is 24 bytes of header, its key, its blob.

import { copy, equal, hash } from "./bytes";
import { ENTRIES, ENTRY_BYTES, SLOT_COUNT, SLOTS } from "./memory";

/** Kinds of entries; the caller's list has the same numbers. */
export const KEY: u32 = 1;
export const PATH: u32 = 2;
export const SHAPE: u32 = 3;
export const CATEGORY: u32 = 4;
export const VERB: u32 = 5;
export const OUTCOME: u32 = 6;
export const CLIENT_KIND: u32 = 13;
export const ACTION: u32 = 7;
export const ACTOR: u32 = 8;
export const TARGET_TYPE: u32 = 9;
export const PERSON: u32 = 10;
export const MONTH: u32 = 11;
export const ADDRESS: u32 = 12;

const HEADER: usize = 24;
/** Slots looked at for one key: who makes keys collide gets the slow way, not a slow table. */
const MAX_PROBES: u32 = 32;
const MAX_FILL: u32 = SLOT_COUNT / 2;

let count: u32 = 0;
let top: usize = ENTRIES;
let seed: u64 = 0;

export function clear(first: u32, second: u32): void {
  memory.fill(SLOTS, 0, usize(SLOT_COUNT) << 2);
  count = 0;
  top = ENTRIES;
  seed = (u64(first) << 32) | u64(second);
}

export function usedBytes(): usize { return top - ENTRIES; }

function hashOf(kind: u32, context: u32, key: usize, length: usize): u32 {
  return hash(seed ^ (u64(kind) << 32) ^ u64(context), key, length);
}

/** Address of the entry of a key, or 0. */
export function find(kind: u32, context: u32, key: usize, length: usize): usize {
  const h = hashOf(kind, context, key, length);
  let slot = h & (SLOT_COUNT - 1);
  for (let i: u32 = 0; i < MAX_PROBES; i++) {
    const entry = usize(load<u32>(SLOTS + (usize(slot) << 2)));
    if (entry == 0) return 0;
    if (
      load<u32>(entry) == h && load<u32>(entry, 4) == context && load<u16>(entry, 8) == u16(kind) &&
      load<u16>(entry, 10) == u16(length) && equal(entry + HEADER, key, length)
    ) return entry;
    slot = (slot + 1) & (SLOT_COUNT - 1);
  }
  return 0;
}

/** Adds a key that is not there; 0 when there is no room. */
export function add(kind: u32, context: u32, key: usize, length: usize, value: u32, blob: usize, blobLength: usize): usize {
  const bytes = HEADER + ((length + 7) & ~7) + ((blobLength + 7) & ~7);
  if (count >= MAX_FILL || length > 0xffff || top + bytes > ENTRIES + ENTRY_BYTES) return 0;
  const h = hashOf(kind, context, key, length);
  let slot = h & (SLOT_COUNT - 1);
  let probes: u32 = 0;
  while (load<u32>(SLOTS + (usize(slot) << 2)) != 0) {
    if (++probes >= MAX_PROBES) return 0;
    slot = (slot + 1) & (SLOT_COUNT - 1);
  }
  const entry = top;
  top += bytes;
  count++;
  store<u32>(entry, h);
  store<u32>(entry, context, 4);
  store<u16>(entry, u16(kind), 8);
  store<u16>(entry, u16(length), 10);
  store<u32>(entry, value, 12);
  store<u32>(entry, u32(blobLength), 16);
  memory.copy(entry + HEADER, key, length);
  memory.copy(entry + HEADER + ((length + 7) & ~7), blob, blobLength);
  store<u32>(SLOTS + (usize(slot) << 2), u32(entry));
  return entry;
}

// @ts-ignore: decorator
@inline
export function valueOf(entry: usize): u32 { return load<u32>(entry, 12); }

// @ts-ignore: decorator
@inline
export function keyOf(entry: usize): usize { return entry + HEADER; }

// @ts-ignore: decorator
@inline
export function blobOf(entry: usize): usize { return entry + HEADER + ((usize(load<u16>(entry, 10)) + 7) & ~7); }

// @ts-ignore: decorator
@inline
export function blobLength(entry: usize): usize { return usize(load<u32>(entry, 16)); }

/** Teaches a text; false when there is no room. */
export function learn(kind: u32, context: u32, key: usize, length: usize, value: u32, blob: usize, blobBytes: usize): bool {
  if (find(kind, context, key, length) != 0) return true;
  return add(kind, context, key, length, value, blob, blobBytes) != 0;
}
