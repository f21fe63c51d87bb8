import { expect, test } from "vitest";
import { stoppedActions } from "./stopped-actions.ts";

const of = (...pairs: readonly (readonly [string, number])[]) => pairs.map(([value, count]) => ({ value, count }));

test("an action that came in often and no longer does has stopped; a rare one has not", () => {
  expect(stoppedActions(of(["a", 90], ["b", 5], ["c", 4]), of(["a", 1]), { counted: 100 })).toEqual(of(["b", 5]));
});

test("nothing is said where not all actions were counted", () => {
  expect(stoppedActions(of(["b", 50]), of(["a", 1], ["c", 1]), { counted: 2 })).toEqual([]);
});
