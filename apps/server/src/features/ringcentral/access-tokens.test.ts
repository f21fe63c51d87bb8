import { afterEach, expect, test, vi } from "vitest";
import { ACCESS_SECONDS, AccessTokens, REFRESH_SECONDS } from "./access-tokens.ts";

afterEach(() => vi.useRealTimers());

test("each token is good for what it is for, and for its time", () => {
  vi.useFakeTimers();
  const tokens = new AccessTokens();
  const { access, refresh } = tokens.issue("key-1");
  expect(tokens.read(access, "access")?.keyId).toBe("key-1");
  expect(tokens.read(refresh, "refresh")?.keyId).toBe("key-1");
  expect(tokens.read(access, "refresh")).toBeUndefined();
  expect(tokens.read(refresh, "access")).toBeUndefined();
  vi.advanceTimersByTime(ACCESS_SECONDS * 1_000);
  expect(tokens.read(access, "access")).toBeUndefined();
  expect(tokens.read(refresh, "refresh")?.keyId).toBe("key-1");
  vi.advanceTimersByTime(REFRESH_SECONDS * 1_000);
  expect(tokens.read(refresh, "refresh")).toBeUndefined();
});

test("ending a session ends all its tokens and no others", () => {
  const tokens = new AccessTokens();
  const first = tokens.issue("key-1");
  const other = tokens.issue("key-1");
  const renewed = tokens.issue("key-1", tokens.read(first.refresh, "refresh")?.session);
  tokens.end(first.access);
  for (const { access, refresh } of [first, renewed]) {
    expect(tokens.read(access, "access")).toBeUndefined();
    expect(tokens.read(refresh, "refresh")).toBeUndefined();
  }
  expect(tokens.read(other.access, "access")?.keyId).toBe("key-1");
});

test("tokens of another process, damaged ones and rubbish are none", () => {
  const tokens = new AccessTokens();
  const { access } = tokens.issue("key-1");
  expect(new AccessTokens().read(access, "access")).toBeUndefined();
  for (const text of ["", "x", access.slice(0, -2), `x${access}`, access.replace("cairn_rc_", "")]) {
    expect(tokens.read(text, "access")).toBeUndefined();
    expect(() => tokens.end(text)).not.toThrow();
  }
});

test("more ended sessions than are remembered end them all", () => {
  const tokens = new AccessTokens();
  const kept = tokens.issue("key-1");
  for (let i = 0; i <= 10_000; i++) tokens.end(tokens.issue("key-1").access);
  expect(tokens.read(kept.access, "access")).toBeUndefined();
  expect(tokens.read(tokens.issue("key-1").access, "access")?.keyId).toBe("key-1");
});
