import { type EventInput, parseBatch } from "@cairn/event";
import { acceptEvent } from "@cairn/event/door";
import { describe, expect, test } from "vitest";
import { createEventGenerator, GENERATED_EVENT_MAX_BYTES, type GenerateOptions } from "./generate-events.ts";
import { Random } from "./generate-events-random.ts";
import { ZipfSampler } from "./generate-events-words.ts";

const FROM = Date.UTC(2026, 0, 1);
const TO = Date.UTC(2026, 3, 1);
const spread = (options: Partial<GenerateOptions> = {}) =>
  createEventGenerator({
    seed: 7,
    times: { kind: "spread", fromMs: FROM, toMs: TO, events: 20_000 },
    ...options,
  });

function eventsOf(batch: Buffer): EventInput[] {
  return (JSON.parse(batch.toString("utf8")) as { events: EventInput[] }).events;
}

describe("generated events", () => {
  test("pass the door, every one", () => {
    const items = parseBatch(spread().batch(1_000), "json");
    for (const item of items) {
      expect(item.kind).toBe("value");
      const value = item.kind === "value" ? item.value : undefined;
      acceptEvent(value, { nowMs: TO, defaultSource: "api", describeAction: () => undefined });
    }
    expect(items).toHaveLength(1_000);
  });

  test("are the same for the same seed and others for another", () => {
    expect(spread().batch(200)).toEqual(spread().batch(200));
    expect(spread({ seed: 8 }).batch(200)).not.toEqual(spread().batch(200));
  });

  test("have about 500 bytes, and never more than announced", () => {
    const sizes = eventsOf(spread().batch(5_000)).map((event) => Buffer.byteLength(JSON.stringify(event)));
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    expect(mean).toBeGreaterThan(480);
    expect(mean).toBeLessThan(520);
    expect(Math.max(...sizes)).toBeLessThan(GENERATED_EVENT_MAX_BYTES);
  });

  test("spread over their range and carry its time in their ids", () => {
    const events = eventsOf(spread().batch(20_000));
    for (const { id, occurred_at } of events) {
      const timeMs = Date.parse(occurred_at!);
      expect(timeMs).toBeGreaterThanOrEqual(FROM);
      expect(timeMs).toBeLessThanOrEqual(TO);
      expect(Number.parseInt(id!.replace("-", "").slice(0, 12), 16)).toBe(timeMs);
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(occurred_at).toBe(new Date(timeMs).toISOString());
    }
    expect(new Set(events.map(({ id }) => id)).size).toBe(20_000);
    expect(Date.parse(events.at(-1)!.occurred_at!) - Date.parse(events[0]!.occurred_at!)).toBeGreaterThan(
      0.9 * (TO - FROM),
    );
  });

  test("know 500 people, 30 actions in 8 categories and many targets", () => {
    const events = eventsOf(spread().batch(20_000));
    expect(new Set(events.map(({ actor }) => actor?.email).filter(Boolean)).size).toBe(500);
    expect(new Set(events.map(({ action }) => action)).size).toBe(30);
    expect(new Set(events.map(({ category }) => category)).size).toBe(8);
    expect(new Set(events.flatMap(({ targets }) => targets ?? []).map(({ id }) => id)).size).toBeGreaterThan(5_000);
    expect(events.some(({ actor }) => /[^\0-\x7f]/.test(actor?.name ?? ""))).toBe(true);
  });

  test("stay ASCII when told", () => {
    const batch = spread({ names: "ascii" }).batch(2_000);
    expect(batch.every((byte) => byte < 128)).toBe(true);
  });

  test("name tenants in turn", () => {
    const events = eventsOf(spread({ tenants: 3 }).batch(4));
    expect(events.map(({ tenant }) => tenant)).toEqual(["t-00000", "t-00001", "t-00002", "t-00000"]);
    const own = eventsOf(spread({ tenants: 2 }).batch(2_000)).filter(({ tenant }) => tenant === "t-00001");
    expect(new Set(own.map(({ actor }) => actor?.email).filter(Boolean)).size).toBe(5);
  });
});

test("the Zipf sampler draws rank r in proportion to 1/(r+1)", () => {
  const draws = 200_000;
  const counts = new Float64Array(50);
  const [sampler, random] = [new ZipfSampler(50), new Random(3)];
  for (let i = 0; i < draws; i++) counts[sampler.draw(random)]!++;
  const harmonic = Array.from({ length: 50 }, (_, rank) => 1 / (rank + 1)).reduce((sum, share) => sum + share, 0);
  for (let rank = 0; rank < 50; rank++) {
    const expected = draws / (rank + 1) / harmonic;
    expect(Math.abs(counts[rank]! - expected)).toBeLessThan(6 * Math.sqrt(expected));
  }
});
