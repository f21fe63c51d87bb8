import { expect, test } from "vitest";
import { LOCK_MS, LockOut } from "./lock-out.ts";

function lockOut() {
  let nowMs = 1;
  const locks = new LockOut(() => nowMs);
  return { locks, later: (ms: number) => (nowMs += ms) };
}
const at = (account: string, address = "a") => ({ account, address });

test("five failures lock an account for a quarter of an hour, from wherever", () => {
  const { locks, later } = lockOut();
  const locked = [1, 2, 3, 4, 5].map((n) => locks.failed(at("jane", String(n))).isLocked);
  expect(locked).toEqual([false, false, false, false, true]);
  expect(() => locks.check(at("jane", "elsewhere"))).toThrow(/locked/);
  locks.check(at("joe", "elsewhere"));
  later(LOCK_MS);
  locks.check(at("jane"));
});

test("a success forgives, and failures age", () => {
  const { locks, later } = lockOut();
  for (let i = 0; i < 4; i++) locks.failed(at("jane"));
  locks.succeeded({ account: "jane" });
  for (let i = 0; i < 4; i++) locks.failed(at("jane"));
  later(LOCK_MS);
  locks.failed(at("jane"));
  locks.check(at("jane"));
});

test("thirty failures lock an address, whoever it is tried for", () => {
  const { locks } = lockOut();
  for (let i = 0; i < 30; i++) locks.failed(at(`nobody-${i}`));
  expect(() => locks.check(at("jane"))).toThrow(/locked/);
  locks.check(at("jane", "b"));
});
