// SHA-256 of many messages of any lengths. They are taken in the order of their block counts, four at a time, so that
// the lanes stay full whatever the mixture.

import { begin, compress, setBlock, storeDigest, storeDigests } from "./compress";

/** Messages of this many blocks or more share one group; they are rare, and only the shorter of four waste a lane. */
const LAST_GROUP: u32 = 64;
/** How many messages each group has, then where its next one goes. */
const GROUPS: usize = memory.data(4 * 65, 16);
/** The last, padded blocks of four messages: two blocks for each lane. */
const TAILS: usize = memory.data(4 * 128, 16);
/** From MASK + 64 - n: n bytes of 0xff, then zeroes. */
const MASK: usize = memory.data<u8>([
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
], 16);
/** From MARK + 64 - n: n zeroes, then the 0x80 that ends a message, then zeroes. */
const MARK: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
], 16);

/** Blocks of a message once padded: its bytes, 0x80 and an 8-byte length. */
// @ts-ignore: decorator
@inline
function blockCount(length: u32): u32 {
  return u32((u64(length) + 72) >> 6);
}

// @ts-ignore: decorator
@inline
function groupOf(length: u32): u32 {
  return min(blockCount(length), LAST_GROUP);
}

/**
 * Writes the padded end of a message (FIPS 180-4 §5.1.1) to its lane's tail. Reads up to 63 bytes past the message: the
 * caller keeps that much memory behind the last one.
 */
function padTail(lane: usize, message: usize, length: u32): void {
  const tail = TAILS + (lane << 7);
  const rest = usize(length & 63);
  const from = message + usize(length & ~63);
  for (let j: usize = 0; j < 64; j += 16) {
    const kept = v128.and(v128.load(from + j), v128.load(MASK + 64 - rest + j));
    v128.store(tail + j, v128.or(kept, v128.load(MARK + 64 - rest + j)));
  }
  const bits = bswap<u64>(u64(length) << 3);
  if (rest < 56) {
    store<u64>(tail + 56, bits);
    return;
  }
  const zero = i64x2.splat(0);
  v128.store(tail + 64, zero);
  v128.store(tail + 80, zero);
  v128.store(tail + 96, zero);
  store<u64>(tail + 112, 0);
  store<u64>(tail + 120, bits);
}

/** Address of block `b` of a message: in place while whole, else in its lane's tail; any once the message has ended. */
// @ts-ignore: decorator
@inline
function blockAt(lane: usize, message: usize, length: u32, b: u32): usize {
  const whole = length >> 6;
  return b < whole ? message + (usize(b) << 6) : TAILS + (lane << 7) + (usize(min(b - whole, 1)) << 6);
}

/** Writes to `order` the numbers of all messages, by ascending block count. */
function sortByBlocks(lengths: usize, count: u32, order: usize): void {
  memory.fill(GROUPS, 0, 4 * 65);
  for (let i: u32 = 0; i < count; i++) {
    const at = GROUPS + (usize(groupOf(load<u32>(lengths + (usize(i) << 2)))) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  let sum: u32 = 0;
  for (let group: usize = 0; group <= usize(LAST_GROUP); group++) {
    const size = load<u32>(GROUPS + (group << 2));
    store<u32>(GROUPS + (group << 2), sum);
    sum += size;
  }
  for (let i: u32 = 0; i < count; i++) {
    const at = GROUPS + (usize(groupOf(load<u32>(lengths + (usize(i) << 2)))) << 2);
    const place = load<u32>(at);
    store<u32>(at, place + 1);
    store<u32>(order + (usize(place) << 2), i);
  }
}

/** Hashes four messages; equal ones are allowed, so that a ragged end repeats its last. */
function hashFour(
  m0: usize, m1: usize, m2: usize, m3: usize,
  n0: u32, n1: u32, n2: u32, n3: u32,
  o0: usize, o1: usize, o2: usize, o3: usize,
): void {
  padTail(0, m0, n0);
  padTail(1, m1, n1);
  padTail(2, m2, n2);
  padTail(3, m3, n3);
  const b0 = blockCount(n0);
  const b1 = blockCount(n1);
  const b2 = blockCount(n2);
  const b3 = blockCount(n3);
  const most = max(max(b0, b1), max(b2, b3));
  const least = min(min(b0, b1), min(b2, b3));
  begin();
  for (let b: u32 = 0; b < most; b++) {
    setBlock(blockAt(0, m0, n0, b), blockAt(1, m1, n1, b), blockAt(2, m2, n2, b), blockAt(3, m3, n3, b));
    compress();
    if (least == most) continue;
    if (b0 == b + 1) storeDigest(0, o0);
    if (b1 == b + 1) storeDigest(1, o1);
    if (b2 == b + 1) storeDigest(2, o2);
    if (b3 == b + 1) storeDigest(3, o3);
  }
  if (least == most) storeDigests(o0, o1, o2, o3);
}

/**
 * Writes the SHA-256 of each of `count` messages to `out`, 32 bytes each, in their order. `offsets` (from `input`) and
 * `lengths` are arrays of u32; `order` is room for as many.
 */
export function hashMessages(input: usize, offsets: usize, lengths: usize, count: u32, order: usize, out: usize): void {
  sortByBlocks(lengths, count, order);
  for (let at: u32 = 0; at < count; at += 4) {
    const i0 = usize(load<u32>(order + (usize(at) << 2)));
    const i1 = usize(load<u32>(order + (usize(min(at + 1, count - 1)) << 2)));
    const i2 = usize(load<u32>(order + (usize(min(at + 2, count - 1)) << 2)));
    const i3 = usize(load<u32>(order + (usize(min(at + 3, count - 1)) << 2)));
    hashFour(
      input + usize(load<u32>(offsets + (i0 << 2))),
      input + usize(load<u32>(offsets + (i1 << 2))),
      input + usize(load<u32>(offsets + (i2 << 2))),
      input + usize(load<u32>(offsets + (i3 << 2))),
      load<u32>(lengths + (i0 << 2)),
      load<u32>(lengths + (i1 << 2)),
      load<u32>(lengths + (i2 << 2)),
      load<u32>(lengths + (i3 << 2)),
      out + (i0 << 5), out + (i1 << 5), out + (i2 << 5), out + (i3 << 5),
    );
  }
}
