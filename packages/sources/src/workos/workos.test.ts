import { expect, test } from "vitest";
import { readJsonRecords } from "../core/read-json.ts";
import { SourceError } from "../core/source-error.ts";
import { expectRobust, expectSamples, sample } from "../testing/check-mapping.ts";
import { workosMapping } from "./workos.ts";

const items = readJsonRecords(sample("workos/events.json"));

test("bodies become what was committed", () => {
  const [signedIn, exported] = expectSamples(workosMapping, items, { golden: "workos/events.golden.json" });
  expect(signedIn).toMatchObject({
    id: "workos-node-884793cd-bef4-46cf-8790-ed49257a09c6",
    tenant: "org_01EHWNCE74X7JSDV0X3SZ3KJNY",
    action: "user.signed_in",
    verb: "login",
    actor: { type: "user", id: "user_1", name: "Jane Doe" },
    targets: [
      { type: "team", id: "team_1" },
      { type: "document", name: "Budget" },
    ],
    context: { ip: "203.0.113.7" },
    details: { event: { metadata: { extra: "x", count: 3, ok: true } } },
  });
  expect(exported).toMatchObject({
    action: "report_exported",
    source_action: "Report Exported",
    context: { location: "Bern" },
  });
});

test("is robust", () => expectRobust(workosMapping, items));

test("a body without an action, or without an organization, is refused", () => {
  expect(() => workosMapping.map({ organization_id: "o" }, {})).toThrow(SourceError);
  expect(() => workosMapping.map({ event: { action: "a" } }, {})).toThrow("names no customer");
});
