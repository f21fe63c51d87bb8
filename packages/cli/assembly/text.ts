// UTF-8, by RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF.

// @ts-ignore: decorator
@inline
function isContinuation(at: usize): bool {
  return (load<u8>(at) & 0xc0) == 0x80;
}

/** Answers the address behind the character at `at`, whose first byte is 0x80 or more; 0 when it is none, or ends past `end`. */
export function skipWide(at: usize, end: usize): usize {
  const lead = u32(load<u8>(at));
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length: usize = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (at + length > end || !isContinuation(at + 1)) return 0;
  if (length == 2) return at + 2;
  const second = u32(load<u8>(at, 1));
  if (!isContinuation(at + 2)) return 0;
  if (length == 3) {
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)) return 0;
    return at + 3;
  }
  if (!isContinuation(at + 3) || (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) return 0;
  return at + 4;
}
