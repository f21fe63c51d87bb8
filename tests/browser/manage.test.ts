import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { findingsInBothLooks } from "./support/axe.ts";
import { type Cairn, startCairn } from "./support/cairn.ts";
import { browserTest, openBrowser, type Visit, visit } from "./support/chromium.ts";
import { acceptInvitation, becomeMember, openPage, PASSWORD, signInByPassword } from "./support/people.ts";
import { type Provider, startProvider } from "./support/provider.ts";
import { sampleEvents } from "./support/samples.ts";

let cairn: Cairn;
let browser: Browser | undefined;
let owner: Visit;
let provider: Provider | undefined;
beforeAll(async () => {
  browser = await openBrowser();
  cairn = await startCairn(["--allow-insecure-issuers"]);
  await cairn.record(sampleEvents(12));
  if (browser !== undefined)
    owner = await becomeMember(browser, cairn.firstLink, { email: "olga@example.com", name: "Olga Owner" });
});
afterAll(async () => {
  provider?.close();
  await cairn.stop();
});

/** Does what cannot be undone: presses the button, and once more when it asks. */
async function insist(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).click();
  await page.getByRole("group", { name }).getByRole("button", { name, exact: true }).click();
}

const row = (page: Page, name: string | RegExp) => page.getByRole("row", { name });
const shownOnce = async (page: Page) => ((await page.locator(".once").textContent()) ?? "").trim();
/** Status and body of a request with a key. */
const withKey = async (key: string) => {
  const response = await fetch(`${cairn.url}/v1/events?limit=1`, { headers: { authorization: `Bearer ${key}` } });
  return response.status;
};

describe("members", () => {
  browserTest("are invited behind a wall, see what it leaves them, are changed and removed", async () => {
    const { page } = owner;
    await openPage(page, cairn, "members");
    await page.getByRole("button", { name: "Invite somebody" }).click();
    const dialog = page.getByRole("dialog", { name: "Invite somebody" });
    await dialog.getByLabel("E-mail address").fill("wanda@example.com");
    const wall = dialog.getByRole("combobox", { name: "Wall" });
    await wall.fill("locatoin:x");
    await dialog.getByRole("button", { name: "Make the link" }).click();
    await dialog.getByText("did you mean “location”").waitFor();
    await wall.fill("loc");
    await dialog.getByRole("option", { name: /^location/ }).click();
    await dialog.getByRole("option", { name: /ward 3/i }).click();
    expect(await findingsInBothLooks(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Make the link" }).click();
    const link = await shownOnce(page);
    await page.keyboard.press("Escape");
    await row(page, /wanda@example\.com/)
      .getByText("invited")
      .waitFor();

    const wanda = await visit(browser, link);
    await wanda.page.getByText("You will sign in as wanda@example.com.").waitFor();
    expect(await findingsInBothLooks(wanda.page)).toEqual([]);
    await wanda.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await wanda.page.getByLabel("The same again").fill("something else entirely");
    await wanda.page.getByRole("button", { name: "Go in" }).click();
    await wanda.page.getByRole("alert").getByText("The two are not the same.").waitFor();
    await wanda.page.getByLabel("The same again").fill(PASSWORD);
    await wanda.page.getByRole("button", { name: "Go in" }).click();
    await wanda.page.getByText("3 events, newest first").waitFor();
    // Only what she may: no page that counts what is beyond her wall.
    const pages = await wanda.page.getByRole("navigation", { name: "Pages" }).getByRole("link").allInnerTexts();
    expect(pages.filter((name) => name !== "")).toEqual(["Events", "Overview", "People", "Actions", "Exports", "Help"]);
    await wanda.page.getByRole("combobox", { name: "Query" }).fill("Mallory OR NOT location:x");
    await wanda.page.keyboard.press("Enter");
    await wanda.page.getByText("3 events, newest first").waitFor();
    await openPage(wanda.page, cairn, "members");
    await wanda.page.getByRole("heading", { name: "You may not do this" }).waitFor();
    await openPage(wanda.page, cairn, "integrity");
    await wanda.page.getByText("You see a part of this log only.").first().waitFor();

    const again = await visit(browser, link);
    await again.page.getByRole("heading", { name: "This link no longer works" }).waitFor();
    await again.close();

    await openPage(page, cairn, "members");
    expect(await findingsInBothLooks(page)).toEqual([]);
    await row(page, /wanda@example\.com/)
      .getByRole("button", { name: "Change" })
      .click();
    const change = page.getByRole("dialog", { name: "Change wanda@example.com" });
    await change.getByLabel("Role").selectOption("auditor");
    expect(await change.getByLabel(/^Ends on/).inputValue()).toMatch(/^\d{4}-\d\d-\d\d$/);
    await change.getByLabel("Name", { exact: true }).fill("Wanda Wall");
    await change.getByRole("button", { name: "Save" }).click();
    await change.waitFor({ state: "detached" });
    await row(page, /Wanda Wall.*Auditor/)
      .first()
      .waitFor();
    await row(page, /Wanda Wall.*Auditor/)
      .first()
      .getByRole("button", { name: "Change" })
      .click();
    await insist(page, "Remove");
    await page.getByText("1 removed member").waitFor();
    await wanda.page.reload();
    await wanda.page.getByRole("button", { name: "Go on", exact: true }).waitFor();
    expect(wanda.complaints).toEqual([]);
    await wanda.close();
  });

  browserTest("belong to groups, and get a link that sets a new password", async () => {
    const { page } = owner;
    await openPage(page, cairn, "members");
    await page.getByRole("button", { name: "New group" }).click();
    const group = page.getByRole("dialog", { name: "New group" });
    await group.getByLabel("Name of the group").fill("Night shift");
    await group.getByRole("combobox", { name: "Wall" }).fill("actor.groups:night");
    await group.getByRole("button", { name: "Save" }).click();
    await page.getByText("Night shift").waitFor();
    await page.getByRole("button", { name: "Invite somebody" }).click();
    const dialog = page.getByRole("dialog", { name: "Invite somebody" });
    await dialog.getByLabel("E-mail address").fill("nina@example.com");
    await dialog.getByRole("checkbox", { name: /Night shift/ }).check();
    await dialog.getByRole("button", { name: "Make the link" }).click();
    const nina = await acceptInvitation(browser, await shownOnce(page), "Nina Night");
    await nina.page.getByText("3 events, newest first").waitFor();

    await openPage(page, cairn, "members");
    await row(page, /Nina Night.*Analyst.*Night shift/)
      .getByRole("button", { name: "Change" })
      .click();
    await insist(page, "Make a reset link");
    const reset = await shownOnce(page);
    const fresh = await visit(browser, reset);
    await fresh.page.getByRole("heading", { name: "Choose a new password" }).waitFor();
    await fresh.page.getByLabel("Password", { exact: true }).fill("quite another password");
    await fresh.page.getByLabel("The same again").fill("quite another password");
    await fresh.page.getByRole("button", { name: "Go in" }).click();
    await fresh.page.getByText("3 events, newest first").waitFor();
    // Her other session has ended; this one is ended by the owner.
    await nina.page.reload();
    await nina.page.getByRole("button", { name: "Go on", exact: true }).waitFor();
    await openPage(page, cairn, "members");
    const sessions = page.getByRole("region", { name: "Sessions" });
    await sessions
      .getByRole("row", { name: /Nina Night/ })
      .getByRole("button", { name: "End" })
      .click();
    await sessions.getByRole("group", { name: "End" }).getByRole("button", { name: "End" }).click();
    await sessions.getByRole("row", { name: /Nina Night/ }).waitFor({ state: "detached" });
    await fresh.page.reload();
    await fresh.page.getByRole("button", { name: "Go on", exact: true }).waitFor();
    expect([...nina.complaints, ...fresh.complaints]).toEqual([]);
    await Promise.all([nina.close(), fresh.close()]);
  });
});

browserTest("API keys: made and shown once, rotated with both working, revoked at once", async () => {
  const { page } = owner;
  await openPage(page, cairn, "keys");
  await page.getByRole("button", { name: "Make a key" }).click();
  const dialog = page.getByRole("dialog", { name: "Make a key" });
  await dialog.getByLabel("Name").fill("ward reader");
  await dialog.getByRole("checkbox", { name: /record events/ }).uncheck();
  await dialog.getByRole("checkbox", { name: /search and read events/ }).check();
  await dialog.getByLabel("Only from these networks").fill("300.1.1.1/8");
  await dialog.getByRole("button", { name: "Make a key" }).click();
  await dialog.getByRole("alert").waitFor();
  await dialog.getByLabel("Only from these networks").fill("127.0.0.0/8\n::1/128");
  expect(await findingsInBothLooks(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Make a key" }).click();
  const key = await shownOnce(page);
  expect(await withKey(key)).toBe(200);
  await page.keyboard.press("Escape");
  await page.locator(".once").waitFor({ state: "detached" });
  expect(await page.content()).not.toContain(key);
  const line = row(page, /ward reader.*search and read events.*127\.0\.0\.0\/8/);
  await line.first().waitFor();
  expect(await findingsInBothLooks(page)).toEqual([]);

  await page.getByRole("button", { name: "Rotate ward reader" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate", exact: true }).click();
  const next = await shownOnce(page);
  expect([await withKey(key), await withKey(next)]).toEqual([200, 200]);
  await page.keyboard.press("Escape");
  const old = page.getByRole("row", { name: /ward reader\s*rotated/ });
  await old.getByRole("button", { name: "Revoke" }).click();
  await old.getByRole("group", { name: "Revoke" }).getByRole("button", { name: "Revoke" }).click();
  await page.getByText("1 key that has ended").waitFor();
  expect([await withKey(key), await withKey(next)]).toEqual([401, 200]);
  expect(owner.complaints).toEqual([]);
});

describe("the operator", () => {
  browserTest(
    "makes a project and a tenant, invites its first owner, and reads only what the owner lets operators read",
    async () => {
      const operator = await becomeMember(browser, await cairn.link("--operator"), {
        email: "otto@ops.example",
        name: "Otto Operator",
      });
      const { page } = operator;
      await openPage(page, cairn, "health");
      await page.getByText("Events are accepted.").waitFor();
      await page.getByText(/Half of all requests are acknowledged within/).waitFor();
      expect(await findingsInBothLooks(page)).toEqual([]);

      await openPage(page, cairn, "tenants");
      await page.getByRole("button", { name: "New project" }).click();
      const project = page.getByRole("dialog", { name: "New project" });
      await project.getByLabel("Identifier").fill("clinic");
      await project.getByRole("button", { name: "Make it" }).click();
      await page.getByRole("heading", { name: "Tenants of clinic" }).waitFor();
      await page.getByText("This project has no tenant yet.").waitFor();
      await page.getByRole("button", { name: "New tenant" }).click();
      const tenant = page.getByRole("dialog", { name: "New tenant" });
      await tenant.getByLabel("Identifier").fill("north");
      await tenant.getByLabel("Name").fill("North Clinic");
      await tenant.getByRole("button", { name: "Make it" }).click();
      await page.getByRole("button", { name: "Change North Clinic" }).click();
      const change = page.getByRole("dialog", { name: "Change North Clinic" });
      await change.getByLabel("E-mail domains").fill("corp.example");
      expect(await findingsInBothLooks(page)).toEqual([]);
      await change.getByRole("button", { name: "Save" }).click();
      await change.waitFor({ state: "detached" });
      await row(page, /corp\.example/)
        .first()
        .waitFor();
      await page.getByLabel("Pages that may show this log").fill("https://app.example.com");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await page.getByRole("button", { name: "Invite somebody to North Clinic" }).click();
      const invite = page.getByRole("dialog", { name: "Invite somebody" });
      await invite.getByLabel("E-mail address").fill("nora@north.example");
      await invite.getByRole("button", { name: "Make the link" }).click();
      const link = await shownOnce(page);
      await page.keyboard.press("Escape");
      expect(await findingsInBothLooks(page)).toEqual([]);

      await page.getByRole("button", { name: "Open the pages of North Clinic" }).click();
      await page.getByText("Its owners have not let operators read its events.").waitFor();
      await openPage(page, cairn, "members");
      await row(page, /nora@north\.example/)
        .first()
        .waitFor();

      const nora = await acceptInvitation(browser, link, "Nora North");
      await openPage(nora.page, cairn, "settings");
      await nora.page.getByText("They manage this log, and do not read its events.").waitFor();
      await nora.page.getByRole("button", { name: "Let them read" }).click();
      await nora.page.getByText(/They may read the events until/).waitFor();
      await nora.page.getByLabel("Kinds of targets that are people").fill("patient\nguest");
      await nora.page.getByRole("button", { name: "Save", exact: true }).click();
      await expect
        .poll(async () => (await nora.page.request.get(`${cairn.url}/v1/settings`)).json())
        .toMatchObject({ person_target_types: ["patient", "guest"] });
      expect(await findingsInBothLooks(nora.page)).toEqual([]);

      await page.reload();
      await page.getByText("You see North Clinic as an operator.").waitFor();
      await page.getByRole("link", { name: "Events", exact: true }).click();
      await page.locator(".row").getByText("operator_access.granted").first().waitFor();
      await page.getByRole("button", { name: "Back to your own pages" }).click();
      await page.getByText("You see North Clinic as an operator.").waitFor({ state: "detached" });

      await setUpProvider(nora.page);
      const ines = await visit(browser, cairn.url);
      await ines.page.getByLabel("E-mail address").fill("ines@corp.example");
      await ines.page.getByRole("button", { name: "Go on", exact: true }).click();
      await ines.page.getByRole("link", { name: "Go on with your organisation's sign-in" }).click();
      await ines.page.locator('input[name="login"]').fill("ines");
      await ines.page.locator('input[name="password"]').fill("x");
      await ines.page.locator('button[type="submit"]').click();
      await ines.page.locator('button[type="submit"]').click();
      await ines.page.getByRole("link", { name: "Ines Corp", exact: true }).waitFor();
      await ines.page.getByRole("link", { name: "Ines Corp", exact: true }).click();
      await ines.page.getByText("Administrator: everything but").waitFor();
      expect([...operator.complaints, ...nora.complaints]).toEqual([]);
      await Promise.all([operator.close(), nora.close(), ines.close()]);
    },
  );

  /** Sets up the organisation's sign-in on the settings page. */
  async function setUpProvider(page: Page): Promise<void> {
    provider = await startProvider(`${cairn.url}/v1/session/oidc/callback`);
    await openPage(page, cairn, "settings");
    await page.getByLabel("Issuer").fill(provider.issuer);
    await page.getByLabel("Client id").fill(provider.clientId);
    await page.getByLabel("Client secret").fill(provider.clientSecret);
    await page.getByLabel("Roles of groups").fill("auditlog-admins");
    await page.getByRole("button", { name: "Set it up" }).click();
    await page.getByRole("alert").getByText("This line is no “group = role”: auditlog-admins").waitFor();
    await page.getByLabel("Roles of groups").fill("auditlog-admins = administrator");
    await page.getByRole("button", { name: "Set it up" }).click();
    await page.getByRole("button", { name: "Save the provider" }).waitFor();
  }

  browserTest("suspends a tenant, and deletes it only together with another operator", async () => {
    const first = await becomeMember(browser, await cairn.link("--operator"), {
      email: "ada@ops.example",
      name: "Ada",
    });
    const second = await becomeMember(browser, await cairn.link("--operator"), {
      email: "ben@ops.example",
      name: "Ben",
    });
    const { page } = first;
    await openPage(page, cairn, "tenants");
    await page.getByLabel("Project").selectOption("clinic");
    await page.getByRole("button", { name: "New tenant" }).click();
    await page.getByRole("dialog").getByLabel("Identifier").fill("south");
    await page.getByRole("dialog").getByRole("button", { name: "Make it" }).click();
    await page.getByRole("button", { name: "Change south" }).click();
    await insist(page, "Suspend");
    await page.getByRole("button", { name: "Resume" }).waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: "Suspend" }).waitFor();
    await insist(page, "Delete");
    await page.getByText(/Its deletion was asked for/).waitFor();
    await insist(page, "Confirm the deletion");
    await page.getByRole("alert").getByText("Another operator confirms, or the time passes.").waitFor();
    await page.getByRole("button", { name: "Cancel the deletion" }).click();
    await insist(page, "Delete");
    await page.getByRole("button", { name: "Cancel the deletion" }).waitFor();

    await openPage(second.page, cairn, "tenants");
    await second.page.getByLabel("Project").selectOption("clinic");
    await row(second.page, /south.*will be deleted/)
      .first()
      .waitFor();
    await second.page.getByRole("button", { name: "Change south" }).click();
    await insist(second.page, "Confirm the deletion");
    await row(second.page, /south/).waitFor({ state: "detached" });
    expect([...first.complaints, ...second.complaints]).toEqual([]);
    await Promise.all([first.close(), second.close()]);
  });
});

browserTest("an analyst is offered no page that is not theirs, and signs in again where they were", async () => {
  const { page } = owner;
  await openPage(page, cairn, "members");
  await page.getByRole("button", { name: "Invite somebody" }).click();
  await page.getByRole("dialog").getByLabel("E-mail address").fill("ann@example.com");
  await page.getByRole("dialog").getByRole("button", { name: "Make the link" }).click();
  const ann = await acceptInvitation(browser, await shownOnce(page), "Ann Analyst");
  await ann.page.getByRole("button", { name: "Manage" }).click();
  const links = await ann.page.locator("#navigation-managing").getByRole("link").allInnerTexts();
  expect(links).toEqual(["Sources", "Settings"]);
  await openPage(ann.page, cairn, "settings");
  await ann.page.getByText("An owner decides.").waitFor();
  await ann.page.getByRole("button", { name: "Sign out" }).click();
  await signInByPassword(ann.page, "ann@example.com");
  await ann.page.getByRole("heading", { name: "Settings", level: 1 }).waitFor();
  await ann.close();
});
