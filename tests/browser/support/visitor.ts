import type { Browser, BrowserContextOptions } from "playwright-core";
import type { Cairn } from "./cairn.ts";
import { type Visit, visit } from "./chromium.ts";

/** Opens the page as a visitor of its own who is signed in, and waits until the list is there. */
export async function signIn(
  browser: Browser | undefined,
  cairn: Cairn,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const visitor = await visit(browser, cairn.url, { ...options, session: await cairn.session() });
  await visitor.page.locator(".row").first().waitFor();
  return visitor;
}

/** Opens the page at a view, the fragment of its address, as a visitor of its own who is signed in. */
export async function signInAt(
  browser: Browser | undefined,
  cairn: Cairn,
  fragment: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  return visit(browser, `${cairn.url}/${fragment}`, { ...options, session: await cairn.session() });
}

/** Opens a signed-in page at a view: the fragment of its address. */
export async function goTo({ page }: Visit, fragment: string): Promise<void> {
  // Through an empty page: a change of the fragment alone would not load anything.
  const address = new URL(page.url());
  await page.goto("about:blank");
  await page.goto(`${address.origin}/${fragment}`);
}
