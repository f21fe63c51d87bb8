import { Secret, TOTP } from "otpauth";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { findingsInBothLooks } from "./support/axe.ts";
import { type Cairn, startCairn } from "./support/cairn.ts";
import { browserTest, openBrowser, type Visit, visit } from "./support/chromium.ts";
import { addAuthenticator } from "./support/passkeys.ts";
import { acceptInvitation, becomeMember, openPage, signInByPassword } from "./support/people.ts";
import { sampleEvents } from "./support/samples.ts";

let cairn: Cairn;
let browser: Browser | undefined;
let owner: Visit;
let analyst: Visit;
beforeAll(async () => {
  browser = await openBrowser();
  cairn = await startCairn(["--session-idle-minutes", "60", "--session-hours", "10"]);
  await cairn.record(sampleEvents(12));
  if (browser === undefined) return;
  owner = await becomeMember(browser, cairn.firstLink, { email: "olga@example.com", name: "Olga Owner" });
  analyst = await acceptInvitation(browser, await invite({ email: "anna@example.com", role: "analyst" }), "Anna");
});
afterAll(async () => {
  await cairn.stop();
});

/** The link of an invitation that the owner makes. */
async function invite(member: object): Promise<string> {
  const made = await owner.page.request.post(`${cairn.url}/v1/members`, { data: member });
  const { invitation } = (await made.json()) as { readonly invitation: { readonly url: string } };
  return invitation.url;
}

const HOURS = "Hours after which a session ends";
/** A page that is loaded again takes its time. */
const PATIENCE = { timeout: 10_000 };

const panel = (page: Page, title: string) =>
  page.locator("section", { has: page.getByRole("heading", { name: title, exact: true }) });
const settings = async () => {
  const answer = await owner.page.request.get(`${cairn.url}/v1/settings`);
  return (await answer.json()) as Readonly<Record<string, unknown>>;
};

describe("settings of a tenant", () => {
  browserTest("say how long sessions last; a mistake stands under its field", async () => {
    const { page } = owner;
    await openPage(page, cairn, "settings");
    const signingIn = panel(page, "Signing in");
    const hours = signingIn.getByLabel(HOURS);
    await hours.fill("11");
    await signingIn.getByRole("button", { name: "Save" }).click();
    await signingIn
      .locator(".field", { has: page.getByLabel(HOURS) })
      .getByRole("alert")
      .waitFor();
    expect(await signingIn.getByRole("alert").allInnerTexts()).toEqual(["The instance allows at most 10."]);
    expect(await hours.getAttribute("aria-invalid")).toBe("true");
    expect(await findingsInBothLooks(page)).toEqual([]);
    await hours.fill("5");
    await signingIn.getByLabel("Minutes without a request").fill("30");
    await signingIn.getByRole("button", { name: "Save" }).click();
    await signingIn.getByText("Saved.").waitFor();
    expect(await settings()).toMatchObject({ session_hours: 5, session_idle_minutes: 30 });
    await page.reload();
    await expect.poll(() => hours.inputValue(), PATIENCE).toBe("5");
    await signingIn.getByLabel("Minutes without a request").fill("");
    await signingIn.getByRole("button", { name: "Save" }).click();
    await expect.poll(async () => (await settings()).session_idle_minutes, PATIENCE).toBe(null);

    const kinds = page.getByLabel("Kinds of targets that are people");
    await kinds.fill("x".repeat(201));
    await panel(page, "This log").getByRole("button", { name: "Save" }).click();
    await page.locator(".field", { has: kinds }).getByRole("alert").waitFor();
    expect(owner.complaints).toEqual([]);
  });

  browserTest("are read by whoever may not change them", async () => {
    const { page } = analyst;
    await openPage(page, cairn, "settings");
    await panel(page, "Signing in").getByText("60, as this instance has it").waitFor();
    await panel(page, "Signing in").getByText("not required").waitFor();
    await panel(page, "This log").getByText("The log's seals are public").waitFor();
    // Sharing views, and choosing the first one, is theirs, too.
    expect(await page.locator("main input, main textarea, main select").count()).toBe(1);
    await page.getByLabel("View that the log opens with").waitFor();
    expect(await findingsInBothLooks(page)).toEqual([]);
    expect(analyst.complaints).toEqual([]);
  });
});

browserTest.each(["analyst", "auditor"])(
  "an %s sees and ends their own sessions, and changes their name",
  async (role) => {
    const email = `own-${role}@example.com`;
    const expires_at = new Date(Date.now() + 86_400_000).toISOString();
    const link = await invite({ email, role, ...(role === "auditor" ? { expires_at } : {}) });
    const first = await acceptInvitation(browser, link, "Somebody");
    const second = await visit(browser, cairn.url);
    await signInByPassword(second.page, email);
    await second.page.locator(".row").first().waitFor();
    const { page } = first;
    await openPage(page, cairn, "account");
    const sessions = page.getByRole("region", { name: "Sessions" });
    await expect.poll(() => sessions.getByRole("row").count(), PATIENCE).toBe(3);
    await page.getByLabel("Name", { exact: true }).fill(`Robin ${role}`);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("link", { name: `Robin ${role}` }).waitFor();
    await page.getByText("Saved.").waitFor();
    expect(await findingsInBothLooks(page)).toEqual([]);
    await sessions.getByRole("button", { name: "End" }).click();
    await sessions.getByRole("group", { name: "End" }).getByRole("button", { name: "End" }).click();
    await expect.poll(() => sessions.getByRole("row").count(), PATIENCE).toBe(2);
    await second.page.reload();
    await second.page.getByRole("button", { name: "Go on", exact: true }).waitFor();
    expect([...first.complaints, ...second.complaints]).toEqual([]);
    await Promise.all([first.close(), second.close()]);
  },
);

browserTest("a second factor that the log requires is set up before anything else", async () => {
  const title = "Set up a second factor";
  await addAuthenticator(owner.page);
  await openPage(owner.page, cairn, "settings");
  await openPage(analyst.page, cairn, "events");
  await analyst.page.locator(".row").first().waitFor();
  const signingIn = panel(owner.page, "Signing in");
  await signingIn.getByRole("checkbox", { name: "Members need a second factor" }).check();
  await signingIn.getByRole("button", { name: "Save" }).click();

  // Whoever required it has none either. A passkey is two factors by itself, and is signed in with.
  await owner.page.getByRole("heading", { name: title }).waitFor();
  await owner.page.getByLabel("A name for this device").fill("test device");
  await owner.page.getByRole("button", { name: "Add a passkey" }).click();
  await owner.page.getByText("You have a passkey. Sign in with it").waitFor();
  await owner.page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await owner.page.getByRole("heading", { name: "Settings", level: 1 }).waitFor();
  expect(await settings()).toMatchObject({ second_factor_required: true });

  // The log that stood open closes by itself, and no address leads around that.
  const { page } = analyst;
  await page.getByRole("heading", { name: title }).waitFor();
  for (const address of ["#page=account", "#page=overview", "#q=outcome:denied", ""]) {
    await page.goto("about:blank");
    await page.goto(`${cairn.url}/${address}`);
    await page.getByRole("heading", { name: title }).waitFor();
    expect(await page.getByRole("navigation").count()).toBe(0);
  }
  expect(await findingsInBothLooks(page)).toEqual([]);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("You are signed out.").waitFor();
  await signInByPassword(page, "anna@example.com");
  await page.getByRole("heading", { name: title }).waitFor();
  await page.getByRole("button", { name: "Set up an app" }).click();
  const secret = Secret.fromBase32((await page.locator(".secret").textContent()) ?? "");
  await page.getByLabel("Code of your authenticator app").fill(new TOTP({ secret }).generate());
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByText("Each works once in place of the app.").waitFor();
  expect(await findingsInBothLooks(page)).toEqual([]);
  await page.getByRole("button", { name: "I have kept them" }).click();
  await page.locator(".row").first().waitFor();
  await page.getByRole("link", { name: "Anna", exact: true }).waitFor();
  expect([...owner.complaints, ...analyst.complaints]).toEqual([]);
});
