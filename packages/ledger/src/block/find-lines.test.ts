import fc from "fast-check";
import { expect, test } from "vitest";
import { findLines } from "./block-columns.ts";

test("lines are found wherever they begin in memory", () => {
  const byte = fc.oneof(
    { weight: 1, arbitrary: fc.constant(0x0a) },
    { weight: 3, arbitrary: fc.integer({ max: 255, min: 0 }) },
  );
  const input = fc.record({
    bytes: fc.array(byte, { maxLength: 60 }),
    offset: fc.nat(7),
    from: fc.nat(60),
  });
  fc.assert(
    fc.property(input, ({ bytes, offset, from }) => {
      const memory = Buffer.alloc(offset + bytes.length);
      memory.set(bytes, offset);
      const first = Math.min(from, bytes.length);
      const ends = bytes.flatMap((each, i) => (i >= first && each === 0x0a ? [i + 1] : []));
      expect([...findLines(memory.subarray(offset), first).starts]).toEqual([first, ...ends]);
    }),
  );
});
