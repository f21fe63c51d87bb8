import type { Browser, Page } from "playwright-core";
import type { Cairn } from "./cairn.ts";
import { type Visit, visit } from "./chromium.ts";

export const PASSWORD = "correct horse battery staple";

/** Signs in on the sign-in page, as far as the password. */
export async function signInByPassword(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("button", { name: "Go on", exact: true }).click();
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Comes by a link, and becomes a member: the first owner, or an operator. */
export async function becomeMember(
  browser: Browser | undefined,
  link: string,
  { email, name }: { readonly email: string; readonly name: string },
): Promise<Visit> {
  const visitor = await visit(browser, link);
  const { page } = visitor;
  await page.getByRole("link", { name: "Become a member" }).click();
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Become a member" }).click();
  await page.getByRole("heading", { name: "Who you are" }).waitFor();
  return visitor;
}

/** Opens the log with a key. */
export async function pasteKey(page: Page, key: string): Promise<void> {
  const field = page.getByLabel("API key");
  await page.getByText("Paste an API key").waitFor();
  if (!(await field.isVisible())) await page.getByText("Paste an API key").click();
  await field.fill(key);
  await page.getByRole("button", { name: "Open the log" }).click();
}

/** Accepts an invitation in a browser of its own. */
export async function acceptInvitation(browser: Browser | undefined, link: string, name?: string): Promise<Visit> {
  const visitor = await visit(browser, link);
  const { page } = visitor;
  if (name !== undefined) await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("The same again").fill(PASSWORD);
  await page.getByRole("button", { name: "Go in" }).click();
  await page.getByRole("link", { name: "Events", exact: true }).first().waitFor({ state: "attached" });
  return visitor;
}

/** Goes to a page of the portal by the address. */
export async function openPage(page: Page, cairn: Pick<Cairn, "url">, name: string): Promise<void> {
  await page.goto("about:blank");
  await page.goto(`${cairn.url}/#page=${name}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
}
