// The two fixed shapes of RFC 6962 §2.1: leaves of 42-byte entries and interior nodes. Their prefix byte is put in
// while loading, so that nothing is copied: each block is read from one byte before its data.

import { begin, compress, setWord, setWords, storeDigests } from "./compress";

const ENTRY_LENGTH: usize = 42;

/** Bytes 32 to 47 of a padded leaf message: the last eleven of the entry, 0x80, zeroes. */
// @ts-ignore: decorator
@inline
function leafEnd(p: usize): v128 {
  const kept = v128.and(v128.load(p, 31), v128(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0));
  return v128.or(kept, v128(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -128, 0, 0, 0, 0));
}

/** Bytes 0 to 15 of a message whose prefix byte stands before the data at `p`. */
// @ts-ignore: decorator
@inline
function prefixed(p: usize, prefix: u8): v128 {
  return i8x16.replace_lane(v128.load(p - 1), 0, prefix);
}

/** Writes SHA-256(0x00 || entry) of `count` entries of 42 bytes each to `out`. One block a leaf: 43 bytes. */
export function leafHashes(entries: usize, count: u32, out: usize): void {
  for (let i: u32 = 0; i < count; i += 4) {
    const i1 = min(i + 1, count - 1);
    const i2 = min(i + 2, count - 1);
    const i3 = min(i + 3, count - 1);
    const p0 = entries + usize(i) * ENTRY_LENGTH;
    const p1 = entries + usize(i1) * ENTRY_LENGTH;
    const p2 = entries + usize(i2) * ENTRY_LENGTH;
    const p3 = entries + usize(i3) * ENTRY_LENGTH;
    begin();
    setWords(0, prefixed(p0, 0), prefixed(p1, 0), prefixed(p2, 0), prefixed(p3, 0));
    setWords(1, v128.load(p0, 15), v128.load(p1, 15), v128.load(p2, 15), v128.load(p3, 15));
    setWords(2, leafEnd(p0), leafEnd(p1), leafEnd(p2), leafEnd(p3));
    setWord(12, i32x4.splat(0));
    setWord(13, i32x4.splat(0));
    setWord(14, i32x4.splat(0));
    setWord(15, i32x4.splat(43 * 8));
    compress();
    storeDigests(out + (usize(i) << 5), out + (usize(i1) << 5), out + (usize(i2) << 5), out + (usize(i3) << 5));
  }
}

/** Word 0 of the second block of a node: the last byte of the right child, then 0x80. */
// @ts-ignore: decorator
@inline
function nodeEnd(p: usize): u32 {
  return (u32(load<u8>(p, 63)) << 24) | 0x800000;
}

/** Writes SHA-256(0x01 || left || right) of `count` pairs of hashes to `out`. Two blocks a node: 65 bytes. */
export function nodeHashes(pairs: usize, count: u32, out: usize): void {
  for (let i: u32 = 0; i < count; i += 4) {
    const i1 = min(i + 1, count - 1);
    const i2 = min(i + 2, count - 1);
    const i3 = min(i + 3, count - 1);
    const p0 = pairs + (usize(i) << 6);
    const p1 = pairs + (usize(i1) << 6);
    const p2 = pairs + (usize(i2) << 6);
    const p3 = pairs + (usize(i3) << 6);
    begin();
    setWords(0, prefixed(p0, 1), prefixed(p1, 1), prefixed(p2, 1), prefixed(p3, 1));
    setWords(1, v128.load(p0, 15), v128.load(p1, 15), v128.load(p2, 15), v128.load(p3, 15));
    setWords(2, v128.load(p0, 31), v128.load(p1, 31), v128.load(p2, 31), v128.load(p3, 31));
    setWords(3, v128.load(p0, 47), v128.load(p1, 47), v128.load(p2, 47), v128.load(p3, 47));
    compress();
    let first = i32x4.splat(nodeEnd(p0));
    first = i32x4.replace_lane(first, 1, nodeEnd(p1));
    first = i32x4.replace_lane(first, 2, nodeEnd(p2));
    first = i32x4.replace_lane(first, 3, nodeEnd(p3));
    setWord(0, first);
    for (let word: usize = 1; word < 15; word++) setWord(word, i32x4.splat(0));
    setWord(15, i32x4.splat(65 * 8));
    compress();
    storeDigests(out + (usize(i) << 5), out + (usize(i1) << 5), out + (usize(i2) << 5), out + (usize(i3) << 5));
  }
}
