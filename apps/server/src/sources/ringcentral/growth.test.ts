import { expect, test } from "vitest";
import { dayOf, grown, growthWarning, intervalFor } from "./growth.ts";

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 2, 4, 12, 30);
const times = (count: number, atMs: number) => Array.from({ length: count }, () => atMs);

test("counts by hour, and forgets after a day", () => {
  let growth = grown({}, [...times(3, NOW - 2 * HOUR_MS), ...times(2, NOW)], NOW);
  expect(dayOf(growth)).toBe(5);
  growth = grown(growth, times(1, NOW + 23 * HOUR_MS), NOW + 23 * HOUR_MS);
  expect(dayOf(growth)).toBe(3);
  expect(dayOf(grown(growth, times(9, NOW - 30 * HOUR_MS), NOW + 23 * HOUR_MS))).toBe(3);
});

test("the busiest hour decides how soon it looks again", () => {
  const quarterMs = 15 * 60_000;
  expect(intervalFor({}, quarterMs)).toBe(quarterMs);
  expect(intervalFor(grown({}, times(100, NOW), NOW), quarterMs)).toBe(quarterMs);
  expect(intervalFor(grown({}, times(40_000, NOW), NOW), quarterMs)).toBe(HOUR_MS / 8);
  expect(intervalFor({ "1": 9_000_000 }, quarterMs)).toBe(60_000);
});

test("warns from half the cap a day on", () => {
  expect(growthWarning(grown({}, times(5_000, NOW), NOW))).toBeUndefined();
  expect(growthWarning(grown({}, times(6_000, NOW), NOW))).toContain("after 40 hours");
});
