import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Cairn, startCairn } from "./support/cairn.ts";
import { browserTest, openBrowser } from "./support/chromium.ts";
import { sampleEvents } from "./support/samples.ts";
import { signIn } from "./support/visitor.ts";

let cairn: Cairn;
let browser: Browser | undefined;
beforeAll(async () => {
  browser = await openBrowser();
  cairn = await startCairn();
  await cairn.record(sampleEvents(40));
});
afterAll(async () => {
  await cairn.stop();
});

const field = (page: Page) => page.getByRole("combobox", { name: "Query" });
const options = (page: Page) => page.getByRole("listbox", { name: /Fields|Values|Asked/ }).getByRole("option");

describe("writing a query", () => {
  browserTest("is helped by fields, actions, values and people, with the keyboard alone", async () => {
    const { page, complaints, close } = await signIn(browser, cairn);
    await page.keyboard.press("/");
    await page.keyboard.type("outc");
    await options(page).getByText("outcome", { exact: true }).waitFor();
    expect(await field(page).getAttribute("aria-expanded")).toBe("true");
    await page.keyboard.press("ArrowDown");
    const active = await field(page).getAttribute("aria-activedescendant");
    expect(await page.locator(`[id="${active}"]`).getAttribute("aria-selected")).toBe("true");
    await page.keyboard.press("Enter");
    expect(await field(page).inputValue()).toBe("outcome:");
    await options(page).getByText("denied").waitFor();
    await page.keyboard.type("de");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Tab");
    expect(await field(page).inputValue()).toBe("outcome:denied ");

    // Values are those of the rest of the query: only Mallory was denied anything.
    await page.keyboard.type("actor:");
    await options(page).getByText("Mallory").waitFor();
    expect(await options(page).count()).toBe(1);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    expect(await field(page).inputValue()).toBe("outcome:denied actor:u-99 ");
    await page.keyboard.press("Enter");
    await page.getByText("10 events, newest first").waitFor();

    await field(page).fill("action:(user.login OR rep");
    await options(page).getByText("report.exported").waitFor();
    await page.keyboard.press("Escape");
    expect(await options(page).count()).toBe(0);
    expect(await page.evaluate("document.activeElement.id")).toBe("query");
    expect(complaints).toEqual([]);
    await close();
  });

  browserTest("begins with what was asked before in this tab", async () => {
    const { page, close } = await signIn(browser, cairn);
    for (const query of ["verb:read", "category:settings"]) {
      await field(page).fill(query);
      await field(page).press("Enter");
      await page.waitForURL(`**/#q=${query}`);
    }
    await page.getByRole("button", { name: "Clear the query" }).click();
    await field(page).press("ArrowDown");
    await expect.poll(() => options(page).locator(".completion-name").allInnerTexts()).toContain("verb:read");
    expect((await options(page).locator(".completion-name").allInnerTexts()).slice(0, 2)).toEqual([
      "category:settings",
      "verb:read",
    ]);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/#q=verb:read");
    await close();
  });

  browserTest("is coloured as it is understood, letter over letter", async () => {
    const { page, close } = await signIn(browser, cairn);
    await field(page).fill('action:user.login -category:"a b" outcom:x');
    const parts = (kind: string) => page.locator(`.query-colours .token-${kind}`).allInnerTexts();
    expect(await parts("field")).toEqual(["action:", "category:"]);
    expect(await parts("value")).toEqual(["user.login", '"a b"']);
    expect(await parts("fault")).toEqual(["outcom"]);
    expect(await page.locator(".query-colours").textContent()).toBe(await field(page).inputValue());
    const [layer, input] = [await page.locator(".query-colours").boundingBox(), await field(page).boundingBox()];
    expect(Math.abs((layer?.x ?? 0) - (input?.x ?? 0) - 7)).toBeLessThan(1.5);
    await close();
  });
});

describe("the filters", () => {
  browserTest("count values, ask for one, another besides, and leave one out", async () => {
    const { page, complaints, close } = await signIn(browser, cairn);
    // Each search is recorded as one: names beside the list are not looked up one by one.
    const lookups: string[] = [];
    page.on("request", (request) => {
      if (/actor\.ref/.test(request.postData() ?? "")) lookups.push(request.url());
    });
    await page.reload();
    const filters = page.getByRole("complementary", { name: "Filters" });
    const value = (name: string) => filters.getByRole("button", { name: new RegExp(`^${name}`) });
    await value("Mallory").waitFor();
    await value("denied").click();
    await page.waitForURL("**/#q=outcome:denied");
    await page.getByText("10 events, newest first").waitFor();
    expect(await value("denied").getAttribute("aria-pressed")).toBe("true");
    await value("failure").click();
    await page.waitForURL("**/#q=outcome:%28denied+OR+failure%29");
    await page.getByText("20 events, newest first").waitFor();
    await value("denied").click();
    await page.waitForURL("**/#q=outcome:failure");
    await filters.getByRole("button", { name: "Leave out failure" }).click();
    await page.waitForURL("**/#q=-outcome:failure");
    await value("night").click();
    await page.waitForURL("**/#q=-outcome:failure+actor.groups:night");
    await page.getByText("10 events, newest first").waitFor();
    expect(lookups).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  browserTest("are folded up, stay so, and are a sheet on a telephone", async () => {
    const wide = await signIn(browser, cairn);
    const heading = wide.page.getByRole("button", { name: "Category", exact: true }).first();
    await heading.click();
    expect(await heading.getAttribute("aria-expanded")).toBe("false");
    await wide.page.reload();
    await wide.page.locator(".row").first().waitFor();
    expect(await heading.getAttribute("aria-expanded")).toBe("false");
    await wide.close();

    const narrow = await signIn(browser, cairn, { viewport: { width: 390, height: 844 }, hasTouch: true });
    await narrow.page.getByRole("button", { name: "Filters" }).tap();
    const sheet = narrow.page.getByRole("dialog", { name: "Filters" });
    await sheet.getByRole("button", { name: /^denied/ }).tap();
    await narrow.page.waitForURL("**/#q=outcome:denied");
    expect(narrow.complaints).toEqual([]);
    await narrow.close();
  });
});

describe("the columns", () => {
  browserTest("are chosen and put in order, any field among them, and are part of the address", async () => {
    const { page, complaints, close } = await signIn(browser, cairn);
    await page.getByRole("button", { name: "View", exact: true }).click();
    await page.getByRole("button", { name: "Leave out Targets" }).click();
    await page.getByRole("button", { name: "Move Actor to the left" }).click();
    await page.getByLabel("Add a column: any field").fill("details.record_count");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByLabel("Dense").check();
    await page.keyboard.press("Escape");
    await page.waitForURL("**/#cols=date,actor,time,action,category,outcome,ip,details.record_count");
    expect((await page.locator("thead th").allTextContents()).slice(0, 2)).toEqual(["Date", "Actor"]);
    await page.locator(".cell-details-record_count").getByText("12").first().click();
    await page.waitForURL("**/#q=details.record_count:12&cols=**");
    await page.getByText("10 events, newest first").waitFor();
    const height = (await page.locator(".row").first().boundingBox())?.height ?? 0;
    expect(height).toBeLessThan(26);
    expect(complaints).toEqual([]);
    await close();
  });
});
