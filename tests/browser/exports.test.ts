import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Cairn, startCairn } from "./support/cairn.ts";
import { browserTest, openBrowser, visit } from "./support/chromium.ts";
import { pasteKey } from "./support/people.ts";
import { sampleEvents } from "./support/samples.ts";
import { signInAt } from "./support/visitor.ts";

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

describe("an export", () => {
  browserTest(
    "holds what is on the screen: query, columns, order and zone, as a CSV that is listed until it goes",
    async () => {
      const visitor = await signInAt(
        browser,
        cairn,
        "#q=outcome:denied&sort=occurred_at&cols=date,time,actor,outcome&tz=Asia/Tokyo",
        { timezoneId: "UTC" },
      );
      const { page, complaints, close } = visitor;
      await page.getByText("10 events, oldest first").waitFor();
      const first = await page.locator(".row").first().locator("td").allInnerTexts();
      await page.keyboard.press("e");
      const dialog = page.getByRole("dialog", { name: "Export what is shown" });
      await dialog.getByText("outcome:denied").waitFor();
      await dialog.getByText(/^(Newest|Oldest) first$/).waitFor();
      await dialog.getByRole("button", { name: "Make the file" }).click();
      const link = dialog.getByRole("link", { name: /^AuditLogs_\d{8}_\d{6}\.csv$/ });
      const coming = page.waitForEvent("download");
      await link.click();
      const file = readFileSync(await (await coming).path(), "utf8")
        .trimEnd()
        .split("\r\n");
      expect(file).toHaveLength(11);
      expect(file[0]).toBe("date,time,actor,outcome");
      const [date, time, actor, outcome] = file[1]?.split(",") ?? [];
      expect([date, time, outcome]).toEqual([first[0], first[1]?.slice(0, 8), first[3]?.trim()]);
      expect(actor).toContain(first[2]?.trim());

      await dialog.getByRole("link", { name: "All exports" }).click();
      await page.getByRole("heading", { name: "Exports", level: 1 }).waitFor();
      await page.getByText("10 events").waitFor();
      await page.getByRole("button", { name: "Remove" }).click();
      await page.getByText("There is no export.").waitFor();
      expect(complaints).toEqual([]);
      await close();
    },
  );

  browserTest("can be evidence, and is fetched with a pasted key, too", async () => {
    const { page, complaints, close } = await visit(browser, cairn.url);
    await pasteKey(page, cairn.key);
    await page.locator(".row").first().waitFor();
    await page.getByRole("button", { name: "Export", exact: true }).click();
    await page.getByRole("radio", { name: /Evidence/ }).check();
    await page.getByRole("button", { name: "Make the file" }).click();
    const button = page.getByRole("button", { name: /^AuditLogs_.*\.tar$/ });
    await button.waitFor({ timeout: 60_000 });
    const coming = page.waitForEvent("download");
    await button.click();
    expect(readFileSync(await (await coming).path()).length).toBeGreaterThan(1_000);
    expect(complaints).toEqual([]);
    await close();
  });
});
