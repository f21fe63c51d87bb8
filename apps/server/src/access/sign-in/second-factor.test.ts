import { Secret, TOTP } from "otpauth";
import { expect, test } from "vitest";
import { newRecoveryCodes, newTotpSecret, useCode } from "./second-factor.ts";

const secret = newTotpSecret();
const codeAt = (timestamp: number) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp });
const NOW_MS = 1_790_000_000_000;

test("a code of the app works once, and an older one not after it", () => {
  const fresh = { totp: { secret, lastStep: 0 } };
  const used = useCode(fresh, codeAt(NOW_MS), NOW_MS);
  expect(used?.totp?.lastStep).toBeGreaterThan(0);
  expect(useCode(used!, codeAt(NOW_MS), NOW_MS)).toBeUndefined();
  expect(useCode(used!, codeAt(NOW_MS - 30_000), NOW_MS)).toBeUndefined();
  expect(useCode(used!, codeAt(NOW_MS + 30_000), NOW_MS + 30_000)).toBeDefined();
});

test("clocks may be off by a step", () => {
  const fresh = { totp: { secret, lastStep: 0 } };
  expect(useCode(fresh, codeAt(NOW_MS - 30_000), NOW_MS)).toBeDefined();
  expect(useCode(fresh, codeAt(NOW_MS - 90_000), NOW_MS)).toBeUndefined();
});

test("a recovery code works once, however it is typed", () => {
  const { codes, digests } = newRecoveryCodes();
  expect(new Set(codes).size).toBe(10);
  const left = useCode({ recoveryCodes: digests }, codes[3]!.toUpperCase().replaceAll("-", " "), NOW_MS);
  expect(left?.recoveryCodes).toHaveLength(9);
  expect(useCode(left!, codes[3]!, NOW_MS)).toBeUndefined();
  expect(useCode(left!, "", NOW_MS)).toBeUndefined();
});
