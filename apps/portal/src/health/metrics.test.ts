import { expect, test } from "vitest";
import { boundOf, readMetrics } from "./metrics.ts";

test("figures and histograms are read as the server writes them", () => {
  const { values, histograms } = readMetrics(`# TYPE cairn_events_total counter
cairn_events_total 1200
# TYPE cairn_acknowledge_seconds histogram
cairn_acknowledge_seconds_bucket{le="0.005"} 50
cairn_acknowledge_seconds_bucket{le="0.01"} 99
cairn_acknowledge_seconds_bucket{le="+Inf"} 100
cairn_acknowledge_seconds_sum 0.75
cairn_acknowledge_seconds_count 100
# TYPE cairn_disk_free_bytes gauge
cairn_disk_free_bytes 1.5e9
`);
  expect(values.get("cairn_events_total")).toBe(1200);
  expect(values.get("cairn_disk_free_bytes")).toBe(1.5e9);
  const buckets = histograms.get("cairn_acknowledge_seconds") ?? [];
  expect([0.5, 0.51, 0.99, 1].map((share) => boundOf(buckets, share))).toEqual([
    0.005,
    0.01,
    0.01,
    Number.POSITIVE_INFINITY,
  ]);
  expect(boundOf([], 0.5)).toBeUndefined();
  expect(boundOf([{ atMost: 1, count: 0 }], 0.5)).toBeUndefined();
});
