import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../core/json-values.ts";
import { readJsonRecords } from "../core/read-json.ts";
import { SourceError } from "../core/source-error.ts";
import { accept } from "../testing/accept.ts";
import { damaged } from "../testing/arbitrary.ts";
import { eventsOf, expectRobust, expectSamples, sample } from "../testing/check-mapping.ts";
import { golden } from "../testing/golden.ts";
import { retracedHash } from "./event-hash.ts";
import { readRetraced, retracedMapping } from "./retraced.ts";
import { retracedExportMapping } from "./retraced-export.ts";

const testdata = (path: string) => new URL(`../../testdata/${path}`, import.meta.url);

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

describe("an export", () => {
  const exported = readJsonRecords(sample("retraced/export.ndjson"));

  test("becomes what was committed", () => {
    const [viewed, login, raw] = eventsOf(retracedExportMapping, exported);
    expect([viewed, login, raw]).toEqual(golden([viewed, login, raw], testdata("retraced/export.golden.json")));
    expect(viewed).toMatchObject({ id: "0b2f6f1e2f3c4e5d8a9b0c1d2e3f4a5b", tenant: "customer-1", verb: "read" });
    expect(viewed?.details).toMatchObject({ fields: { a: "1", b: "2" }, metadata: { k: "v" }, country: "Germany" });
    expect(login).toMatchObject({ occurred_at: "2026-03-04T05:06:09.000Z", actor: { type: "anonymous" } });
  });

  test("with the event as it was reported is the event that was reported, under its id", () => {
    const [, , imported] = eventsOf(retracedExportMapping, exported);
    const live = retracedMapping.map(
      {
        ...{ action: "document.viewed", crud: "r", group: { id: "customer-1" }, created: "2026-03-04T05:06:10.000Z" },
        ...{ actor: { id: "jane@example.com" }, id: "2b2f6f1e2f3c4e5d8a9b0c1d2e3f4a5b" },
      },
      {},
    );
    expect(live.kind === "event" && live.event).toEqual(imported);
  });

  test("is robust", () => {
    // Only what is one event: an answer that holds several is taken apart first.
    const property = fc.property(damaged(exported[0]?.kind === "record" ? exported[0].record : {}), (record) => {
      try {
        const mapped = retracedExportMapping.map(record, {});
        if (mapped.kind === "event") accept(mapped.event);
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
      }
    });
    fc.assert(property, { numRuns: 250 });
  });
});
