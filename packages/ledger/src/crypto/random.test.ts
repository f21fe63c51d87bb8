import { expect, test } from "vitest";
import { drawRandom } from "./random.ts";

test("no bytes are given twice, whatever the sizes drawn", () => {
  const seen = new Set<string>();
  const sizes = [12, 16, 32, 1_000, 1_024, 1_025, 20_000];
  let drawn = 0;
  for (let round = 0; round < 30; round++) {
    for (const size of sizes) {
      const bytes = drawRandom(size);
      expect(bytes).toHaveLength(size);
      for (let at = 0; at + 8 <= size; at += 8) {
        seen.add(Buffer.from(bytes.subarray(at, at + 8)).toString("latin1"));
        drawn++;
      }
    }
  }
  expect(seen.size).toBe(drawn);
});

test("what was given stays as it is when more is drawn", () => {
  const first = drawRandom(32);
  const copy = first.slice();
  for (let i = 0; i < 2_000; i++) drawRandom(32);
  expect(first).toEqual(copy);
});
