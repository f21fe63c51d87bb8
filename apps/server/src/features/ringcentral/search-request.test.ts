import { type CairnEvent, matchEvent, parseQuery } from "@cairn/event";
import { describe, expect, test } from "vitest";
import { RingCentralError } from "./errors.ts";
import { type AuditTrailSearch, searchOf } from "./search-request.ts";

const NOW = Date.parse("2026-03-04T05:06:07.089Z");
const matches = (search: AuditTrailSearch, core: object) =>
  matchEvent(
    parseQuery(searchOf(search, NOW).q, { nowMs: NOW }),
    { core: core as CairnEvent, parts: [], ledger: 1, sequence: 1, received_at: "2026-03-04T05:06:07.089Z" },
    { resolveSubjects: () => new Set() },
  );

const event = {
  action: "document.viewed",
  source: "shop",
  actor: { type: "service", id: "u-1", name: "Jane Doe", role: "Nurse" },
  targets: [{ type: "document", id: "d-1", name: "Discharge letter" }],
  details: { ward: "7b" },
};
const theirs = {
  ...event,
  action: "session.login",
  source: "ringcentral",
  source_action: "LOGIN_SUCCESSFULLY",
  details: { target: { siteId: "s-9" }, initiator: { extensionNumber: "101" } },
};

test("without anything it is the last day, all of it, the first hundred", () => {
  expect(searchOf({}, NOW)).toEqual({
    q: "",
    from: "2026-03-03T05:06:07.089Z",
    to: "2026-03-04T05:06:07.089Z",
    page: 1,
    perPage: 100,
  });
});

test("times may have any number of digits, pages at most a thousand records", () => {
  const search = { eventTimeFrom: "2021-08-01T00:00:00.52Z", eventTimeTo: "2021-08-31T00:00:00.520123Z" };
  expect(searchOf({ ...search, page: 2, perPage: 10_000 }, NOW)).toMatchObject({
    from: "2021-08-01T00:00:00.520Z",
    to: "2021-08-31T00:00:00.520Z",
    page: 2,
    perPage: 1_000,
  });
});

describe("filters", () => {
  test.each<[AuditTrailSearch, boolean]>([
    [{ initiatorIds: ["u-2", "u-1"] }, true],
    [{ initiatorIds: ["u-2"] }, false],
    [{ targetIds: ["d-1"] }, true],
    [{ targetIds: ["d"] }, false],
    [{ actionIds: ["x.y", "document.viewed"] }, true],
    [{ actionIds: ["document"] }, false],
    [{ actionIds: ["***"] }, false],
    [{ excludeActionIds: ["document.viewed"] }, false],
    [{ excludeActionIds: ["x.y"] }, true],
    [{ searchString: "ane doe" }, true],
    [{ searchString: "nurs" }, true],
    [{ searchString: "scharg" }, true],
    [{ searchString: "7B" }, true],
    [{ searchString: "doe 7b" }, false],
    [{ searchString: " " }, true],
    [{ siteId: "s-9" }, false],
    [{ initiatorIds: [], actionIds: [] }, true],
    [{ initiatorIds: ["u-1"], searchString: "7b", actionIds: ["document.viewed"] }, true],
  ])("%j", (search, isFound) => {
    expect(matches(search, event)).toBe(isFound);
  });

  test.each<[AuditTrailSearch, boolean]>([
    [{ actionIds: ["LOGIN_SUCCESSFULLY"] }, true],
    [{ actionIds: ["session.login"] }, false],
    [{ excludeActionIds: ["LOGIN_SUCCESSFULLY"] }, false],
    [{ excludeActionIds: ["session.login"] }, true],
    [{ siteId: "s-9" }, true],
    [{ searchString: "101" }, true],
  ])("of what came from RingCentral: %j", (search, isFound) => {
    expect(matches(search, theirs)).toBe(isFound);
  });

  test("the longest request is a query", () => {
    const list = Array.from({ length: 50 }, (_, i) => `"${i}\\`.padEnd(100, "x"));
    const all = { initiatorIds: list, targetIds: list, searchString: "a b c d" };
    expect(matches(all, event)).toBe(false);
  });
});

test.each<[AuditTrailSearch, string]>([
  [{ eventTimeFrom: "yesterday" }, "eventTimeFrom"],
  [{ eventTimeTo: "2021-02-30T00:00:00Z" }, "eventTimeTo"],
  [{ searchString: "a b c d e" }, "searchString"],
  [{ searchString: "***" }, "searchString"],
])("%j is refused by name", (search, parameterName) => {
  expect(() => searchOf(search, NOW)).toThrow(RingCentralError);
  expect(() => searchOf(search, NOW)).toThrow(parameterName);
});
