import fc from "fast-check";
import { expect, test } from "vitest";
import { readCsvRecords } from "../core/read-csv.ts";
import { SourceError } from "../core/source-error.ts";
import { accept } from "../testing/accept.ts";
import { damaged } from "../testing/arbitrary.ts";
import { eventsOf, sample } from "../testing/check-mapping.ts";
import { golden } from "../testing/golden.ts";
import { workosMapping } from "./workos.ts";
import { workosExportMapping } from "./workos-export.ts";

const rows = readCsvRecords(sample("workos/export.csv"));

test("rows become what was committed", () => {
  const events = eventsOf(workosExportMapping, rows);
  expect(events).toEqual(golden(events, new URL("../../testdata/workos/export.golden.json", import.meta.url)));
  const [signedIn, exported] = events;
  expect(signedIn).toMatchObject({
    id: "audit_log_event_01GBZK5MP7TD1YCFQHFR22180V",
    tenant: "org_01EHWNCE74X7JSDV0X3SZ3KJNY",
    verb: "login",
    context: { ip: "203.0.113.7" },
  });
  expect(signedIn?.details).toMatchObject({ columns: { "Dashboard URL": "https://dashboard.example/1" } });
  expect(exported).toMatchObject({ actor: { type: "api", id: "api_1" }, context: { location: "New York, NY" } });
});

test("a row is the event that its producer sent, under its id", () => {
  const [row] = eventsOf(workosExportMapping, rows.slice(1));
  const live = workosMapping.map(
    {
      ...{ organization_id: "org_2", idempotency_key: "audit_log_event_01GBZK5MP7TD1YCFQHFR22181V" },
      event: {
        ...{ action: "report.exported", occurred_at: "2026-03-04T05:06:08.000Z" },
        ...{ actor: { id: "api_1", type: "api_key" }, context: { location: "New York, NY" } },
      },
    },
    {},
  );
  expect(live.kind === "event" && live.event).toEqual(row);
});

test("a file that names no organization leaves that to the key", () => {
  const [mapped] = eventsOf(workosExportMapping, readCsvRecords("action,actor_id\nuser.signed_in,user_1\n"));
  expect(mapped).not.toHaveProperty("tenant");
});

test("a row without an action is refused", () => {
  expect(() => workosExportMapping.map({ actor_id: "x" }, {})).toThrow(SourceError);
});

test("is robust", () => {
  const records = rows.flatMap((item) => (item.kind === "record" ? [damaged(item.record)] : []));
  const property = fc.property(fc.oneof(...records), (row) => {
    try {
      const mapped = workosExportMapping.map(row, {});
      if (mapped.kind === "event") accept(mapped.event);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
    }
  });
  fc.assert(property, { numRuns: 250 });
});
