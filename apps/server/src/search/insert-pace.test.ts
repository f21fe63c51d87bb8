import { describe, expect, test } from "vitest";
import { MAX_INSERT_ROWS } from "./follower.ts";
import { InsertPace } from "./insert-pace.ts";

/** A pace that has seen a steady rate for some seconds. */
function paceAt(eventsPerSecond: number): InsertPace {
  const pace = new InsertPace();
  for (let ms = 0; ms <= 5_000; ms += 50) pace.note((eventsPerSecond * ms) / 1_000, ms);
  return pace;
}

describe("the pace of inserts", () => {
  test("is told from the last seconds", () => {
    expect(paceAt(30_000).rate()).toBeCloseTo(30_000, -2);
    const pace = paceAt(30_000);
    for (let ms = 5_050; ms <= 9_000; ms += 50) pace.note(150_000, ms);
    expect(pace.rate()).toBe(0);
    expect(new InsertPace().rate()).toBe(0);
  });

  test("is quick while little comes in, and while 15,000 a second do", () => {
    expect(paceAt(100).isDue(25, 200)).toBe(false);
    expect(paceAt(100).isDue(25, 250)).toBe(true);
    expect(paceAt(15_000).isDue(6_000, 300)).toBe(false);
    expect(paceAt(15_000).isDue(6_000, 400)).toBe(true);
  });

  test("waits for large inserts in a flood, but not beyond the largest", () => {
    expect(paceAt(50_000).isDue(50_000, 1_000)).toBe(false);
    expect(paceAt(50_000).isDue(50_000, 2_000)).toBe(true);
    expect(paceAt(50_000).isDue(MAX_INSERT_ROWS, 0)).toBe(true);
  });
});
