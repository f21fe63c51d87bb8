import { expect, test } from "vitest";
import { readJsonRecords } from "../core/read-json.ts";
import { expectRobust, expectSamples, sample } from "../testing/check-mapping.ts";
import { oktaMapping } from "./okta.ts";

const items = readJsonRecords(sample("okta/events.json"));

test("samples become what was committed", () => {
  const events = expectSamples(oktaMapping, items, { golden: "okta/events.golden.json" });
  expect(events.map(({ verb, outcome }) => [verb, outcome?.result])).toEqual([
    ["login", "success"],
    ["login", "failure"],
    ["grant", "success"],
    ["other", "unknown"],
    ["other", "denied"],
    ["other", "unknown"],
  ]);
  expect(events[2]?.targets?.map(({ type }) => type)).toEqual(["user_group", "user"]);
  expect(events[5]?.warnings).toEqual(["unknown_code:SOMETHING_NEW"]);
});

test("is robust", () => expectRobust(oktaMapping, items));
