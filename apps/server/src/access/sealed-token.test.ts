import { expect, test } from "vitest";
import { sealedToken } from "./sealed-token.ts";

const tokens = sealedToken<string>(new Uint8Array(32).fill(7), "test");
const NEVER_MS = Number.MAX_SAFE_INTEGER;

test("what was written is read, by the same purpose and until it is over", () => {
  const token = tokens.write("1.41", 1_000);
  expect(tokens.read(token, 999)).toBe("1.41");
  expect(tokens.read(token, 1_000)).toBeUndefined();
  expect(sealedToken<string>(new Uint8Array(32).fill(7), "other").read(token, 0)).toBeUndefined();
});

test("the length of a token does not tell how long a number in it is", () => {
  const lengths = [0, 9, 25_002, 10_000_000_000].map((sequence) => tokens.write(`1.${sequence}`, NEVER_MS).length);
  expect(new Set(lengths).size).toBe(1);
});

test("a token has one spelling", () => {
  for (const value of ["", "a", "ab", "abc", "x".repeat(40)]) {
    const token = tokens.write(value, NEVER_MS);
    expect(tokens.read(token, 0)).toBe(value);
    for (const other of [`${token}x`, `${token}=`, token.slice(0, -1), ` ${token}`])
      expect(tokens.read(other, 0)).toBeUndefined();
  }
});
