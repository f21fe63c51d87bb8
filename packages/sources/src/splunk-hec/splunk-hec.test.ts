import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mapItems } from "../core/map-items.ts";
import { expectRobust, expectSamples, sample } from "../testing/check-mapping.ts";
import { HEC_ANSWERS, hecAnswerOf, readSplunkHec, splunkHecMapping } from "./splunk-hec.ts";

const items = readSplunkHec(sample("splunk-hec/events.txt"));

test("samples become what was committed", () => {
  const events = expectSamples(splunkHecMapping, items, { golden: "splunk-hec/events.golden.json" });
  expect(events.map(({ action, occurred_at, outcome }) => [action, occurred_at, outcome?.result])).toEqual([
    ["patient.record.viewed", "2026-03-04T05:06:07.089Z", "success"],
    ["hec.access", "2026-03-04T05:06:08.000Z", undefined],
    // In Splunk's common information model `action` is how it ended.
    ["login", "2026-03-04T05:06:09.123Z", "failure"],
    ["hec.event", "2026-03-04T05:06:07.000Z", undefined],
  ]);
  expect(events[1]?.description).toBe('plain } text " { here');
});

test("is robust", () => expectRobust(splunkHecMapping, items));

describe("rubbish", () => {
  test("is answered in the collector's own codes, and its neighbours go in", () => {
    const mapped = mapItems(
      splunkHecMapping,
      readSplunkHec('{"event":"a"}{"event":""} x {"host":"h"}{"event":1}{"a"'),
      { original: "leave" },
    );
    expect(mapped.map((item) => (item.kind === "refused" ? hecAnswerOf(item.error) : item.kind))).toEqual([
      "event",
      HEC_ANSWERS.eventBlank,
      HEC_ANSWERS.invalidFormat,
      HEC_ANSWERS.eventMissing,
      "event",
      HEC_ANSWERS.invalidFormat,
    ]);
  });

  test("of any kind is read without an error", () => {
    fc.assert(fc.property(fc.string(), (body) => Array.isArray(readSplunkHec(body))));
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.string())), (records) => {
        const read = readSplunkHec(records.map((record) => JSON.stringify(record)).join(""));
        expect(read.map((item) => item.kind === "record" && { ...item.record })).toEqual(
          records.map((record) => ({ ...record })),
        );
      }),
    );
  });
});
