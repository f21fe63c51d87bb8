import { expect, test } from "vitest";
import { eventsOf, expectRobust, expectSamples, sample } from "../testing/check-mapping.ts";
import { oktaMapping, readOkta } from "./okta.ts";

const items = readOkta(sample("okta/events.json"));

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

test("an event hook holds the same events", () => {
  const records = items.flatMap((item) => (item.kind === "record" ? [item.record] : []));
  const hook = readOkta(JSON.stringify({ eventType: "com.okta.event_hook", data: { events: [...records, 1] } }));
  expect(eventsOf(oktaMapping, hook.slice(0, -1))).toEqual(eventsOf(oktaMapping, items));
  expect(hook.at(-1)).toMatchObject({ kind: "refused", error: { code: "not_an_object" } });
});

test("is robust", () => expectRobust(oktaMapping, items));
