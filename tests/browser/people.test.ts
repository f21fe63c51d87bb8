import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { findingsInBothLooks } from "./support/axe.ts";
import { type Cairn, startCairn } from "./support/cairn.ts";
import { browserTest, openBrowser, visit } from "./support/chromium.ts";
import { openPage, pasteKey } from "./support/people.ts";
import { sampleEvents } from "./support/samples.ts";
import { goTo, signIn, signInAt } from "./support/visitor.ts";

let cairn: Cairn;
let browser: Browser | undefined;
beforeAll(async () => {
  browser = await openBrowser();
  cairn = await startCairn();
  await cairn.record([
    ...sampleEvents(40),
    { action: "user.login", actor: { id: "jdoe", name: "J. Doe" }, occurred_at: "2026-01-02T08:00:00Z" },
  ]);
});
afterAll(async () => {
  await cairn.stop();
});

const find = async (page: Page, text: string, name: string) => {
  const link = page.getByRole("link", { name, exact: true });
  // Search hears of what was said a moment later.
  const look = async () => {
    await openPage(page, cairn, "people");
    await page.getByLabel("Find a person").fill(text);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Who was found" }).waitFor();
    await page.getByText("Nobody is found.").or(page.locator(".facts-table tbody tr").first()).waitFor();
    return link.count();
  };
  await expect.poll(look, { timeout: 20_000 }).toBeGreaterThan(0);
  await link.first().click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
};
const factsOf = (page: Page) => page.locator(".facts").first();

describe("the directory of people", () => {
  browserTest("somebody is added, renamed and moved: what was stays beside what is", async () => {
    const { page, complaints, close } = await signIn(browser, cairn);
    await openPage(page, cairn, "people");
    await page.getByRole("button", { name: "Add a person" }).click();
    await page.getByLabel("Kind of identifier").selectOption("email");
    await page.getByLabel("Identifier", { exact: true }).fill("Nia.New@example.com");
    await page.getByLabel("Name", { exact: true }).fill("Nia New");
    await page.getByLabel("Groups").fill("Ward 1, east\nNights");
    await page.getByLabel("Since").fill("2026-01-01");
    expect(await findingsInBothLooks(page)).toEqual([]);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { level: 1, name: "Nia New" }).waitFor();
    await factsOf(page).getByText("nia.new@example.com").waitFor();
    await factsOf(page).getByText("Nights, Ward 1, east").waitFor();
    await page.getByText("No event speaks of this person.").waitFor();

    await page.getByRole("button", { name: "Change", exact: true }).click();
    await page.getByLabel("Name", { exact: true }).fill("Nia Newton");
    await page.getByLabel("Groups").fill("Ward 2");
    await page.getByLabel("Further identifiers").fill("user:n-77");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { level: 1, name: "Nia Newton" }).waitFor();
    const names = factsOf(page).locator("div", { hasText: "All names" });
    for (const part of ["Nia New", "Nia Newton", "since 2026-01-01 00:00", "said in the directory"])
      await names.getByText(part).first().waitFor();
    const groups = factsOf(page).locator("div", { hasText: "Groups by the directory" });
    await groups.getByText(/Nights, Ward 1, east since 2026-01-01 00:00 until/).waitFor();
    await groups.getByText(/^Ward 2 since/).waitFor();
    expect(await findingsInBothLooks(page)).toEqual([]);
    await find(page, "n-77", "Nia Newton");

    // What somebody else is known by cannot be taken.
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await page.getByLabel("Further identifiers").fill("user:u-17");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").getByText("different people").waitFor();
    expect(complaints.filter((each) => !each.includes("409"))).toEqual([]);
    await close();
  });

  browserTest("a file is shown with what it would change before it does", async () => {
    const { page, close } = await signIn(browser, cairn);
    await openPage(page, cairn, "people");
    await page.getByRole("button", { name: "Upload a file of people" }).click();
    const csv = (text: string) => ({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    const file = page.getByLabel("File", { exact: true });
    await file.setInputFiles(csv('namespace,value\nuser,"u-1\n'));
    await page.getByRole("alert").getByText("quote").waitFor();
    await file.setInputFiles(
      csv(
        [
          "namespace,value,name,groups,identifiers",
          "user,u-17,Jane Doe-Roe,,",
          "user,f-1,Fay File,ward 5;nights,email:fay@example.com",
          "user,u-17,,,user:u-2",
          "user,u-2,,,",
        ].join("\n"),
      ),
    );
    await page.getByText("1 new, 1 changed, 1 refused. Nothing changes of one other.").waitFor();
    const table = page.getByRole("region", { name: "What would change" });
    await table.getByText("Name: Jane Doe → Jane Doe-Roe").waitFor();
    await table.getByText("Groups: nights, ward 5").waitFor();
    await table.getByText("different people").waitFor();
    expect(await findingsInBothLooks(page)).toEqual([]);
    await page.getByRole("button", { name: "Write it down of 2 people" }).click();
    await page.getByText("It is written down. One row was refused.").waitFor();
    await find(page, "fay@example.com", "Fay File");
    await factsOf(page).getByText("nights, ward 5").waitFor();
    await close();
  });

  browserTest("two who are one person are shown together, found together, and taken apart again", async () => {
    const { page, close } = await signIn(browser, cairn);
    await find(page, "jdoe", "J. Doe");
    await page.getByRole("button", { name: "Somebody else is the same person…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Find a person").fill("jane@example.com");
    await dialog.getByRole("button", { name: "Find" }).click();
    await dialog.getByText("u-17").waitFor();
    expect(await findingsInBothLooks(page)).toEqual([]);
    await dialog.getByRole("button", { name: /Jane Doe.* is the same person/ }).click();
    await dialog.waitFor({ state: "detached" });
    await factsOf(page).getByRole("link", { name: "11", exact: true }).waitFor();
    expect(await findingsInBothLooks(page)).toEqual([]);
    await openPage(page, cairn, "people");
    await page
      .getByRole("row", { name: /^J\. Doe/ })
      .getByText("2 references")
      .waitFor();
    await goTo({ page } as never, "#q=actor:jdoe");
    await page.getByText("11 events, newest first").waitFor();

    await find(page, "jdoe", "J. Doe");
    await page.getByRole("button", { name: /Jane Doe.* is somebody else/ }).click();
    await page.getByRole("button", { name: /Jane Doe.* is somebody else/ }).click();
    await factsOf(page).getByRole("link", { name: "1", exact: true }).waitFor();
    await close();
  });

  browserTest("whoever only reads is offered none of it", async () => {
    const key = await cairn.createKey({ tenant: "default", scopes: "events:read" });
    const { page, close } = await visit(browser, cairn.url);
    await pasteKey(page, key);
    await page.locator(".row").first().waitFor();
    await page.getByRole("link", { name: "People" }).click();
    await page.getByRole("heading", { name: "Everybody, by name" }).waitFor();
    await page.getByRole("link", { name: "J. Doe" }).first().click();
    await page.getByRole("heading", { level: 1, name: "J. Doe" }).waitFor();
    await page.getByRole("heading", { name: "Newest events" }).waitFor();
    for (const name of ["Change", "Add a person", "Upload a file of people", "Somebody else is the same person…"])
      expect(await page.getByRole("button", { name }).count()).toBe(0);
    await close();
  });
});

describe("the way to a person", () => {
  browserTest("is beside their name: in the overview, among the filters and in an event", async () => {
    const visitor = await signInAt(browser, cairn, "#page=overview");
    const { page, close } = visitor;
    await page
      .getByRole("link", { name: /^About Mallory/ })
      .first()
      .click();
    await page.getByRole("heading", { level: 1, name: "Mallory" }).waitFor();
    await goTo(visitor, "");
    const filters = page.locator(".facets");
    await filters.getByRole("link", { name: "About Ada Osei" }).click();
    await page.getByRole("heading", { level: 1, name: "Ada Osei" }).waitFor();
    await goTo(visitor, "#q=action:patient.record.viewed");
    await page.locator(".row").first().waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    const detail = page.getByRole("complementary", { name: "Event detail" });
    const ways = detail.getByRole("link", { name: "All that is recorded of this person" });
    await expect.poll(() => ways.count()).toBe(2);
    await ways.last().click();
    await page.getByRole("heading", { level: 1, name: "John Roe" }).waitFor();
    await close();
  });
});
