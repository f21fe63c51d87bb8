import { expect, test } from "vitest";
import { delayAfterFailure, jittered, pauseAsked } from "./poll-delay.ts";

const MINUTE_MS = 60_000;

test("each failure doubles the wait, up to a quarter of an hour", () => {
  const waits = Array.from({ length: 12 }, (_, i) => delayAfterFailure(i + 1, () => 1));
  expect(waits.slice(0, 5)).toEqual([5_000, 10_000, 20_000, 40_000, 80_000]);
  expect(waits.at(-1)).toBe(15 * MINUTE_MS);
  expect(delayAfterFailure(10_000, () => 1)).toBe(15 * MINUTE_MS);
});

test("chance takes at most half of it away", () => {
  expect(delayAfterFailure(1, () => 0)).toBe(2_500);
});

test("what the other side asks for is done, up to a day", () => {
  expect([pauseAsked(undefined), pauseAsked(0), pauseAsked(7 * MINUTE_MS)]).toEqual([0, 0, 7 * MINUTE_MS]);
  expect(pauseAsked(1e12)).toBe(24 * 60 * MINUTE_MS);
});

test("intervals are spread by a tenth, and nothing stays nothing", () => {
  expect([jittered(1_000, () => 0), jittered(1_000, () => 0.5), jittered(1_000, () => 1)]).toEqual([900, 1_000, 1_100]);
  expect(jittered(0, () => 1)).toBe(0);
});
