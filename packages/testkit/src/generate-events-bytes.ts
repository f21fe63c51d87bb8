const HEX = Buffer.from("0123456789abcdef");
const ZERO = 0x30;

/** Bytes of an RFC 3339 time in UTC with milliseconds. */
export const TIME_BYTES = 24;
/** Bytes of a UUID as text. */
export const UUID_BYTES = 36;

/** Writes the low `digits` hex digits of an integer. */
export function writeHex(target: Uint8Array, at: number, value: number, digits: number): number {
  for (let i = digits - 1; i >= 0; i--) {
    target[at + i] = HEX[value & 15]!;
    value >>>= 4;
  }
  return at + digits;
}

/** Writes a non-negative integer in decimal. */
export function writeInteger(target: Uint8Array, at: number, value: number): number {
  let digits = 1;
  for (let bound = 10; bound <= value; bound *= 10) digits++;
  for (let i = digits - 1; i >= 0; i--) {
    const rest = Math.floor(value / 10);
    target[at + i] = ZERO + value - rest * 10;
    value = rest;
  }
  return at + digits;
}

/** Writes a UUIDv7 (RFC 9562) from its time and three times 32 random bits. */
export function writeUuidV7(
  target: Uint8Array,
  at: number,
  from: { readonly timeMs: number; readonly a: number; readonly b: number; readonly c: number },
): number {
  const high = Math.floor(from.timeMs / 0x1_0000);
  writeHex(target, at, high, 8);
  writeHex(target, at + 9, from.timeMs - high * 0x1_0000, 4);
  writeHex(target, at + 14, 0x7000 | (from.a & 0xfff), 4);
  writeHex(target, at + 19, 0x8000 | ((from.a >>> 12) & 0x3fff), 4);
  writeHex(target, at + 24, from.b, 8);
  writeHex(target, at + 32, from.c, 4);
  target[at + 8] = 0x2d;
  target[at + 13] = 0x2d;
  target[at + 18] = 0x2d;
  target[at + 23] = 0x2d;
  return at + UUID_BYTES;
}

const DAY_MS = 86_400_000;

/** Writes times; remembers the last day's date. */
export class TimeWriter {
  private day = -1;
  private readonly date = new Uint8Array(11);

  write(target: Uint8Array, at: number, timeMs: number): number {
    const day = Math.floor(timeMs / DAY_MS);
    if (day !== this.day) {
      this.date.set(Buffer.from(new Date(timeMs).toISOString().slice(0, 11)));
      this.day = day;
    }
    target.set(this.date, at);
    const inDay = timeMs - day * DAY_MS;
    const seconds = Math.floor(inDay / 1_000);
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    writeTwo(target, at + 11, hours);
    target[at + 13] = 0x3a;
    writeTwo(target, at + 14, minutes - hours * 60);
    target[at + 16] = 0x3a;
    writeTwo(target, at + 17, seconds - minutes * 60);
    target[at + 19] = 0x2e;
    const ms = inDay - seconds * 1_000;
    const hundreds = Math.floor(ms / 100);
    target[at + 20] = ZERO + hundreds;
    writeTwo(target, at + 21, ms - hundreds * 100);
    target[at + 23] = 0x5a;
    return at + TIME_BYTES;
  }
}

function writeTwo(target: Uint8Array, at: number, value: number): void {
  const tens = Math.floor(value / 10);
  target[at] = ZERO + tens;
  target[at + 1] = ZERO + value - tens * 10;
}
