import fc from "fast-check";
import { expect, test } from "vitest";
import { zoneClock } from "./time-zone.ts";

const ZONES = ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati", "Africa/Monrovia"];

test("shows what the platform shows, in every zone and at every time", () => {
  for (const zone of ZONES) {
    const clock = zoneClock(zone);
    const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
    fc.assert(
      fc.property(fc.integer({ min: 86_400_000, max: Date.UTC(2261, 11, 30) }), (timeMs) => {
        expect(`${clock.date(timeMs)} ${clock.time(timeMs)}`).toBe(format.format(timeMs));
      }),
      { numRuns: 300 },
    );
  }
});

test("a change within a quarter of an hour is seen to the second", () => {
  // Liberia left its own time of -00:44:30 at midnight of 7 January 1972.
  const clock = zoneClock("Africa/Monrovia");
  const changeMs = Date.UTC(1972, 0, 7, 0, 44, 30);
  expect(clock.time(changeMs - 1_000)).toBe("23:59:59");
  expect(clock.time(changeMs)).toBe("00:44:30");
});

test("a zone that nobody knows is refused", () => {
  for (const zone of ["Mars/Olympus", "", "../etc", "UTC+99"])
    expect(() => zoneClock(zone)).toThrow(expect.objectContaining({ code: "parameter_invalid" }));
});
