import { describe, expect, test } from "vitest";
import type { JsonObject } from "../core/json-values.ts";
import { SourceError } from "../core/source-error.ts";
import { expectRobust, expectSamples, sample } from "../testing/check-mapping.ts";
import { retracedHash } from "./event-hash.ts";
import { readRetraced, retracedMapping } from "./retraced.ts";

const items = readRetraced(sample("retraced/events.json"));

test("a bulk becomes what was committed", () => {
  const [viewed, login] = expectSamples(retracedMapping, items, { golden: "retraced/events.golden.json" });
  expect(viewed).toMatchObject({
    tenant: "customer-1",
    verb: "read",
    actor: { id: "jane@example.com" },
    outcome: { result: "success" },
  });
  expect(login).toMatchObject({ verb: "login", actor: { type: "anonymous" }, outcome: { result: "failure" } });
});

test("is robust", () => expectRobust(retracedMapping, items));

test("an event without an action, or without a group, is refused", () => {
  expect(() => retracedMapping.map({}, {})).toThrow(SourceError);
  expect(() => retracedMapping.map({ action: "a" }, {})).toThrow("names no customer");
  expect(() => retracedMapping.map({ action: "a", group: { id: "x".repeat(101) } }, {})).toThrow("too long");
});

describe("retracedHash", () => {
  const vectors = JSON.parse(sample("retraced/hashes.json")) as { event: JsonObject; id: string; hash: string }[];

  test.each(vectors)("is what the client of Retraced computes for $event", ({ event, id, hash }) => {
    expect(retracedHash(event, id)).toBe(hash);
  });
});
