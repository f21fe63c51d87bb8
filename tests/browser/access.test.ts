import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { findings, LOOKS } from "./support/axe.ts";
import { type Cairn, startCairn } from "./support/cairn.ts";
import { browserTest, openBrowser, visit } from "./support/chromium.ts";
import { sampleEvents } from "./support/samples.ts";
import { signIn } from "./support/visitor.ts";

let cairn: Cairn;
let browser: Browser | undefined;
beforeAll(async () => {
  browser = await openBrowser();
  cairn = await startCairn();
  await cairn.record(sampleEvents(12), "sealed");
});
afterAll(async () => {
  await cairn.stop();
});

describe.each(LOOKS)("%s, axe finds nothing wrong with", (_name, look) => {
  browserTest("the sign-in page and the page of a used link", async () => {
    const { page, close } = await visit(browser, cairn.url, look);
    await page.getByText("Sign in with a link").waitFor();
    expect(await findings(page)).toEqual([]);
    await page.goto(`${cairn.url}/first-use?token=used`);
    expect(await findings(page)).toEqual([]);
    await close();
  });

  browserTest("the list, its mistakes and its windows", async () => {
    const { page, close } = await signIn(browser, cairn, look);
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "How to ask" }).click();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("combobox", { name: "Query" }).fill("outcom:x");
    await page.getByRole("combobox", { name: "Query" }).press("Enter");
    await page.locator(".query-fault").waitFor();
    expect(await findings(page)).toEqual([]);
    await page.getByRole("combobox", { name: "Query" }).fill("nobodyhasthisword");
    await page.getByRole("combobox", { name: "Query" }).press("Enter");
    await page.getByRole("heading", { name: "Nothing matches" }).waitFor();
    expect(await findings(page)).toEqual([]);
    await close();
  });

  browserTest("the help for writing, the choice of time and columns, the export", async () => {
    const { page, close } = await signIn(browser, cairn, look);
    await page.getByRole("combobox", { name: "Query" }).fill("outcome:");
    await page
      .getByRole("option", { name: /denied/ })
      .first()
      .waitFor();
    await page.keyboard.press("ArrowDown");
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Time:" }).click();
    await page.getByRole("grid").waitFor();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "View", exact: true }).click();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Export", exact: true }).click();
    await page.getByRole("dialog", { name: "Export what is shown" }).waitFor();
    expect(await findings(page)).toEqual([]);
    await close();
  });

  browserTest("the detail, with its proof verified and not", async () => {
    const { page, close } = await signIn(browser, cairn, look);
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.locator("[data-proof=verified]").waitFor();
    await page.getByText("What this proves, and what not").click();
    await page.getByText("Raw JSON").click();
    expect(await findings(page)).toEqual([]);
    await page.route("**/proof", (route) => route.fulfill({ body: "nothing of the kind" }));
    await page.keyboard.press("j");
    await page.locator("[data-proof=failed]").waitFor();
    expect(await findings(page)).toEqual([]);
    await close();
  });
});

describe("the page", () => {
  browserTest("is dark for whoever likes it dark", async () => {
    const brightness = async (colorScheme: "light" | "dark") => {
      const { page, close } = await signIn(browser, cairn, { colorScheme });
      const colour = (await page.evaluate(
        `getComputedStyle(document.querySelector("main")).backgroundColor`,
      )) as string;
      await close();
      return Math.max(...(colour.match(/\d+/g) ?? []).map(Number));
    };
    expect(await brightness("light")).toBeGreaterThan(200);
    expect(await brightness("dark")).toBeLessThan(60);
  });

  browserTest("needs no sideways scrolling at 320 pixels, the narrowest that WCAG knows", async () => {
    const { page, close } = await signIn(browser, cairn, { viewport: { width: 320, height: 640 } });
    const width = () => page.evaluate("document.documentElement.scrollWidth") as Promise<number>;
    expect(await width()).toBe(320);
    await page.locator(".row").nth(1).click();
    await page.locator("[data-proof=verified]").waitFor();
    expect(await width()).toBe(320);
    const overflowing = (await page.evaluate(`[...document.querySelectorAll(".detail-body, .detail-body *")]
      .filter((each) => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflowX === "visible" && each.clientWidth > 0)
      .map((each) => each.className || each.tagName)`)) as readonly string[];
    expect(overflowing).toEqual([]);
    await close();
  });
});
