import { readFileSync } from "node:fs";
import type { EventInput } from "@cairn/event";
import fc from "fast-check";
import { expect } from "vitest";
import type { JsonObject } from "../core/json-values.ts";
import { mapItems } from "../core/map-items.ts";
import type { ReadItem } from "../core/read-json.ts";
import { SourceError } from "../core/source-error.ts";
import type { SourceMapping } from "../core/source-mapping.ts";
import { accept } from "./accept.ts";
import { damaged } from "./arbitrary.ts";
import { golden } from "./golden.ts";
import { lostLeaves } from "./lost-leaves.ts";

/** Reads a file of `testdata`. */
export function sample(path: string): string {
  return readFileSync(new URL(`../../testdata/${path}`, import.meta.url), "utf8");
}

/** Maps items of which each must become an event that the door takes; gives the events. */
export function eventsOf(mapping: SourceMapping, items: readonly ReadItem[]): EventInput[] {
  return mapItems(mapping, items, { original: "leave" }).map((item) => {
    if (item.kind !== "event") throw new Error(JSON.stringify(item));
    accept(item.event);
    return item.event;
  });
}

export interface Expected {
  /** File of `testdata` that holds the events. */
  readonly golden: string;
  /** Pointers of values that the mapping leaves out on purpose. */
  readonly ignored?: readonly string[];
}

/** Expects samples to become what was committed, to lose nothing, and to become the same when they come again. */
export function expectSamples(mapping: SourceMapping, items: readonly ReadItem[], expected: Expected): EventInput[] {
  const events = eventsOf(mapping, items);
  expect(events).toEqual(golden(events, new URL(`../../testdata/${expected.golden}`, import.meta.url)));
  expect(eventsOf(mapping, items)).toEqual(events);
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  for (const record of recordsOf(items)) {
    for (const part of mapping.divide?.(record) ?? [record]) expectNothingLost(mapping, part, expected.ignored);
  }
  return events;
}

/** Expects damaged samples to become events that the door takes and that lose nothing, or the typed error. */
export function expectRobust(
  mapping: SourceMapping,
  items: readonly ReadItem[],
  ignored: readonly string[] = [],
): void {
  const property = fc.property(fc.oneof(...recordsOf(items).map(damaged)), (record) => {
    try {
      for (const part of mapping.divide?.(record) ?? [record]) expectNothingLost(mapping, part, ignored);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
    }
  });
  fc.assert(property, { numRuns: RUNS });
}

/** Enough to find what a field of a wrong kind does; more is for a campaign. */
const RUNS = 250;

function expectNothingLost(mapping: SourceMapping, record: JsonObject, ignored: readonly string[] = []): void {
  const mapped = mapping.map(record, {});
  if (mapped.kind !== "event") return;
  accept(mapped.event);
  expect(lostLeaves(record, mapped.event, ignored)).toEqual([]);
}

function recordsOf(items: readonly ReadItem[]): JsonObject[] {
  return items.map((item) => {
    if (item.kind === "refused") throw item.error;
    return item.record;
  });
}
