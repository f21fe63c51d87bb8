import { Secret, TOTP } from "otpauth";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { findingsInBothLooks } from "./support/axe.ts";
import { type Cairn, startCairn } from "./support/cairn.ts";
import { browserTest, openBrowser, visit } from "./support/chromium.ts";
import { addAuthenticator } from "./support/passkeys.ts";
import { becomeMember, PASSWORD, signInByPassword } from "./support/people.ts";

let cairn: Cairn;
let browser: Browser | undefined;
beforeAll(async () => {
  browser = await openBrowser();
  cairn = await startCairn();
});
afterAll(async () => {
  await cairn.stop();
});

const OLGA = { email: "olga@example.com", name: "Olga Owner" };

browserTest("whoever came by a link becomes the first owner, and signs in by password from then on", async () => {
  const { page, complaints, close } = await visit(browser, cairn.firstLink);
  await page.getByText("You came in by a link, which works once.").waitFor();
  await page.getByRole("button", { name: "Not now" }).click();
  await page.reload();
  await page.locator(".row").first().waitFor();
  expect(await page.getByText("You came in by a link").count()).toBe(0);
  await page.getByRole("link", { name: "Your account" }).click();
  await page.getByLabel("E-mail address").waitFor();
  expect(await findingsInBothLooks(page)).toEqual([]);
  await page.getByLabel("E-mail address").fill(OLGA.email);
  await page.getByLabel("Name", { exact: true }).fill(OLGA.name);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Become a member" }).click();
  await page.getByRole("link", { name: OLGA.name, exact: true }).waitFor();
  await page.getByText("Owner: everything").waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("You are signed out.").waitFor();

  await signInByPassword(page, OLGA.email, "not the password at all");
  await page.getByRole("alert").getByText("The address, the password or the code is wrong.").waitFor();
  expect(await findingsInBothLooks(page)).toEqual([]);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("link", { name: OLGA.name, exact: true }).waitFor();
  // The page that was open when somebody signed out is the one that they come back to.
  await page.getByRole("heading", { name: "Your account" }).waitFor();
  expect(complaints).toEqual([]);
  await close();
});

browserTest(
  "an authenticator app is asked for after the password, and a recovery code takes its place once",
  async () => {
    const { page, complaints, close } = await becomeMember(browser, await cairn.link(), {
      email: "tom@example.com",
      name: "Tom Totp",
    });
    await page.getByRole("button", { name: "Set up an app" }).click();
    await page.getByRole("img", { name: "QR code of the secret" }).waitFor();
    const secret = Secret.fromBase32((await page.locator(".secret").textContent()) ?? "");
    const code = (atMs: number) => new TOTP({ secret }).generate({ timestamp: atMs });
    expect(await findingsInBothLooks(page)).toEqual([]);
    const field = page.getByLabel("Code of your authenticator app");
    await field.fill("000000");
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByRole("alert").waitFor();
    await field.fill(code(Date.now()));
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("Each works once in place of the app.").waitFor();
    const [recovery = ""] = ((await page.locator(".codes").textContent()) ?? "").split("\n");
    await page.getByRole("button", { name: "I have kept them" }).click();
    await page
      .getByText(/The authenticator app is asked for after the password\. \d+ recovery codes are left\./)
      .waitFor();

    const signOut = async () => {
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByText("You are signed out.").waitFor();
    };
    const withCode = async (given: string) => {
      await signInByPassword(page, "tom@example.com");
      await field.fill(given);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
    };
    await signOut();
    await withCode(recovery);
    await page.getByRole("link", { name: "Tom Totp", exact: true }).waitFor();
    await signOut();
    await withCode(recovery);
    await page.getByRole("alert").getByText("The address, the password or the code is wrong.").waitFor();
    // The code of the next half minute: this one's was used up when the app was set up.
    await field.fill(code(Date.now() + 30_000));
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("link", { name: "Tom Totp", exact: true }).waitFor();
    await page.getByLabel("Your password").fill(PASSWORD);
    await page.getByRole("button", { name: "Do without the app" }).click();
    await page.getByRole("button", { name: "Set up an app" }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  },
);

browserTest("a passkey is added by the browser, signs in without an address, and is removed", async () => {
  const { page, complaints, close } = await becomeMember(browser, await cairn.link(), {
    email: "pat@example.com",
    name: "Pat Passkey",
  });
  await addAuthenticator(page);
  await page.getByLabel("A name for this device").fill("test device");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByText("test device").waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("You are signed out.").waitFor();
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByRole("link", { name: "Pat Passkey", exact: true }).waitFor();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByText("It will no longer sign you in.").waitFor();
  await page.getByRole("group", { name: "Remove" }).getByRole("button", { name: "Remove" }).click();
  await page.getByText("You have none.").waitFor();
  expect(complaints).toEqual([]);
  await close();
});

browserTest("a changed password ends the other sessions, and five mistakes lock the address for a while", async () => {
  const lena = { email: "lena@example.com", name: "Lena Locked" };
  const first = await becomeMember(browser, await cairn.link(), lena);
  const second = await visit(browser, cairn.url);
  await signInByPassword(second.page, lena.email);
  await second.page.getByRole("link", { name: lena.name, exact: true }).waitFor();
  const { page } = first;
  await page.getByLabel("Password now").fill(PASSWORD);
  await page.getByLabel("New password").fill("another long password");
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.getByText("The password is changed.").waitFor();
  // The list looks for new events by itself, and finds out.
  await second.page.getByText("Your session is over.").waitFor();

  await signInByPassword(second.page, lena.email);
  const again = second.page.getByRole("button", { name: "Sign in", exact: true });
  for (let tries = 0; tries < 4; tries++) {
    await second.page.getByRole("alert").getByText("is wrong").waitFor();
    const answered = second.page.waitForResponse("**/v1/session");
    await again.click();
    await answered;
  }
  await again.click();
  await second.page
    .getByRole("alert")
    .getByText(/Too many failures\..*Try again in \d+ minutes/)
    .waitFor();
  expect([...first.complaints, ...second.complaints]).toEqual([]);
  await Promise.all([first.close(), second.close()]);
});
