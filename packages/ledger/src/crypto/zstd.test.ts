import { expect, test } from "vitest";
import { LedgerError } from "../error.ts";
import { isPlain, packBody, unpack, unpackBody } from "./zstd.ts";

/** A body of this length: what it begins with is the length of its first section. */
function bodyOf(length: number): Buffer {
  const body = Buffer.alloc(length, "audit ");
  body.writeUInt32BE(length - 4);
  return body;
}

test("a body comes back, whether it was worth compressing or not", () => {
  for (const length of [4, 5, 300, 4_095, 4_096, 100_000]) {
    const body = bodyOf(length);
    const packed = packBody(body);
    expect(unpackBody(Buffer.from(packed)).equals(body)).toBe(true);
    expect(packed.length < body.length).toBe(!isPlain(length));
  }
});

test("what was packed shares no memory with what is written next", () => {
  const body = bodyOf(200);
  const packed = packBody(body);
  const before = Buffer.from(packed);
  body.fill(0);
  expect(before.equals(packed)).toBe(true);
});

test("a damaged frame is corrupt, not a body", () => {
  const packed = Buffer.from(packBody(bodyOf(10_000)));
  packed.fill(0xff, 8);
  expect(() => unpackBody(packed)).toThrow(LedgerError);
  expect(() => unpack(bodyOf(100))).toThrow(LedgerError);
});
