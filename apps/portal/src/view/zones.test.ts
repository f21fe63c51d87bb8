import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isZone, momentOf, offsetAt, zoneNames } from "./zones.ts";

describe("a clock of any zone", () => {
  test("leads back to the moment, but for the hour that is skipped or comes twice", () => {
    const zone = fc.constantFrom("UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kolkata", "Pacific/Apia");
    fc.assert(
      fc.property(zone, fc.integer({ min: 0, max: 2_000_000_000_000 }), (name, ms) => {
        const clock = ms + offsetAt(name, ms);
        expect(momentOf(name, clock) + offsetAt(name, momentOf(name, clock))).toBe(clock);
      }),
    );
  });

  test("of an hour that comes twice means the first", () => {
    expect(new Date(momentOf("Europe/Berlin", Date.UTC(2026, 9, 25, 2, 30))).toISOString()).toBe(
      "2026-10-25T00:30:00.000Z",
    );
  });

  test("is known by its name", () => {
    expect(isZone("Europe/Berlin")).toBe(true);
    expect(isZone("Europe/Nowhere")).toBe(false);
    expect(isZone("+02:00")).toBe(false);
    expect(zoneNames().filter((name) => name === "UTC")).toHaveLength(1);
  });
});
