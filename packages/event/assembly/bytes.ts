// Comparing, copying, hashing and measuring bytes. All may read up to 15 bytes past the end.

// @ts-ignore: decorator
@inline
export function byte(p: usize): u32 {
  return u32(load<u8>(p));
}

/** Copies `length` bytes and up to 15 more. */
// @ts-ignore: decorator
@inline
export function copy(to: usize, from: usize, length: usize): void {
  let i: usize = 0;
  do {
    v128.store(to + i, v128.load(from + i));
    i += 16;
  } while (i < length);
}

export function equal(p: usize, q: usize, length: usize): bool {
  let i: usize = 0;
  for (; i + 8 <= length; i += 8) if (load<u64>(p + i) != load<u64>(q + i)) return false;
  if (i == length) return true;
  const unused = u64(8 - (length - i)) << 3;
  return load<u64>(p + i) << unused == load<u64>(q + i) << unused;
}

export function hash(seed: u64, p: usize, length: usize): u32 {
  let h = seed ^ (u64(length) * 0x9e3779b97f4a7c15);
  let i: usize = 0;
  for (; i + 8 <= length; i += 8) {
    h = (h ^ load<u64>(p + i)) * 0xff51afd7ed558ccd;
    h ^= h >> 32;
  }
  if (i < length) {
    const unused = u64(8 - (length - i)) << 3;
    h = (h ^ (load<u64>(p + i) << unused)) * 0xc4ceb9fe1a85ec53;
    h ^= h >> 32;
  }
  return u32(h ^ (h >> 15));
}

/** Counts the UTF-16 code units of valid UTF-8. */
export function codeUnits(p: usize, end: usize): u32 {
  let count: u32 = 0;
  for (; p < end; p++) {
    const c = byte(p);
    if ((c & 0xc0) != 0x80) count += c >= 0xf0 ? 2 : 1;
  }
  return count;
}

/** Tells whether bytes are UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF). */
export function isUtf8(p: usize, end: usize): bool {
  while (p < end) {
    const c = byte(p);
    if (c < 0x80) { p++; continue; }
    let more: usize = 1;
    let lowest: u32 = 0x80;
    let highest: u32 = 0xbf;
    if (c >= 0xc2 && c <= 0xdf) more = 1;
    else if (c >= 0xe0 && c <= 0xef) {
      more = 2;
      if (c == 0xe0) lowest = 0xa0;
      else if (c == 0xed) highest = 0x9f;
    } else if (c >= 0xf0 && c <= 0xf4) {
      more = 3;
      if (c == 0xf0) lowest = 0x90;
      else if (c == 0xf4) highest = 0x8f;
    } else return false;
    if (p + more >= end) return false;
    const second = byte(p + 1);
    if (second < lowest || second > highest) return false;
    for (let i: usize = 2; i <= more; i++) if ((byte(p + i) & 0xc0) != 0x80) return false;
    p += more + 1;
  }
  return true;
}
