import { CairnError } from "@cairn/event";
import { expect, test } from "vitest";
import { UnitLimiter } from "./unit-limiter.ts";

test("refuses a key in debt, says for how long, and forgets no other", () => {
  const limiter = new UnitLimiter(100);
  limiter.check("a", 0);
  limiter.spend("a", 350, 0); // one request may overdraw
  let refused: unknown;
  try {
    limiter.check("a", 0);
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeInstanceOf(CairnError);
  expect(refused).toMatchObject({ code: "too_many_requests", retryAfterSeconds: 3 });
  limiter.check("b", 0);
  expect(() => limiter.check("a", 2_400)).toThrow();
  limiter.check("a", 2_500);
});
