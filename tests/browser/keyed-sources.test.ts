import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { findingsInBothLooks } from "./support/axe.ts";
import { type Cairn, startCairn } from "./support/cairn.ts";
import { browserTest, openBrowser, type Visit } from "./support/chromium.ts";
import { becomeMember, openPage } from "./support/people.ts";

let cairn: Cairn;
let browser: Browser | undefined;
let owner: Visit;
beforeAll(async () => {
  browser = await openBrowser();
  cairn = await startCairn();
  if (browser !== undefined)
    owner = await becomeMember(browser, cairn.firstLink, { email: "olga@example.com", name: "Olga Owner" });
});
afterAll(async () => {
  await cairn.stop();
});

browserTest("what needs a key alone: what to paste works, what came and what was refused is shown", async () => {
  const { page, complaints } = owner;
  await openPage(page, cairn, "sources&set-up=which");
  await page.getByRole("link", { name: "Splunk HTTP event collector" }).click();
  await page.getByRole("heading", { name: "Splunk HTTP event collector", level: 1 }).waitFor();
  const look = page.getByRole("button", { name: "Look once" });
  await look.click();
  await page.getByText("Nothing has come by this way yet.").waitFor();

  const command = (await page.locator("[data-paste=command]").textContent()) ?? "";
  const paste = async (text: string) => {
    const env = { ...process.env, CAIRN_KEY: cairn.key, NO_PROXY: "*" };
    return (await promisify(execFile)("sh", ["-c", `${text} --silent --show-error`], { env })).stdout;
  };
  expect(JSON.parse(await paste(command))).toEqual({ text: "Success", code: 0 });
  expect(JSON.parse(await paste(command.replace(/-d '.*'/, `-d '{"event":""}'`)))).toMatchObject({ code: 13 });
  await expect
    .poll(async () => {
      await look.click();
      return page.getByText("Newest event").count();
    })
    .toBe(1);
  await page.getByRole("button", { name: "Show what was refused" }).click();
  await page.getByText("The event is blank").waitFor();
  expect(await findingsInBothLooks(page)).toEqual([]);
  expect(complaints).toEqual([]);
});
