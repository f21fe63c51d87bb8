import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Cairn, startCairn } from "./support/cairn.ts";
import { browserTest, openBrowser, visit } from "./support/chromium.ts";
import { pasteKey } from "./support/people.ts";

let cairn: Cairn;
let browser: Browser | undefined;
beforeAll(async () => {
  browser = await openBrowser();
  cairn = await startCairn();
});
afterAll(async () => {
  await cairn.stop();
});

describe("signing in", () => {
  browserTest("a first-use link opens the log once, and only once", async () => {
    const first = await visit(browser, cairn.firstLink);
    await first.page.locator(".row").first().waitFor();
    expect(first.page.url()).toBe(`${cairn.url}/`);

    const second = await visit(browser, cairn.firstLink);
    await second.page.getByRole("heading", { name: "This link no longer works" }).waitFor();
    expect(await second.page.content()).toContain("npx cairn link");
    await second.page.getByRole("link", { name: "open the log" }).click();
    await second.page.getByText("Sign in with a link").waitFor();

    // Whoever used it is still in, also after opening it again by Back or from the history.
    await first.page.goto(cairn.firstLink);
    await first.page.getByRole("link", { name: "open the log" }).click();
    await first.page.locator(".row").first().waitFor();
    expect([...first.complaints, ...second.complaints]).toEqual([]);
    await Promise.all([first.close(), second.close()]);
  });

  browserTest("signing out ends the session", async () => {
    const { page, close, complaints } = await visit(browser, await cairn.link());
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You are signed out.").waitFor();
    expect(await page.context().cookies()).toEqual([]);
    await page.reload();
    await page.getByText("Sign in with a link").waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  browserTest("signing out while the server is away says that the session goes on", async () => {
    const { page, close } = await visit(browser, await cairn.link());
    await page.locator(".row").first().waitFor();
    await page.route("**/v1/session/end", (route) => route.abort());
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("this browser is still signed in").waitFor();
    await close();
  });

  browserTest("a pasted key opens the log, and lives as long as the tab", async () => {
    const { page, close, complaints } = await visit(browser, cairn.url);
    await pasteKey(page, `  ${cairn.key} `);
    await page.locator(".row").first().waitFor();
    await page.reload();
    await page.locator(".row").first().waitFor();
    expect(await page.evaluate("JSON.stringify(localStorage)")).not.toContain("cairn_");
    const other = await page.context().newPage();
    await other.goto(cairn.url);
    await other.getByText("Sign in with a link").waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  browserTest("a key that the server does not know, or that may not read, is explained", async () => {
    const writeOnly = await cairn.createKey({ tenant: "default", scopes: "events:write" });
    const { page, close } = await visit(browser, cairn.url);
    await pasteKey(page, "cairn_nonsense");
    await page.getByText("The server does not know this key.").waitFor();
    await pasteKey(page, writeOnly);
    await page.getByRole("heading", { name: "This key may not read events" }).waitFor();
    await page.getByText("events:read").waitFor();
    await close();
  });

  browserTest("a key of a project asks whose log it shall be", async () => {
    const key = await cairn.createKey({ scopes: "events:read" });
    const { page, close } = await visit(browser, cairn.url);
    await pasteKey(page, key);
    await page.getByText("Say whose log you want to see.").waitFor();
    await page.getByLabel("API key").fill(key);
    await page.getByLabel("Tenant").fill("default");
    await page.getByRole("button", { name: "Open the log" }).click();
    await page.locator(".row").first().waitFor();
    await close();
  });

  browserTest("a session that ends while the page is open leads back, and the view is not lost", async () => {
    const { page, close } = await visit(browser, await cairn.link());
    await page.getByRole("combobox", { name: "Query" }).fill("source:cairn");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/#q=source:cairn");
    await page.context().clearCookies();
    await page.getByRole("combobox", { name: "Query" }).press("Enter");
    await page.getByText("Your session is over.").waitFor();
    expect(page.url()).toContain("#q=source:cairn");
    await pasteKey(page, cairn.key);
    await page.locator(".row").first().waitFor();
    expect(await page.getByRole("combobox", { name: "Query" }).inputValue()).toBe("source:cairn");
    await close();
  });

  browserTest("a page opened while the server is away comes back by itself", async () => {
    const { page, close } = await visit(browser, await cairn.link());
    await page.route("**/v1/**", (route) => route.abort());
    await page.reload();
    await page.getByRole("heading", { name: "The server cannot be reached" }).waitFor();
    await page.unroute("**/v1/**");
    await page.locator(".row").first().waitFor();
    await close();
  });
});
