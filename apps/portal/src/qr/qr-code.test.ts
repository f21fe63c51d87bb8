import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { multiply, power } from "./field.ts";
import { MASKS } from "./masks.ts";
import { qrCode } from "./qr-code.ts";

type Code = readonly (readonly boolean[])[];

/** Reads the format beside the first finder: 15 bits under their mask, of which the level and the mask of the data are five. */
function formatOf(code: Code): { readonly level: number; readonly mask: number } {
  const places = [0, 1, 2, 3, 4, 5, 7, 8].map((y) => [y, 8]).concat([7, 5, 4, 3, 2, 1, 0].map((x) => [8, x]));
  const bits = places.reduce((sum, [y = 0, x = 0], i) => sum | (code[y]?.[x] === true ? 1 << i : 0), 0) ^ 0x5412;
  return { level: bits >> 13, mask: (bits >> 10) & 7 };
}

/** Reads the bytes of a code of version 1, which has no alignment: 26, column pairs from the right, past what is fixed. */
function bytesOf(code: Code, mask: number): readonly number[] {
  const isFlipped = MASKS[mask];
  const bits: number[] = [];
  const isFixed = (y: number, x: number) => (y < 9 && (x < 9 || x >= 13)) || (y >= 13 && x < 9) || y === 6 || x === 6;
  const rights = [20, 18, 16, 14, 12, 10, 8, 5, 3, 1];
  for (const [n, right] of rights.entries()) {
    for (let i = 0; i < 21; i++) {
      const y = n % 2 === 0 ? 20 - i : i;
      for (const x of [right, right - 1])
        if (!isFixed(y, x)) bits.push(Number((code[y]?.[x] === true) !== (isFlipped?.(y, x) === true)));
    }
  }
  return Array.from({ length: 26 }, (_, i) => Number.parseInt(bits.slice(8 * i, 8 * i + 8).join(""), 2));
}

describe("a QR code", () => {
  test("of the smallest kind says its level and mask, divides by its generator, and reads back", () => {
    for (const text of ["", "a", "Cairn", "fourteen signs"]) {
      const code = qrCode(text);
      expect(code).toHaveLength(21);
      const { level, mask } = formatOf(code);
      expect(level).toBe(0);
      const bytes = bytesOf(code, mask);
      // A codeword is zero at every root of the generator: 2⁰ to 2⁹.
      for (let root = 0; root < 10; root++)
        expect(bytes.reduce((sum, byte) => multiply(sum, power(root)) ^ byte, 0)).toBe(0);
      const bits = bytes.map((byte) => byte.toString(2).padStart(8, "0")).join("");
      expect(bits.slice(0, 4)).toBe("0100");
      const length = Number.parseInt(bits.slice(4, 12), 2);
      const read = Array.from({ length }, (_, i) => Number.parseInt(bits.slice(12 + 8 * i, 20 + 8 * i), 2));
      expect(String.fromCharCode(...read)).toBe(text);
    }
  });

  test("of each size is the one that an independent reader read", () => {
    const digestOf = (code: Code) =>
      createHash("sha256")
        .update(code.map((row) => row.map(Number).join("")).join("\n"))
        .digest("hex")
        .slice(0, 16);
    const read = [14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331].map((length) => {
      const code = qrCode("x".repeat(length));
      return [(code.length - 17) / 4, digestOf(code)];
    });
    expect(read).toEqual(READ);
    expect(() => qrCode("x".repeat(332))).toThrow(RangeError);
  });
});

/** Version, and digest of the modules, each read by another program. */
const READ = [
  [1, "ca4e5f8669011ed0"],
  [2, "6b3c728f6da5c737"],
  [3, "29e68797907db7dd"],
  [4, "9040f52bb1e8a298"],
  [5, "11f4048c14db893b"],
  [6, "536f804ac066bd50"],
  [7, "91c925bdfb77e72b"],
  [8, "05776ce767bdb1a4"],
  [9, "21e02ceea8d235cf"],
  [10, "f8a692e420006d88"],
  [11, "02c6d07909d402b4"],
  [12, "8c89cf96ef607e58"],
  [13, "4e71bbf98fe1cf36"],
];
