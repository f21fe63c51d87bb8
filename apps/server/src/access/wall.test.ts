import { formatQuery, parseQuery } from "@cairn/event";
import { expect, test } from "vitest";
import { checkWall, joinWalls, walled, walledText } from "./wall.ts";

const nowMs = Date.UTC(2026, 5, 1);

test.each([
  ["action:a", "location:b", "location:b action:a"],
  ["", "location:b", "location:b"],
  ["action:a OR action:b", "location:b", "location:b (action:a OR action:b)"],
  ["action:a", "location:b OR location:c", "(location:b OR location:c) action:a"],
  ["NOT action:a", "NOT location:b", "NOT location:b NOT action:a"],
])("%j behind %j is %j", (q, wall, expected) => {
  expect(walledText(q, wall, nowMs)).toBe(expected);
  expect(formatQuery(walled(parseQuery(q, { nowMs }), wall, nowMs))).toBe(expected);
});

test.each([") OR (*", "a) OR (b", '" OR *', "(", "a OR"])("%j does not climb over", (q) => {
  expect(() => walledText(q, "location:b", nowMs)).toThrow();
});

test("walls of groups are alternatives, the own one is not", () => {
  expect(joinWalls(undefined, [])).toBeUndefined();
  expect(joinWalls("a:b", [])).toBe("a:b");
  const both = joinWalls("action:x", ["location:a", "location:b"]);
  expect(formatQuery(parseQuery(both!, { nowMs }))).toBe("action:x (location:a OR location:b)");
});

test.each(["", "   ", "action:(", "x".repeat(3_000)])("%j is no wall", (wall) => {
  expect(() => checkWall(wall)).toThrow();
});
