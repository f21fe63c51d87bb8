import { describe, expect, test } from "vitest";
import { MAX_INSERT_ROWS } from "./follower.ts";
import { InsertPace } from "./insert-pace.ts";

/** A pace that has seen a steady rate for some seconds, of a log or of so many. */
function paceAt(eventsPerSecond: number, growthsPerSecond = 0): InsertPace {
  const pace = new InsertPace();
  const until = (rate: number, ms: number): number => (rate * ms) / 1_000;
  for (let ms = 0; ms <= 5_000; ms += 50)
    pace.note({ events: until(eventsPerSecond, ms), growths: until(growthsPerSecond, ms) }, ms);
  return pace;
}

describe("the pace of inserts", () => {
  test("is told from the last seconds", () => {
    expect(paceAt(30_000).rate()).toBeCloseTo(30_000, -2);
    const pace = paceAt(30_000);
    for (let ms = 5_050; ms <= 9_000; ms += 50) pace.note({ events: 150_000, growths: 0 }, ms);
    expect(pace.rate()).toBe(0);
    expect(new InsertPace().rate()).toBe(0);
    // After a silence of a minute.
    pace.note({ events: 180_000, growths: 0 }, 70_000);
    expect(pace.rate()).toBe(15_000);
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

  test("lets those go first who wait for an acknowledgement, when thousands of tenants record a little each", () => {
    expect(paceAt(10_000, 10_000).isDue(20_000, 5_000)).toBe(false);
    expect(paceAt(10_000, 10_000).isDue(20_000, 6_000)).toBe(true);
    expect(paceAt(300, 300).isDue(100, 250)).toBe(true);
  });
});
