import { afterEach, describe, expect, test } from "vitest";
import { showMoment, showTime } from "./times.ts";

const zone = process.env.TZ;

afterEach(() => {
  // Deleting leaves the process in the zone it was in; an empty name would be UTC.
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

describe("times", () => {
  test("in UTC are as they were sent", () => {
    expect(showTime("2026-03-04T05:06:07.089Z", "UTC")).toEqual({
      date: "2026-03-04",
      time: "05:06:07.089",
      offset: "UTC",
    });
  });

  test("by the reader's clock say how far it is from UTC, in summer and in winter, and change the date", () => {
    process.env.TZ = "Europe/Berlin";
    expect(showMoment("2026-07-01T22:30:00.000Z", "local")).toBe("2026-07-02 00:30:00.000 UTC+2");
    expect(showMoment("2026-12-31T23:30:00.000Z", "local")).toBe("2027-01-01 00:30:00.000 UTC+1");
    process.env.TZ = "America/St_Johns";
    expect(showMoment("2026-01-01T00:00:00.000Z", "local")).toBe("2025-12-31 20:30:00.000 UTC−3:30");
  });

  test("tell the two hours apart that have one name when clocks go back", () => {
    process.env.TZ = "Europe/Berlin";
    expect(showMoment("2026-10-25T00:30:00.000Z", "local")).toBe("2026-10-25 02:30:00.000 UTC+2");
    expect(showMoment("2026-10-25T01:30:00.000Z", "local")).toBe("2026-10-25 02:30:00.000 UTC+1");
  });

  test("are those of any zone", () => {
    expect(showMoment("2026-07-01T22:30:00.000Z", "Asia/Kolkata")).toBe("2026-07-02 04:00:00.000 UTC+5:30");
    expect(showMoment("1890-01-01T00:00:00.000Z", "UTC")).toBe("1890-01-01 00:00:00.000 UTC");
  });

  test("that are none are shown as they stand", () => {
    expect(showMoment("yesterday", "UTC")).toBe("yesterday");
  });
});
