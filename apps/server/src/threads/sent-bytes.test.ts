import fc from "fast-check";
import { expect, test } from "vitest";
import { movedWith, receiveBytes, sendBytes } from "./sent-bytes.ts";

test("what arrives is what was sent, through a structured clone", () => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ minLength: 4_090, maxLength: 4_100 }));
  fc.assert(
    fc.property(bytes, fc.nat(3), (whole, from) => {
      const some = whole.subarray(from);
      const sent = sendBytes(some);
      const expected = Array.from(some);
      const received = receiveBytes(structuredClone(sent, { transfer: movedWith(sent) }));
      expect(Array.from(received)).toEqual(expected);
    }),
  );
});

test("a long piece of a shared buffer leaves the buffer where it is", () => {
  const pool = new Uint8Array(20_000).fill(7);
  const sent = sendBytes(pool.subarray(5_000, 15_000));
  structuredClone(sent, { transfer: movedWith(sent) });
  expect(pool.every((byte) => byte === 7)).toBe(true);
  expect(pool).toHaveLength(20_000);
});
