import { describe, expect, test } from "vitest";
import { CairnApiError, CairnClientError } from "../errors.ts";
import { isRetryable, parseRetryAfter, retryDelayMs } from "./backoff.ts";

const POLICY = { baseDelayMs: 100, maxDelayMs: 1_000, giveUpAfterMs: 60_000 };

describe("retryDelayMs", () => {
  const delay = (attempt: number, random: number, retryAfterSeconds?: number) => {
    const answer = retryAfterSeconds === undefined ? { status: 503 } : { status: 503, retryAfterSeconds };
    const error = new CairnApiError({ code: "overloaded", message: "busy" }, answer);
    return retryDelayMs(POLICY, { attempt, error, random: () => random });
  };

  test("doubles its bound up to the longest, with full jitter below", () => {
    expect([0, 1, 2, 3, 4, 5, 1_000].map((attempt) => delay(attempt, 1))).toEqual([
      100, 200, 400, 800, 1_000, 1_000, 1_000,
    ]);
    expect(delay(3, 0)).toBe(0);
    expect(delay(3, 0.5)).toBe(400);
  });

  test("is never shorter than what the server asks for, within reason", () => {
    expect(delay(0, 0, 7)).toBe(7_000);
    expect(delay(0, 1, 7)).toBe(7_100);
    expect(delay(0, 0, 1_000_000)).toBe(900_000);
  });
});

describe("isRetryable", () => {
  test("tells what says nothing about the request", () => {
    const api = (status: number) => isRetryable(new CairnApiError({ code: "x", message: "" }, { status }));
    expect([408, 429, 500, 502, 503, 504, 507].every(api)).toBe(true);
    expect([400, 401, 403, 404, 409, 413, 415, 422, 501].some(api)).toBe(false);
    expect(isRetryable(new CairnClientError("unreachable", ""))).toBe(true);
    expect(isRetryable(new CairnClientError("redirected", ""))).toBe(false);
    expect(isRetryable(new TypeError("a bug"))).toBe(false);
  });
});

describe("parseRetryAfter", () => {
  test("reads seconds and dates", () => {
    const nowMs = Date.UTC(2026, 2, 4, 5, 6, 7);
    expect(parseRetryAfter("12", nowMs)).toBe(12);
    expect(parseRetryAfter("Wed, 04 Mar 2026 05:06:17 GMT", nowMs)).toBe(10);
    expect(parseRetryAfter("Wed, 04 Mar 2026 05:06:00 GMT", nowMs)).toBe(0);
    expect(parseRetryAfter("soon", nowMs)).toBeUndefined();
    expect(parseRetryAfter(null, nowMs)).toBeUndefined();
  });
});
