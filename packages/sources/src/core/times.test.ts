import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SourceError } from "./source-error.ts";
import { readTime, type TimeForm } from "./source-time.ts";
import { compileTimePattern } from "./time-pattern.ts";
import { zoneOf } from "./zoned-time.ts";

const local = (text: string) => Date.parse(`${text}Z`);
const iso = (timeMs: number) => new Date(timeMs).toISOString();

describe("zoneOf", () => {
  const zurich = zoneOf("Europe/Zurich");

  test("places winter and summer", () => {
    expect(iso(zurich.place(local("2026-01-15T12:00:00")).timeMs)).toBe("2026-01-15T11:00:00.000Z");
    expect(iso(zurich.place(local("2026-07-15T12:00:00")).timeMs)).toBe("2026-07-15T10:00:00.000Z");
    expect(zurich.place(local("2026-07-15T12:00:00")).uncertainMs).toBeUndefined();
  });

  test("an hour that came twice is its first, and uncertain by an hour", () => {
    const { timeMs, uncertainMs } = zurich.place(local("2026-10-25T02:30:00"));
    expect([iso(timeMs), uncertainMs]).toEqual(["2026-10-25T00:30:00.000Z", 3_600_000]);
    expect(zurich.place(local("2026-10-25T01:59:59")).uncertainMs).toBeUndefined();
    expect(zurich.place(local("2026-10-25T03:00:00")).uncertainMs).toBeUndefined();
  });

  test("an hour that never was is placed where the old clock had it", () => {
    const { timeMs, uncertainMs } = zurich.place(local("2026-03-29T02:30:00"));
    expect([iso(timeMs), uncertainMs]).toEqual(["2026-03-29T01:30:00.000Z", 3_600_000]);
  });

  test("changes of half an hour, and zones of three quarters", () => {
    const lordHowe = zoneOf("Australia/Lord_Howe").place(local("2026-04-05T01:45:00"));
    expect(lordHowe.uncertainMs).toBe(1_800_000);
    expect(iso(zoneOf("Asia/Kathmandu").place(local("2026-01-01T05:45:00")).timeMs)).toBe("2026-01-01T00:00:00.000Z");
    expect(iso(zoneOf("UTC").place(local("2026-01-01T00:00:00")).timeMs)).toBe("2026-01-01T00:00:00.000Z");
  });

  test("refuses what is no zone", () => {
    expect(() => zoneOf("Middle/Earth")).toThrow(SourceError);
  });

  test("a placed time shows the same clock again", () => {
    const zones = ["Europe/Zurich", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "America/Sao_Paulo"];
    const from = Date.UTC(1975, 0, 1);
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: from / 1_000, max: Date.UTC(2037, 0, 1) / 1_000 }),
        (name, s) => {
          const format = new Intl.DateTimeFormat("sv-SE", { timeZone: name, dateStyle: "short", timeStyle: "medium" });
          const shown = format.format(s * 1_000);
          const { timeMs, uncertainMs } = zoneOf(name).place(local(shown.replace(" ", "T")));
          if (uncertainMs === undefined) expect(timeMs).toBe(s * 1_000);
          else expect(Math.abs(timeMs - s * 1_000)).toBeLessThanOrEqual(uncertainMs);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("compileTimePattern", () => {
  test.each([
    ["dd/MMM/yyyy:HH:mm:ss Z", "10/Oct/2026:13:55:36 -0700", "2026-10-10T20:55:36.000Z"],
    ["M/d/yyyy h:mm a", "3/4/2026 12:05 AM", "2026-03-04T00:05:00.000Z"],
    ["M/d/yyyy h:mm a", "3/4/2026 12:05 pm", "2026-03-04T12:05:00.000Z"],
    ["yyyy-MM-dd'T'HH:mm:ss.SSS", "2026-03-04T05:06:07.089123", "2026-03-04T05:06:07.089Z"],
    ["dd.MM.yyyy", "04.03.2026", "2026-03-04T00:00:00.000Z"],
  ])("%s reads %s", (pattern, text, expected) => {
    const read = compileTimePattern(pattern)(text);
    expect(iso((read?.localMs ?? 0) - (read?.offsetMs ?? 0))).toBe(expected);
  });

  test.each(["2026-02-30", "2026-13-01", "x", ""])("refuses %j", (text) => {
    expect(compileTimePattern("yyyy-MM-dd")(text)).toBeUndefined();
  });

  test.each(["yyyy", "dd", "yyyy-MM-ddTHH", "y".repeat(200)])("is no pattern: %s", (pattern) => {
    expect(() => compileTimePattern(pattern)).toThrow(SourceError);
  });
});

describe("readTime", () => {
  const rfc: TimeForm = { kind: "rfc3339" };
  test.each([
    ["2026-03-04T05:06:07.089Z", rfc, "2026-03-04T05:06:07.089Z", true],
    ["2026-03-04T05:06:07.089+0000", rfc, "2026-03-04T05:06:07.089Z", true],
    ["2026-03-04 05:06:07 +02:00", rfc, "2026-03-04T03:06:07.000Z", true],
    ["2026-03-04T05:06:07", rfc, "2026-03-04T05:06:07.000Z", true],
    ["2026-03-04T05:06Z", rfc, "2026-03-04T05:06:00.000Z", true],
    ["2026-03-04T05:06:07.1234567Z", rfc, "2026-03-04T05:06:07.123Z", false],
    ["2026-03-04T05:06:07.1230000Z", rfc, "2026-03-04T05:06:07.123Z", true],
    [1_772_600_767, { kind: "epoch", unit: "s" }, "2026-03-04T05:06:07.000Z", true],
    ["1772600767.089", { kind: "epoch", unit: "s" }, "2026-03-04T05:06:07.089Z", true],
    ["1772600767089000000", { kind: "epoch", unit: "ns" }, "2026-03-04T05:06:07.089Z", true],
    ["1772600767089000001", { kind: "epoch", unit: "ns" }, "2026-03-04T05:06:07.089Z", false],
  ] as const)("%j", (value, form, time, isExact) => {
    expect(readTime(value, form)).toEqual({ kind: "time", time, isExact });
  });

  test.each(["", "yesterday", null, true, {}, [], "2026-02-30T00:00:00Z"])("cannot read %j", (value) => {
    expect(readTime(value, rfc).kind).toBe("unreadable");
  });

  test("reads anything without an error", () => {
    const forms: TimeForm[] = [
      rfc,
      { kind: "rfc3339", zone: zoneOf("Europe/Zurich") },
      { kind: "epoch", unit: "ns" },
      { kind: "epoch", unit: "s" },
      { kind: "pattern", pattern: compileTimePattern("yyyy-MM-dd HH:mm:ss"), zone: zoneOf("Europe/Zurich") },
    ];
    const value = fc.oneof(
      fc.string(),
      fc.double(),
      fc.maxSafeInteger(),
      fc.date().map(String),
      fc.stringMatching(/^\d{1,20}(\.\d+)?$/),
    );
    fc.assert(
      fc.property(fc.constantFrom(...forms), value, (form, each) => {
        const reading = readTime(each, form);
        if (reading.kind === "time") expect(reading.time).toMatch(/^(19[7-9]|2[0-2])\d+-.*Z$/);
      }),
      { numRuns: 500 },
    );
  });
});
