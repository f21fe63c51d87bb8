import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { findingsInBothLooks } from "./support/axe.ts";
import { type Cairn, startCairn } from "./support/cairn.ts";
import { browserTest, openBrowser, type Visit } from "./support/chromium.ts";
import { acceptInvitation, becomeMember, openPage } from "./support/people.ts";
import { sampleEvents } from "./support/samples.ts";
import { goTo } from "./support/visitor.ts";

interface Saved {
  readonly id: string;
  readonly name: string;
}

let cairn: Cairn;
let browser: Browser | undefined;
let owner: Visit;
let auditor: Visit;
beforeAll(async () => {
  browser = await openBrowser();
  cairn = await startCairn();
  await cairn.record(sampleEvents(24));
  if (browser === undefined) return;
  owner = await becomeMember(browser, cairn.firstLink, { email: "olga@example.com", name: "Olga Owner" });
  const made = await owner.page.request.post(`${cairn.url}/v1/members`, {
    data: { email: "ada@example.com", role: "auditor", expires_at: new Date(Date.now() + 86_400_000).toISOString() },
  });
  const { invitation } = (await made.json()) as { readonly invitation: { readonly url: string } };
  auditor = await acceptInvitation(browser, invitation.url, "Ada Auditor");
});
afterAll(async () => {
  await cairn.stop();
});

/** A page that is loaded again takes its time. */
const PATIENCE = { timeout: 10_000 };

const menu = (page: Page) => page.getByRole("dialog", { name: "Saved views", exact: true });
const openMenu = async (page: Page) => {
  await page.getByRole("button", { name: "Saved views", exact: true }).click();
  // The views are there, or that there are none.
  await page.locator(".views-panel section, .views-panel p").first().waitFor();
  return menu(page);
};
/** Opens a saved view by its name. */
const choose = async (page: Page, name: string) => (await openMenu(page)).getByRole("link", { name }).click();
const ask = async (page: Page, query: string) => {
  await page.getByRole("combobox", { name: "Query" }).fill(query);
  await page.getByRole("combobox", { name: "Query" }).press("Enter");
};
const saveAs = async (page: Page, name: string) => {
  await (await openMenu(page)).getByRole("button", { name: "Save what is shown" }).click();
  const dialog = page.getByRole("dialog", { name: "Save what is shown" });
  await dialog.getByLabel("Name").fill(name);
  return dialog;
};
const hash = (page: Page) => new URL(page.url()).hash;
const state = (page: Page) => page.locator(".view-state");
const savedOf = async ({ page }: Visit) => {
  const answer = await page.request.get(`${cairn.url}/v1/views`);
  return (await answer.json()) as { readonly views: readonly Saved[]; readonly default: string | null };
};
const find = async (visit: Visit, name: string) => (await savedOf(visit)).views.find((view) => view.name === name);

describe("what is shown", () => {
  browserTest("is saved whole, opened again, seen to differ, put back and overwritten", async () => {
    const { page } = owner;
    const shown = "q=category:clinical&last=30d&tz=Asia/Tokyo&sort=-actor&cols=date,actor,action";
    await goTo(owner, `#${shown}`);
    await page.locator(".row").first().waitFor();
    await (await openMenu(page)).getByText("None is saved yet.").waitFor();
    expect(await findingsInBothLooks(page)).toEqual([]);
    await page.keyboard.press("Escape");
    const dialog = await saveAs(page, "Clinical");
    expect(await dialog.getByRole("checkbox", { name: /time zone Asia\/Tokyo/ }).isChecked()).toBe(true);
    expect(await findingsInBothLooks(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Save the view" }).click();
    await state(page).getByText("Clinical").waitFor();
    const view = await find(owner, "Clinical");
    expect(view).toMatchObject({
      ...{ q: "category:clinical", range: "30d", zone: "Asia/Tokyo", shared: false },
      ...{ sort: "actor", order: "desc", columns: ["date", "actor", "action"] },
    });
    // The whole view stays in the fragment, and names what it came from.
    const whole = `#${shown}&view=${view?.id}`;
    expect(hash(page)).toBe(whole);

    await choose(page, "All events, newest first");
    await page.waitForURL((url) => !url.hash.includes("category"));
    expect(await state(page).count()).toBe(0);
    await choose(page, "Clinical");
    await page.waitForURL((url) => url.hash === whole);
    expect(await page.getByRole("combobox", { name: "Query" }).inputValue()).toBe("category:clinical");
    expect(await page.locator("thead th").allInnerTexts()).toHaveLength(3);
    expect(await state(page).getByText("changed").count()).toBe(0);

    await ask(page, "category:settings");
    await state(page).getByText("changed").waitFor();
    // What was there before is pale until the answer comes.
    await page.locator("table.events[aria-busy=false]").waitFor();
    expect(await findingsInBothLooks(page)).toEqual([]);
    await page.getByRole("button", { name: "Back to Clinical" }).click();
    await page.waitForURL((url) => url.hash === whole);
    await state(page).getByText("changed").waitFor({ state: "detached" });

    await ask(page, "category:settings");
    await page.getByRole("button", { name: "Save Clinical as it is shown" }).click();
    await state(page).getByText("changed").waitFor({ state: "detached" });
    expect(await find(owner, "Clinical")).toMatchObject({ q: "category:settings", range: "30d", zone: "Asia/Tokyo" });
    await page.reload();
    await state(page).getByText("Clinical").waitFor();
    expect(await page.getByRole("combobox", { name: "Query" }).inputValue()).toBe("category:settings");
    expect(owner.complaints).toEqual([]);
  });

  browserTest("keeps a stretch of time as it is now, when that is wanted", async () => {
    const { page } = owner;
    await goTo(owner, "#last=7d");
    const dialog = await saveAs(page, "This week");
    await dialog.getByLabel("Time", { exact: true }).selectOption("fixed");
    await dialog.getByRole("button", { name: "Save the view" }).click();
    await page.waitForURL(/from=.*&to=/);
    const { range } = (await find(owner, "This week")) as unknown as { range: { from: string; to: string } };
    expect(Date.parse(range.to) - Date.parse(range.from)).toBe(7 * 86_400_000);
    await state(page).getByText("This week").waitFor();
    expect(await state(page).getByText("changed").count()).toBe(0);
  });

  browserTest("is saved with the keyboard alone, on a telephone, too", async () => {
    const { page } = owner;
    await page.setViewportSize({ width: 390, height: 844 });
    await goTo(owner, "#q=outcome:denied");
    await page.locator(".row").first().waitFor();
    const button = page.getByRole("button", { name: "Saved views", exact: true });
    await button.focus();
    await page.keyboard.press("Enter");
    await menu(page).getByRole("link", { name: "Clinical" }).waitFor();
    expect(
      await menu(page)
        .getByRole("link")
        .first()
        .evaluate((link) => link === link.ownerDocument.activeElement),
    ).toBe(true);
    await page.keyboard.press("Escape");
    expect(await button.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
    await page.keyboard.press("Enter");
    const save = menu(page).getByRole("button", { name: "Save what is shown" });
    for (let tabs = 0; tabs < 12 && !(await save.evaluate((each) => each === each.ownerDocument.activeElement)); tabs++)
      await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Save what is shown" }).waitFor();
    await page.keyboard.type("Denied");
    await page.keyboard.press("Enter");
    await state(page).getByText("Denied").waitFor();
    expect((await page.evaluate("document.documentElement.scrollWidth")) as number).toBe(390);
    await page.setViewportSize({ width: 1280, height: 800 });
  });
});

describe("a shared view", () => {
  browserTest("is renamed, shared and made the beginning of the log, by whoever may", async () => {
    const { page } = owner;
    await (await openMenu(page)).getByRole("button", { name: "Change Clinical" }).click();
    const dialog = page.getByRole("dialog", { name: "Change Clinical" });
    await dialog.getByLabel("Name").fill("Settings of late");
    await dialog.getByRole("checkbox", { name: /Everybody who may look/ }).check();
    await dialog.getByRole("checkbox", { name: /The log opens with it/ }).check();
    expect(await findingsInBothLooks(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Save", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    const view = await find(owner, "Settings of late");
    expect(view).toMatchObject({ shared: true, default: true, q: "category:settings", range: "30d" });

    // The log opens with it where the address says nothing, and with what the address says otherwise.
    const ada = auditor.page;
    await goTo(auditor, "");
    await state(ada).getByText("Settings of late").waitFor();
    expect(await ada.getByRole("combobox", { name: "Query" }).inputValue()).toBe("category:settings");
    await goTo(auditor, "#q=outcome:denied");
    await ada.locator(".row").first().waitFor();
    expect(hash(ada)).toBe("#q=outcome:denied");
  });

  browserTest("is opened and left alone by whoever may not change it; their own is nobody else's", async () => {
    const { page } = auditor;
    await choose(page, "Settings of late");
    await ask(page, "category:reports");
    await state(page).getByText("changed").waitFor();
    expect(await page.getByRole("button", { name: /^Save Settings of late/ }).count()).toBe(0);
    const panel = await openMenu(page);
    expect(await panel.getByRole("button", { name: "Change Settings of late" }).count()).toBe(0);
    await page.keyboard.press("Escape");
    const dialog = await saveAs(page, "Ada's reports");
    expect(await dialog.getByRole("checkbox", { name: /Everybody who may look/ }).count()).toBe(0);
    await dialog.getByRole("button", { name: "Save the view" }).click();
    await state(page).getByText("Ada's reports").waitFor();
    expect(await find(owner, "Ada's reports")).toBeUndefined();
    // An address that names a view which its reader does not see shows what it says, and no name.
    await goTo(owner, hash(page));
    await owner.page.locator(".row").first().waitFor();
    expect(await owner.page.getByRole("combobox", { name: "Query" }).inputValue()).toBe("category:reports");
    expect(await state(owner.page).count()).toBe(0);
    expect(auditor.complaints).toEqual([]);
  });

  browserTest("is chosen as the beginning in the settings, and read there by others", async () => {
    const { page } = owner;
    await openPage(page, cairn, "settings");
    const select = page.getByLabel("View that the log opens with");
    await expect.poll(() => select.locator("option:checked").textContent(), PATIENCE).toBe("Settings of late");
    await select.selectOption({ label: "All events, newest first" });
    await page.getByText("Saved.").waitFor();
    expect((await savedOf(owner)).default).toBe(null);
    await select.selectOption({ label: "Settings of late" });
    await expect.poll(async () => (await savedOf(owner)).default, PATIENCE).not.toBe(null);
    await openPage(auditor.page, cairn, "settings");
    await auditor.page
      .locator("section", { hasText: "View that the log opens with" })
      .getByText("Settings of late")
      .waitFor();
  });

  browserTest("is removed after being asked once more, and the log opens as it did before", async () => {
    const { page } = owner;
    await goTo(owner, "");
    await state(page).getByText("Settings of late").waitFor();
    await (await openMenu(page)).getByRole("button", { name: "Change Settings of late" }).click();
    const dialog = page.getByRole("dialog", { name: "Change Settings of late" });
    await dialog.getByRole("button", { name: "Remove" }).click();
    await dialog.getByText("It goes for everybody who sees it.").waitFor();
    expect(await findingsInBothLooks(page)).toEqual([]);
    await dialog.getByRole("group", { name: "Remove" }).getByRole("button", { name: "Remove" }).click();
    await dialog.waitFor({ state: "detached" });
    // What was shown is still shown; only the name is gone.
    await page.waitForURL((url) => !url.hash.includes("view="));
    expect(hash(page)).toContain("q=category:settings");
    await goTo(auditor, "");
    await auditor.page.locator(".row").first().waitFor();
    expect(hash(auditor.page)).toBe("");
    expect(owner.complaints).toEqual([]);
  });
});
