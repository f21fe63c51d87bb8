import { expect, test } from "vitest";
import { expectRobust, expectSamples, sample } from "../testing/check-mapping.ts";
import { microsoft365Mapping, readMicrosoft365 } from "./microsoft365.ts";

const items = readMicrosoft365(sample("microsoft365/records.ndjson"));

test("samples become what was committed", () => {
  const events = expectSamples(microsoft365Mapping, items, { golden: "microsoft365/records.golden.json" });
  const [bind, sync, failed, loggedIn] = events;
  expect(bind).toMatchObject({
    verb: "read",
    labels: { mail_access: "bind" },
    targets: [{ type: "message" }, { name: "\\Inbox" }, {}],
  });
  expect(sync).toMatchObject({
    labels: { mail_access: "sync" },
    targets: [{ type: "mail_folder" }, { type: "mailbox" }],
  });
  // The trap: `ResultStatus` of a failed login says Success.
  expect(failed).toMatchObject({ verb: "login", outcome: { result: "failure", reason: "InvalidUserNameOrPassword" } });
  expect(failed?.context).toMatchObject({ ip: "203.0.113.5", session_id: "s-1" });
  expect(loggedIn?.context?.ip).toBe("2001:db8::1");
  expect(loggedIn?.occurred_at).toBe("2026-01-05T10:00:03.000Z");
});

test("is robust", () => expectRobust(microsoft365Mapping, items));
