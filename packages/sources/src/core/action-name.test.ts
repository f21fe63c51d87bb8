import { ACTION_PATTERN } from "@cairn/event";
import fc from "fast-check";
import { expect, test } from "vitest";
import { actionOf, actionSegment, snakeCase } from "./action-name.ts";

test.each([
  ["User: Log In", "user.log_in"],
  ["com.example.record.viewed", "com.example.record.viewed"],
  ["-Do It: now-", "do_it.now"],
  ["…", "unknown"],
  ["", "unknown"],
  ["x".repeat(300), "x".repeat(90)],
])("%.40s is the action %.40s", (text, action) => {
  expect(actionOf(text)).toBe(action);
});

test("any text becomes an action and a segment of one", () => {
  const pattern = new RegExp(ACTION_PATTERN);
  fc.assert(
    fc.property(fc.string({ maxLength: 600 }), (text) => {
      for (const action of [actionOf(text), actionSegment(text)]) {
        expect(action).toMatch(pattern);
        expect(action.length).toBeLessThanOrEqual(200);
      }
    }),
  );
});

test("endless capitals do not hold anybody up", () => {
  expect(snakeCase("A".repeat(1_000_000)).length).toBeLessThan(1_000);
  expect(snakeCase("ListSSHPublicKeys")).toBe("list_ssh_public_keys");
});
