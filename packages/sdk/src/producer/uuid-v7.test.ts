import { describe, expect, test } from "vitest";
import { createUuidV7 } from "./uuid-v7.ts";

const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function timeOf(id: string): number {
  return Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
}

describe("createUuidV7", () => {
  test("has the form and the time of RFC 9562 §5.7", () => {
    const nowMs = 1_772_600_767_089;
    const id = createUuidV7(() => nowMs)();
    expect(id).toMatch(FORM);
    expect(timeOf(id)).toBe(nowMs);
  });

  test("strictly increases within a millisecond, past the counter's end, and never repeats", () => {
    const next = createUuidV7(() => 1_772_600_767_089);
    const ids = Array.from({ length: 20_000 }, next);
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => FORM.test(id))).toBe(true);
  });

  test("strictly increases when the clock steps back", () => {
    let nowMs = 2_000;
    const next = createUuidV7(() => nowMs);
    const first = next();
    nowMs = 1_000;
    expect(next() > first).toBe(true);
  });
});
