import fc from "fast-check";
import { expect, test } from "vitest";
import { RecentMap } from "./recent-map.ts";

test("gives what was set last, or nothing, whatever is set and deleted", () => {
  const step = fc.record({
    what: fc.constantFrom("set", "delete", "get", "clear"),
    key: fc.nat(20),
    value: fc.nat(),
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.array(step, { maxLength: 200 }), (capacity, steps) => {
      const map = new RecentMap<number, number>(capacity);
      const model = new Map<number, number>();
      for (const { what, key, value } of steps) {
        if (what === "set") {
          map.set(key, value);
          model.set(key, value);
        } else if (what === "delete") {
          map.delete(key);
          model.delete(key);
        } else if (what === "clear" && value % 10 === 0) {
          map.clear();
          model.clear();
        }
        const found = map.get(key);
        if (found !== undefined) expect(found).toBe(model.get(key));
      }
    }),
  );
});

test("keeps the latest half of its capacity, and what is used again and again", () => {
  const map = new RecentMap<number, number>(20);
  for (let i = 0; i < 1_000; i++) {
    map.set(i, i);
    expect(map.get(0)).toBe(0);
    for (let back = 0; back < Math.min(9, i); back++) expect(map.get(i - back)).toBe(i - back);
  }
  expect(map.get(500)).toBeUndefined();
});
