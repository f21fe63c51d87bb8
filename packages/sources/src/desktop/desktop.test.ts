import { expect, test } from "vitest";
import { readCsvRecords } from "../core/read-csv.ts";
import { readJsonRecords } from "../core/read-json.ts";
import { SourceError } from "../core/source-error.ts";
import { eventsOf, expectRobust, expectSamples, sample } from "../testing/check-mapping.ts";
import { createDesktopMapping } from "./desktop.ts";
import { desktopEventOf } from "./log-events.ts";

const items = readCsvRecords(sample("desktop/rows.csv"));
const mapping = createDesktopMapping({ zone: "Europe/Zurich", site: "Clinic A" });

test("rows become what was committed", () => {
  const events = expectSamples(mapping, items, { golden: "desktop/rows.golden.json" });
  expect(events.map(({ action, occurred_at, time_uncertain_ms }) => [action, occurred_at, time_uncertain_ms])).toEqual([
    ["session.login", "2026-10-24T23:59:00.000Z", undefined],
    // The hour that came twice, and the one that never was.
    ["plan.opened", "2026-10-25T00:30:00.000Z", 3_600_000],
    ["plan.opened", "2026-10-25T00:30:00.000Z", 3_600_000],
    ["plan.saved", "2026-03-29T01:30:00.000Z", 3_600_000],
    ["plan.closed", "2026-03-04T13:30:00.000Z", undefined],
    ["order.placed", "2026-03-04T13:31:00.123Z", undefined],
    ["plan.exported", "2026-03-04T13:32:00.000Z", undefined],
    ["patient.deleted", "2026-03-04T13:33:00.000Z", undefined],
    ["session.logout", "2026-03-04T13:34:00.000Z", undefined],
    ["application.event", "2026-03-04T13:35:00.000Z", undefined],
  ]);
  expect(events[1]?.targets).toEqual([
    { type: "patient", id: "bXJuMQ==", name: "3q2+7w==Q1" },
    { type: "plan", id: "cGxhbjE=", name: "cDE=" },
  ]);
});

test("the same rows as JSON, and late or in another order, are the same events", () => {
  const csv = eventsOf(mapping, items);
  const rows = items.flatMap((item) => (item.kind === "record" ? [item.record] : []));
  expect(eventsOf(mapping, readJsonRecords(JSON.stringify(rows)))).toEqual(csv);
  const ids = (list: readonly { readonly id?: string }[]) => list.map(({ id }) => id).toSorted();
  expect(ids(eventsOf(mapping, items.toReversed()))).toEqual(ids(csv));
});

test("rows of a database: numbers tell equal rows apart, other columns stay", () => {
  const row = { ID: 7, UserName: "bob", LogDate: "2026-03-04T14:30:00", LogEvent: "PlanOpen", MachineName: "WS-1" };
  const [first, second] = eventsOf(mapping, readJsonRecords(JSON.stringify([row, { ...row, ID: 8 }])));
  expect(first?.id).not.toBe(second?.id);
  expect(first).toMatchObject({ action: "plan.opened", actor: { id: "bob" }, details: { ID: 7, MachineName: "WS-1" } });
});

test("the same row at another site is another event", () => {
  const other = createDesktopMapping({ zone: "Europe/Zurich", site: "Clinic B" });
  expect(eventsOf(other, items)[0]?.id).not.toBe(eventsOf(mapping, items)[0]?.id);
});

test.each([
  ["User log in", "session.login"],
  ["User log out", "session.logout"],
  ["Plan Opens", "plan.opened"],
  ["Plan Saves", "plan.saved"],
  ["Plan Closes", "plan.closed"],
  ["Orders placed to decimal Direct", "order.placed"],
  ["Local and DICOM AE file exports", "plan.exported"],
  ["Patient deletion", "patient.deleted"],
  ["USER_LOG_IN", "session.login"],
  ["userLogout", "session.logout"],
])("%s is %s", (logEvent, action) => {
  expect(desktopEventOf(logEvent)?.action).toBe(action);
});

test("a zone that is none is refused when the source is set up", () => {
  expect(() => createDesktopMapping({ zone: "Here", site: "x" })).toThrow(SourceError);
});

test("is robust", () => expectRobust(mapping, items));
