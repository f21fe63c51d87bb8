import { expect, test } from "vitest";
import { expectRobust, expectSamples, sample } from "../testing/check-mapping.ts";
import { entraMapping, readEntra } from "./entra.ts";

const items = readEntra(sample("entra/records.json"));

test("samples become what was committed", () => {
  const events = expectSamples(entraMapping, items, { golden: "entra/records.golden.json" });
  // Blocked by policy is denied, an interrupt is no failure, and a wrong password is one.
  expect(events.map(({ outcome }) => outcome?.result)).toEqual([
    "success",
    "failure",
    "denied",
    "unknown",
    "success",
    "failure",
  ]);
  expect(events[4]?.changes).toEqual([
    { field: "Role.DisplayName", before: null, after: "Global Reader" },
    { field: "Role.WellKnown", before: [], after: "not json" },
  ]);
  expect(events[4]).toMatchObject({ verb: "grant", category: "permission" });
});

test("is robust", () => expectRobust(entraMapping, items));
