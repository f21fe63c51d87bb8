import { describe, expect, test } from "vitest";
import { readCsvRecords } from "../core/read-csv.ts";
import { eventsOf, expectRobust, expectSamples, sample } from "../testing/check-mapping.ts";
import { auditActionOf } from "./audit-actions.ts";
import { parameterChanges } from "./audit-changes.ts";
import { auditTrailMapping, readAuditTrail } from "./audit-trail.ts";
import { auditTrailGap } from "./gap.ts";
import { createSessionReportMapping } from "./session-report.ts";

describe("audit trail", () => {
  const items = readAuditTrail(sample("ringcentral/audit-trail.json"));

  test("samples become what was committed", () => {
    const events = expectSamples(auditTrailMapping, items, { golden: "ringcentral/audit-trail.golden.json" });
    expect(events.map(({ action, verb, outcome }) => [action, verb, outcome?.result])).toEqual([
      ["access.role_changed", "grant", "success"],
      ["session.login", "login", "success"],
      ["session.login", "login", "failure"],
      ["account.changed", "update", "success"],
      ["config.phone_number_removed", "delete", "success"],
      ["mfa.policy_changed", "update", "success"],
    ]);
    expect(events[0]?.changes).toEqual([
      { field: "roleName", before: "Super Admin", after: "Standard (International)" },
    ]);
    expect(events[1]?.targets).toEqual([{ type: "company", id: "12345678" }]);
    expect(events[3]?.changes).toEqual([{ field: "Email", before: "old@example.com", after: "new@example.com" }]);
  });

  test("is robust", () => expectRobust(auditTrailMapping, items));

  test.each([
    ["ACCOUNT_LOCKED", "denied"],
    ["ACCOUNT_UNLOCKED", "success"],
    ["LOGIN_BLOCKED", "failure"],
    ["LOGIN_UNSUCCESSFULLY", "failure"],
    ["login_invalid_password", "failure"],
    ["LOGIN_SUCCESSFULLY", "success"],
  ])("%s ends in %s", (actionId, result) => {
    expect(auditActionOf(actionId, undefined).result).toBe(result);
  });

  test("a name that stands twice is no change", () => {
    const twice = [
      { key: "oldName", value: "a" },
      { key: "oldName", value: "b" },
      { key: "newName", value: "c" },
    ];
    expect(parameterChanges("X", twice)).toEqual([]);
  });
});

describe("session report", () => {
  const items = readCsvRecords(sample("ringcentral/session-report.csv"));
  const mapping = createSessionReportMapping({ zone: "America/New_York", account: "+12135550199" });

  test("a web row is a login and a logout from an address, a fax is a fax", () => {
    const events = expectSamples(mapping, items, { golden: "ringcentral/session-report.golden.json" });
    expect(
      events.map(({ action, occurred_at, context, actor }) => [action, occurred_at, context?.ip ?? actor?.id]),
    ).toEqual([
      ["session.login", "2026-03-04T14:00:00.000Z", "203.0.113.7"],
      ["session.logout", "2026-03-04T14:12:30.000Z", "203.0.113.7"],
      ["message.received", "2026-03-04T14:20:00.000Z", "+12135550100"],
      ["session.login", "2026-11-01T05:30:00.000Z", "203.0.113.8"],
      ["session.other", "2026-03-04T14:30:00.000Z", "203.0.113.9"],
    ]);
    expect(events[3]?.time_uncertain_ms).toBe(3_600_000);
    expect(events[0]).toMatchObject({ actor: { id: "+12135550199" }, labels: { actor_is: "account" } });
    expect(events[2]?.recipient).toBe("+12135550199");
  });

  test("a fax to two accounts is an event of each", () => {
    const other = createSessionReportMapping({ zone: "America/New_York", account: "+12135550200" });
    const ids = [mapping, other].flatMap((each) => eventsOf(each, items).map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("is robust", () => expectRobust(mapping, items));
});

describe("the audit trail's cap", () => {
  const nowMs = Date.UTC(2026, 7, 1);
  const at = { newestKnownMs: nowMs - 86_400_000, oldestThereMs: nowMs - 3_600_000, nowMs };

  test("a full account whose oldest record is newer than the newest known has a gap, which names it", () => {
    expect(auditTrailGap({ ...at, totalFound: 10_000 })).toMatchObject({
      action: "source.gap",
      details: { oldest_record: "2026-07-31T23:00:00.000Z", total_found: 10_000 },
    });
  });

  test("without the cap reached, nothing happened in between", () => {
    expect(auditTrailGap({ ...at, totalFound: 9_999 })).toBeUndefined();
    expect(auditTrailGap({ ...at, oldestThereMs: at.newestKnownMs - 1, totalFound: 10_000 })).toBeUndefined();
    expect(auditTrailGap({ ...at, newestKnownMs: nowMs - 200 * 86_400_000, totalFound: 3 })).toBeDefined();
  });
});
