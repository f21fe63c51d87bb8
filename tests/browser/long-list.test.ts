import type { Browser, Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Cairn, startCairn } from "./support/cairn.ts";
import { browserTest, openBrowser } from "./support/chromium.ts";
import { sampleEvents } from "./support/samples.ts";
import { goTo, signIn } from "./support/visitor.ts";

/** A log of ten million events, one every three seconds, that the test answers for: none of them has to be recorded. */
const EVERY_MS = 3_000;
const COUNT = 10_000_000;
const FIRST_MS = Date.UTC(2026, 0, 1);
const LAST_MS = FIRST_MS + (COUNT - 1) * EVERY_MS;
const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

let cairn: Cairn;
let browser: Browser | undefined;
beforeAll(async () => {
  browser = await openBrowser();
  cairn = await startCairn();
  await cairn.record(sampleEvents(4));
});
afterAll(async () => {
  await cairn.stop();
});

interface Ask {
  readonly from?: string;
  readonly to?: string;
  readonly order?: string;
  readonly limit?: number;
  readonly interval?: string;
}

/** Numbers of the events in a stretch of time: first, and one after the last. */
function within({ from, to }: Ask): readonly [first: number, end: number] {
  const index = (text: string | undefined, open: number) =>
    text === undefined ? open : Math.max(0, Math.min(COUNT, Math.ceil((Date.parse(text) - FIRST_MS) / EVERY_MS)));
  return [index(from, 0), index(to, COUNT)];
}

const asked = { searches: 0, counts: 0 };

function search(route: Route): Promise<void> {
  asked.searches++;
  const ask = route.request().postDataJSON() as Ask;
  const [first, end] = within(ask);
  const limit = Math.min(ask.limit ?? 50, end - first);
  const numbers = Array.from({ length: limit }, (_, i) => (ask.order === "asc" ? first + i : end - 1 - i));
  const events = numbers.map((sequence) => ({
    id: `e-${sequence}`,
    action: "tick",
    verb: "other",
    category: "other",
    actor: { type: "service", id: "clock" },
    outcome: { result: "success" },
    occurred_at: new Date(FIRST_MS + sequence * EVERY_MS).toISOString(),
    received_at: new Date(FIRST_MS + sequence * EVERY_MS).toISOString(),
    source: "clock",
    ledger: 1,
    sequence,
  }));
  return route.fulfill({
    json: { events, next: limit < end - first ? "more" : null, as_of: { ledger: 1, sequence: COUNT - 1 }, total: null },
  });
}

function count(route: Route): Promise<void> {
  asked.counts++;
  const ask = route.request().postDataJSON() as Ask;
  const interval = (["minute", "hour"] as const).find((unit) => unit === ask.interval) ?? "day";
  const unit = UNIT_MS[interval];
  const [first, end] = within(ask);
  const buckets: { from: string; count: number }[] = [];
  for (let at = first; at < end; ) {
    const bar = Math.floor((FIRST_MS + at * EVERY_MS) / unit) * unit;
    const next = Math.min(end, Math.ceil((bar + unit - FIRST_MS) / EVERY_MS));
    buckets.push({ from: new Date(bar).toISOString(), count: next - at });
    at = next;
  }
  return route.fulfill({ json: { interval, buckets, as_of: { ledger: 1, sequence: COUNT - 1 } } });
}

const sequences = async (page: Page) => {
  const places = await page.locator(".row[data-place]").evaluateAll((rows) =>
    rows
      .map((row) => ({ place: row.getAttribute("data-place") ?? "", top: row.getBoundingClientRect().top }))
      .toSorted((a, b) => a.top - b.top)
      .map(({ place }) => place),
  );
  return places.map((place) => Number(place.slice(2)));
};
const settled = (page: Page) => expect.poll(() => page.locator(".row.is-waiting").count(), { timeout: 20_000 }).toBe(0);

describe("a list of ten million events", () => {
  browserTest("feels like one: anywhere at once, without a gap, by mouse, wheel and keyboard", async () => {
    const visitor = await signIn(browser, cairn, { timezoneId: "UTC" });
    const { page, complaints, close } = visitor;
    await page.route("**/v1/events/search", search);
    await page.route("**/v1/histogram", count);
    await goTo(visitor, "#tz=UTC");
    await page.getByText("10,000,000 events, newest first").waitFor();
    expect((await sequences(page))[0]).toBe(COUNT - 1);

    const rail = page.getByRole("slider", { name: "Place in time" });
    const box = await rail.boundingBox();
    if (box === null) throw new Error("the axis is not to be seen");
    const before = { ...asked };
    await page.mouse.click(box.x + 10, box.y + box.height / 2);
    await expect.poll(() => page.locator(".row.is-waiting").count()).toBeGreaterThan(0);
    await settled(page);
    // Counts by hour, then by minute, then the rows: no more than a jump needs.
    expect(asked.counts - before.counts).toBeLessThan(8);
    expect(asked.searches - before.searches).toBeLessThan(8);
    const middle = await sequences(page);
    expect(Math.abs((middle[10] ?? 0) - COUNT / 2)).toBeLessThan(COUNT / 50);
    expect(await page.locator(".row").count()).toBeLessThan(80);

    // On from there with the wheel: every event comes once, in order.
    await page.locator(".list-scroll").hover();
    const seen = new Set(middle);
    for (let turn = 0; turn < 30; turn++) {
      await page.mouse.wheel(0, 300);
      await page.waitForTimeout(40);
      await settled(page);
      for (const sequence of await sequences(page)) seen.add(sequence);
    }
    const all = [...seen].toSorted((a, b) => b - a);
    expect(all.length).toBeGreaterThan(300);
    expect((all[0] ?? 0) - (all.at(-1) ?? 0)).toBe(all.length - 1);

    await rail.focus();
    await page.keyboard.press("End");
    await settled(page);
    await expect.poll(async () => (await sequences(page)).at(-1)).toBe(0);
    expect(await rail.getAttribute("aria-valuetext")).toContain("2026-01-01");
    await page.keyboard.press("Home");
    await settled(page);
    expect((await sequences(page))[0]).toBe(COUNT - 1);
    expect(complaints).toEqual([]);
    await close();
  });

  browserTest("opens at a moment that the address names", async () => {
    const visitor = await signIn(browser, cairn, { timezoneId: "UTC" });
    const { page, close } = visitor;
    await page.route("**/v1/events/search", search);
    await page.route("**/v1/histogram", count);
    const at = new Date((FIRST_MS + LAST_MS) / 2).toISOString();
    await goTo(visitor, `#tz=UTC&at=${at}`);
    await settled(page);
    await expect
      .poll(async () => Math.min(...(await sequences(page)).map((sequence) => Math.abs(sequence - COUNT / 2))), {
        timeout: 15_000,
      })
      .toBeLessThan(2_000);
    await close();
  });
});
