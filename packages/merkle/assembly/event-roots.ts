// event_root = SHA-256(0x11 || u16be(n) || c_1 || … || c_n), the commitments ascending as byte strings.

import { hashMessages } from "./messages";

/** Steps of Ciura's Shell sort for up to 1024 items: near insertion sort for the usual twenty, never quadratic. */
const GAPS: usize = memory.data<u32>([701, 301, 132, 57, 23, 10, 4, 1], 4);
const GAP_COUNT: usize = 8;

/** One commitment being sorted: its first eight bytes as a big-endian number, then its address. */
const ITEM: usize = 16;
/** Room for the 1024 items of the largest event. */
const ITEMS: usize = memory.data(16 * 1024, 16);

// @ts-ignore: decorator
@inline
function word(p: usize, offset: usize): u64 {
  return bswap<u64>(load<u64>(p + offset));
}

/** Orders two commitments whose first eight bytes are equal; negative, zero or positive. */
function compareRest(p: usize, q: usize): i32 {
  for (let offset: usize = 8; offset < 32; offset += 8) {
    const x = word(p, offset);
    const y = word(q, offset);
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function isAfter(item: usize, key: u64, address: usize): bool {
  const itemKey = load<u64>(item);
  return itemKey == key ? compareRest(usize(load<u32>(item, 8)), address) > 0 : itemKey > key;
}

/** Sorts ITEMS[0 … count). */
function sortItems(count: u32): void {
  for (let step: usize = 0; step < GAP_COUNT; step++) {
    const gap = load<u32>(GAPS + (step << 2));
    for (let i = gap; i < count; i++) {
      const key = load<u64>(ITEMS + usize(i) * ITEM);
      const address = usize(load<u32>(ITEMS + usize(i) * ITEM, 8));
      let j = i;
      while (j >= gap && isAfter(ITEMS + usize(j - gap) * ITEM, key, address)) {
        v128.store(ITEMS + usize(j) * ITEM, v128.load(ITEMS + usize(j - gap) * ITEM));
        j -= gap;
      }
      store<u64>(ITEMS + usize(j) * ITEM, key);
      store<u32>(ITEMS + usize(j) * ITEM, u32(address), 8);
    }
  }
}

/**
 * Writes the event roots of `events` events to `out`. `counts` (u32) says how many of `commitments` each takes, 1 to
 * 1024. `offsets`, `lengths` and `order` are room for one u32 an event, `messages` for 3 bytes an event and 32 a
 * commitment, and 64 spare. Answers -1, or the number of the first event that has a commitment twice.
 */
export function eventRoots(
  commitments: usize, counts: usize, events: u32,
  messages: usize, offsets: usize, lengths: usize, order: usize, out: usize,
): i32 {
  let from = commitments;
  let to = messages;
  for (let event: u32 = 0; event < events; event++) {
    const count = load<u32>(counts + (usize(event) << 2));
    for (let i: u32 = 0; i < count; i++) {
      store<u64>(ITEMS + usize(i) * ITEM, word(from, 0));
      store<u32>(ITEMS + usize(i) * ITEM, u32(from), 8);
      from += 32;
    }
    sortItems(count);
    store<u32>(offsets + (usize(event) << 2), u32(to - messages));
    store<u32>(lengths + (usize(event) << 2), 3 + (count << 5));
    store<u8>(to, 0x11);
    store<u8>(to, u8(count >> 8), 1);
    store<u8>(to, u8(count), 2);
    to += 3;
    let previous: usize = 0;
    for (let i: u32 = 0; i < count; i++) {
      const address = usize(load<u32>(ITEMS + usize(i) * ITEM, 8));
      if (i > 0 && word(previous, 0) == word(address, 0) && compareRest(previous, address) == 0) return i32(event);
      v128.store(to, v128.load(address), 0);
      v128.store(to, v128.load(address, 16), 16);
      previous = address;
      to += 32;
    }
  }
  hashMessages(messages, offsets, lengths, events, order, out);
  return -1;
}
