// Times in the form in which they are kept: `2026-03-04T05:06:07.089Z`, from 1970 to 2261.

import { byte } from "./bytes";

/** The number that `count` digits at `p` make, or 0xffff. */
function digits(p: usize, count: usize): u32 {
  let value: u32 = 0;
  for (let i: usize = 0; i < count; i++) {
    const digit = byte(p + i) - 0x30;
    if (digit > 9) return 0xffff;
    value = value * 10 + digit;
  }
  return value;
}

function daysOf(month: u32, year: u32): u32 {
  if (month == 2) return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

export function isTime(p: usize, end: usize): bool {
  if (end - p != 24) return false;
  const year = digits(p, 4);
  const month = digits(p + 5, 2);
  const day = digits(p + 8, 2);
  return (
    year >= 1970 && year < 2262 && month - 1 < 12 && day != 0 && day <= daysOf(month, year) &&
    digits(p + 11, 2) < 24 && digits(p + 14, 2) < 60 && digits(p + 17, 2) < 60 && digits(p + 20, 3) < 1_000 &&
    byte(p + 4) == 0x2d && byte(p + 7) == 0x2d && byte(p + 10) == 0x54 && byte(p + 13) == 0x3a &&
    byte(p + 16) == 0x3a && byte(p + 19) == 0x2e && byte(p + 23) == 0x5a
  );
}
