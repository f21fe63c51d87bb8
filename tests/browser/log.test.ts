import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Cairn, startCairn } from "./support/cairn.ts";
import { browserTest, openBrowser } from "./support/chromium.ts";
import { sampleEvents } from "./support/samples.ts";
import { goTo, signIn } from "./support/visitor.ts";

let cairn: Cairn;
let browser: Browser | undefined;
beforeAll(async () => {
  browser = await openBrowser();
  cairn = await startCairn();
});
afterAll(async () => {
  await cairn.stop();
});

const ask = async (page: Page, query: string) => {
  await page.getByRole("combobox", { name: "Query" }).fill(query);
  await page.getByRole("combobox", { name: "Query" }).press("Enter");
};
/** Place and time of each row that is drawn, in their order. */
const rowsInSight = async (page: Page) => {
  const rows = await page.locator(".row[data-place]").evaluateAll((all) =>
    all.map((row) => ({
      place: row.getAttribute("data-place") ?? "",
      time: `${row.querySelector(".cell-date")?.textContent} ${row.querySelector(".cell-time")?.textContent}`,
      index: Number(row.getAttribute("aria-rowindex")),
    })),
  );
  return rows.toSorted((a, b) => a.index - b.index).map(({ place, time }) => [place, time] as const);
};
/** Place of the first row that is wholly in sight. */
const topRow = async (page: Page) =>
  page.locator(".list-scroll").evaluate((list) => {
    const edge = list.querySelector("thead")?.getBoundingClientRect().bottom ?? 0;
    const rows = [...list.querySelectorAll(".row[data-place]")].filter(
      (row) => row.getBoundingClientRect().top >= edge - 1,
    );
    rows.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
    return rows[0]?.getAttribute("data-place") ?? "";
  });
const cells = (page: Page, column: string) => page.locator(`.row .cell-${column}`).allInnerTexts();

describe("the list", () => {
  browserTest("of a new log shows how to record an event, and then the event, without being asked again", async () => {
    const { page, complaints, close } = await signIn(browser, cairn);
    await page.getByRole("heading", { name: "Record your first event" }).waitFor();
    const command = (await page.locator(".first-steps pre").textContent()) ?? "";
    expect(command).toContain(`curl ${cairn.url}/v1/events`);
    const sent = JSON.parse(/-d '(.*)'/.exec(command)?.[1] ?? "") as object;
    await cairn.record([{ ...sent, id: "first" }]);
    await page.locator(".row").getByRole("button", { name: "document.viewed" }).waitFor();
    expect(await page.getByRole("heading", { name: "Record your first event" }).count()).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });

  browserTest("shows events newest first, in columns, page after page to the beginning", async () => {
    await cairn.record(sampleEvents(180));
    const { page, complaints, close } = await signIn(browser, cairn, { timezoneId: "UTC" });
    await expect
      .poll(() => page.locator("thead th").allTextContents())
      .toEqual(["Date", "Time UTC↓", "Actor", "Action", "Category", "Targets", "Outcome"]);
    // Those, the one of the first steps, and what the server recorded of itself.
    const status = page.getByText(/^18\d events, newest first/);
    await status.waitFor();
    const count = Number.parseInt((await status.textContent()) ?? "", 10);
    // Only what is in sight is drawn, and the rest is fetched as the reader gets there.
    expect(await page.locator(".row").count()).toBeLessThan(100);
    const seen = new Map<string, string>();
    for (let round = 0; round < 60 && seen.size < count; round++) {
      await expect.poll(() => page.locator(".row.is-waiting").count()).toBe(0);
      for (const [place, time] of await rowsInSight(page)) seen.set(place, time);
      await page.locator(".list-scroll").evaluate((list) => list.scrollBy(0, 400));
      await page.waitForTimeout(50);
    }
    expect(seen.size).toBe(count);
    expect([...seen.values()]).toEqual([...seen.values()].toSorted().reverse());
    await page.getByText("The beginning of the log, as far as this query goes.").waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  browserTest("leaves a reader further down in peace when events come in", async () => {
    const { page, close } = await signIn(browser, cairn);
    await page.locator(".rail").waitFor();
    await page.locator(".list-scroll").evaluate((list) => list.scrollTo(0, 1_500));
    await expect.poll(() => page.locator(".row.is-waiting").count()).toBe(0);
    await expect.poll(() => topRow(page)).not.toBe("");
    const before = await topRow(page);
    await cairn.record([{ action: "just.now" }]);
    await page.getByRole("button", { name: "new event" }).waitFor();
    expect(await topRow(page)).toBe(before);
    await page.getByRole("button", { name: "new event" }).click();
    await page.locator(".row").getByText("just.now").waitFor();
    await close();
  });

  browserTest("follows what comes in, until it is told to pause", async () => {
    const { page, close } = await signIn(browser, cairn);
    await page.locator(".rail").waitFor();
    await cairn.record([{ id: "live-1", action: "live.one" }]);
    await page.locator(".row").getByText("live.one").waitFor();
    await page.getByRole("button", { name: "Live", exact: true }).click();
    await cairn.record([{ id: "live-2", action: "live.two" }]);
    await page.waitForTimeout(6_000);
    expect(await page.locator(".row").getByText("live.two").count()).toBe(0);
    await page.getByRole("button", { name: "Paused", exact: true }).click();
    await page.locator(".row").getByText("live.two").waitFor();
    await close();
  });

  browserTest("shows times by any clock, and remembers which", async () => {
    await cairn.record([{ id: "in-zone", action: "zone.test", occurred_at: "2026-07-01T22:30:05.250Z" }]);
    const visitor = await signIn(browser, cairn, { timezoneId: "Europe/Berlin" });
    const { page, close } = visitor;
    await ask(page, "action:zone.test");
    await page.getByText("1 event, newest first").waitFor();
    expect([await cells(page, "date"), await cells(page, "time")]).toEqual([["2026-07-02"], ["00:30:05.250"]]);
    const choose = async (zone: string) => {
      await page.getByRole("button", { name: "Time:" }).click();
      await page.getByLabel("Time zone").selectOption(zone);
      await page.keyboard.press("Escape");
    };
    await choose("UTC");
    await expect.poll(() => cells(page, "time")).toEqual(["22:30:05.250"]);
    expect([await cells(page, "date"), page.url()]).toEqual([["2026-07-01"], expect.stringContaining("tz=UTC")]);
    await choose("Asia/Tokyo");
    await expect.poll(() => cells(page, "time")).toEqual(["07:30:05.250"]);
    expect(page.url()).toContain("tz=Asia/Tokyo");
    await goTo(visitor, "#q=action:zone.test");
    await page.locator(".row").waitFor();
    expect(await cells(page, "time")).toEqual(["07:30:05.250"]);
    await goTo(visitor, "#q=action:zone.test&tz=local");
    await page.locator(".row").waitFor();
    expect(await cells(page, "time")).toEqual(["00:30:05.250"]);
    await close();
  });

  browserTest("stays while the server is away, says so, and goes on when it is back", async () => {
    const { page, close } = await signIn(browser, cairn);
    await page.route("**/v1/events/search", (route) => route.abort());
    await page.getByText("The server cannot be reached. This is what it said last.").waitFor();
    expect(await page.locator(".row").count()).toBeGreaterThan(0);
    await page.unroute("**/v1/events/search");
    await page.getByText("This is what it said last.").waitFor({ state: "detached" });
    await close();
  });

  browserTest("waits for search that is starting", async () => {
    const { page, close } = await signIn(browser, cairn);
    await page.route("**/v1/events/search", (route) =>
      route.fulfill({
        status: 503,
        headers: { "retry-after": "1" },
        json: { error: { code: "index_unavailable", message: "search is starting" } },
      }),
    );
    await page.reload();
    await page.getByRole("heading", { name: "Search is catching up" }).waitFor();
    await page.unroute("**/v1/events/search");
    await page.locator(".row").first().waitFor();
    await close();
  });
});

describe("the query", () => {
  browserTest("filters, and stays in the fragment of the address, away from every log of requests", async () => {
    const { page, complaints, close } = await signIn(browser, cairn);
    const asked: string[] = [];
    page.on("request", (request) => {
      if (!request.url().includes("/assets/")) asked.push(`${request.method()} ${request.url()}`);
    });
    await ask(page, "outcome:denied actor:Mallory");
    await page.waitForURL("**/#q=outcome:denied+actor:Mallory");
    await expect.poll(() => page.locator(".outcome-success").count()).toBe(0);
    expect(new Set(await cells(page, "actor"))).toEqual(new Set(["Mallory"]));
    expect(asked.filter((request) => /mallory/i.test(request))).toEqual([]);
    expect(asked.filter((request) => request.startsWith("GET") && request.includes("?"))).toEqual([]);
    expect(asked).toContain(`POST ${cairn.url}/v1/events/search`);
    await page.goBack();
    await expect.poll(() => page.locator(".outcome-success").count()).toBeGreaterThan(0);
    expect(await page.getByRole("combobox", { name: "Query" }).inputValue()).toBe("");
    await page.goForward();
    await expect.poll(() => page.getByRole("combobox", { name: "Query" }).inputValue()).toContain("Mallory");
    expect(complaints).toEqual([]);
    await close();
  });

  browserTest("is narrowed by a click on a value, and by Alt and a click to everything else", async () => {
    const { page, close } = await signIn(browser, cairn);
    await page.locator(".row .cell-actor").getByText("Ada Osei").first().click();
    await page.waitForURL("**/#q=actor.id:u-2");
    await expect.poll(() => page.locator(".outcome-denied").count()).toBe(0);
    expect(new Set(await cells(page, "actor"))).toEqual(new Set(["Ada Osei"]));
    await page.goBack();
    await page
      .locator(".row .outcome-denied")
      .first()
      .click({ modifiers: ["Alt"] });
    await page.waitForURL("**/#q=-outcome:denied");
    await expect.poll(() => page.locator(".outcome-denied").count()).toBe(0);
    expect(await cells(page, "outcome")).toContain("success");
    await close();
  });

  browserTest("shows its mistake under the character, and no events that it did not ask for", async () => {
    const { page, close } = await signIn(browser, cairn);
    const query = "action:document.* outcom:success";
    await ask(page, query);
    await page.getByRole("alert").getByText("There is no field “outcom”; did you mean “outcome”?").waitFor();
    expect(await page.locator(".row").count()).toBe(0);
    const field = page.getByRole("combobox", { name: "Query" });
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    // Where the letters of the field are: the same letters, measured.
    const measured = (await page.evaluate(`(() => {
      const field = document.querySelector("#query");
      const style = getComputedStyle(field);
      const pen = document.createElement("canvas").getContext("2d");
      pen.font = style.font;
      const left = field.getBoundingClientRect().left + parseFloat(style.paddingLeft);
      const width = (text) => pen.measureText(text).width;
      const mark = document.querySelector(".query-caret").getBoundingClientRect();
      return { from: mark.left - left - width("action:document.* "), to: mark.right - left - width("action:document.* outcom"),
               selected: field.value.slice(field.selectionStart, field.selectionEnd) };
    })()`)) as { readonly from: number; readonly to: number; readonly selected: string };
    expect(Math.abs(measured.from)).toBeLessThan(1.5);
    expect(Math.abs(measured.to)).toBeLessThan(1.5);
    expect(measured.selected).toBe("outcom");
    await field.fill("outcome:success");
    expect(await page.locator(".query-fault").count()).toBe(0);
    await field.press("Enter");
    await page.locator(".row").first().waitFor();
    await close();
  });

  browserTest("that finds nothing says so, and leads back", async () => {
    const { page, close } = await signIn(browser, cairn);
    await ask(page, "nobodyhasthisword");
    await page.getByRole("heading", { name: "Nothing matches" }).waitFor();
    await page.getByRole("button", { name: "Show all events" }).click();
    await page.locator(".row").first().waitFor();
    await close();
  });

  browserTest("is explained by examples, each of which the server understands", async () => {
    const { page, close } = await signIn(browser, cairn);
    await page.getByRole("button", { name: "How to ask" }).click();
    const examples = await page.locator("dialog dt").allInnerTexts();
    expect(examples.length).toBeGreaterThan(8);
    for (const q of examples) {
      const response = await page.request.post(`${cairn.url}/v1/events/search`, { data: { q, limit: 1 } });
      expect(response.status(), q).toBe(200);
    }
    const language = await page.getByRole("link", { name: "The whole query language" }).getAttribute("href");
    expect((await page.request.get(`${cairn.url}${language}`)).status()).toBe(200);
    await page.getByRole("button", { name: "-outcome:success" }).click();
    await page.waitForURL("**/#q=-outcome:success");
    await close();
  });
});

describe("the keyboard", () => {
  browserTest("is enough: find, go down and up, open, close", async () => {
    const { page, complaints, close } = await signIn(browser, cairn);
    const focusedRow = () =>
      page.evaluate(`document.activeElement.closest("tr")?.dataset.place ?? null`) as Promise<string | null>;
    await page.locator(".rail").waitFor();
    const places = (await rowsInSight(page)).map(([place]) => place);
    await page.keyboard.press("j");
    await expect.poll(focusedRow).toBe(places[0]);
    await page.keyboard.press("j");
    await expect.poll(focusedRow).toBe(places[1]);
    await page.keyboard.press("j");
    await expect.poll(focusedRow).toBe(places[2]);
    await page.keyboard.press("k");
    await expect.poll(focusedRow).toBe(places[1]);
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/#event=${places[1]}`);
    await page.getByRole("complementary", { name: "Event detail" }).waitFor();
    expect(await page.evaluate("document.activeElement.tagName")).toBe("H2");
    await page.keyboard.press("j");
    await page.waitForURL(`**/#event=${places[2]}`);
    await page.keyboard.press("Escape");
    await page.getByRole("complementary", { name: "Event detail" }).waitFor({ state: "detached" });
    await expect.poll(focusedRow).toBe(places[2]);

    await page.keyboard.press("/");
    expect(await page.evaluate("document.activeElement.id")).toBe("query");
    await page.keyboard.type("jk?/");
    expect(await page.getByRole("combobox", { name: "Query" }).inputValue()).toBe("jk?/");
    await page.keyboard.press("Escape");
    expect(await page.evaluate("document.activeElement.id")).not.toBe("query");

    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog", { name: "Keys" }).waitFor({ state: "detached" });
    expect(complaints).toEqual([]);
    await close();
  });

  browserTest("reaches only the row at hand by Tab, values included", async () => {
    const { page, close } = await signIn(browser, cairn);
    await page.keyboard.press("j");
    const tabbable = await page
      .locator(".row a, .row button")
      .evaluateAll((all) =>
        all.filter((each) => each.getAttribute("tabindex") === "0").map((each) => each.closest("tr")),
      );
    expect(new Set(tabbable).size).toBe(1);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.className")).toBe("value");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/#q=actor*");
    await close();
  });

  browserTest("can be told not to take single keys", async () => {
    const { page, close } = await signIn(browser, cairn);
    await page.getByRole("button", { name: "Keys" }).click();
    await page.getByLabel("Single-key shortcuts").uncheck();
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    expect(await page.evaluate(`document.activeElement.closest("tr") === null`)).toBe(true);
    await page.reload();
    await page.locator(".row").first().waitFor();
    await page.keyboard.press("?");
    expect(await page.getByRole("dialog").count()).toBe(0);
    await close();
  });
});
