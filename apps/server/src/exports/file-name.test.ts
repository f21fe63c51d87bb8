import { expect, test } from "vitest";
import { exportFileName, exportMediaType } from "./file-name.ts";

const AT = Date.parse("2026-03-04T23:06:07.089Z");

test("names a file by the moment of the request, in the zone", () => {
  expect(exportFileName({ format: "csv" }, AT)).toBe("AuditLogs_20260304_230607.csv");
  expect(exportFileName({ format: "csv", tz: "Asia/Tokyo" }, AT)).toBe("AuditLogs_20260305_080607.csv");
  expect(exportFileName({ format: "ndjson", compress: "zstd" }, AT)).toBe("AuditLogs_20260304_230607.ndjson.zst");
  expect(exportFileName({ format: "evidence" }, AT)).toBe("AuditLogs_20260304_230607.tar");
});

test("a compressed file is of the type of its compression", () => {
  expect(exportMediaType({ format: "csv" })).toMatch(/^text\/csv/);
  expect(exportMediaType({ format: "csv", compress: "gzip" })).toBe("application/gzip");
});
