import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { findings, LOOKS } from "./support/axe.ts";
import { type Cairn, type Receipt, startCairn } from "./support/cairn.ts";
import { browserTest, openBrowser, visit } from "./support/chromium.ts";
import { openPage, pasteKey } from "./support/people.ts";
import { sampleEvents } from "./support/samples.ts";
import { goTo, signIn, signInAt } from "./support/visitor.ts";

let cairn: Cairn;
let browser: Browser | undefined;
let receipts: readonly Receipt[];
beforeAll(async () => {
  browser = await openBrowser();
  cairn = await startCairn();
  receipts = await cairn.record(sampleEvents(40), "sealed");
});
afterAll(async () => {
  await cairn.stop();
});

describe("the pages", () => {
  for (const [name, look] of LOOKS) {
    browserTest(`are all reached from the navigation, and axe finds nothing wrong with them: ${name}`, async () => {
      const { page, complaints, close } = await signIn(browser, cairn, look);
      const menu = page.getByRole("navigation", { name: "Pages" });
      const reading = ["Overview", "People", "Actions", "Exports", "Integrity", "Help"];
      for (const title of [...reading, "Members", "API keys", "Sources", "Settings"]) {
        const button = menu.getByRole("button").first();
        if (await button.isVisible()) await button.click();
        const link = menu.getByRole("link", { name: title });
        if (!(await link.isVisible()))
          await menu.getByRole("button", { name: /Manage|Members|API keys|Sources/ }).click();
        await link.click();
        await page.getByRole("heading", { name: title, level: 1 }).waitFor();
        await expect.poll(() => page.getByText("Loading …").count(), { timeout: 15_000 }).toBe(0);
        expect(await page.title()).toContain(title);
        expect(await findings(page)).toEqual([]);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(look.viewport.width);
      }
      expect(complaints).toEqual([]);
      await close();
    });
  }

  browserTest("overview: every number leads to its events", async () => {
    const visitor = await signInAt(browser, cairn, "#page=overview");
    const { page, close } = visitor;
    await page.getByRole("link", { name: "10 denied" }).click();
    await page.waitForURL("**/#q=outcome:denied&last=30d");
    await page.getByText("10 events, newest first").waitFor();
    await page.goBack();
    await page
      .getByRole("link", { name: /Mallory/ })
      .first()
      .click();
    await page.waitForURL("**/#q=actor.id:u-99**");
    await close();
  });

  browserTest("actions: which there are, and when each was last seen", async () => {
    const visitor = await signInAt(browser, cairn, "#page=actions");
    const { page, close } = visitor;
    const row = page.getByRole("row", { name: /report\.exported/ });
    await row.getByText(/minutes? ago|seconds? ago/).waitFor();
    await page.getByText("cairn catalog push").waitFor();
    await page.getByLabel("Find an action").fill("login");
    await page.getByText("1 action", { exact: true }).waitFor();
    await page.getByRole("link", { name: "user.login" }).click();
    await page.getByText("10 events, newest first").waitFor();
    await close();
  });

  browserTest("actions: a catalog that several logs share is said to be nobody's of them", async () => {
    for (const tenant of ["one", "two"])
      await cairn.createKey({ project: "twins", tenant, scopes: "events:write,events:read" });
    const link = await cairn.link("--project", "twins", "--tenant", "one");
    const { page, complaints, close } = await visit(browser, link);
    await openPage(page, cairn, "actions");
    await page.getByText("The catalog is shared with the other logs of this project.").waitFor();
    await page.getByText(/with a key of the whole project, or by an operator/).waitFor();
    expect(await page.getByText("cairn catalog push").count()).toBe(0);
    expect(await findings(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  browserTest("health: an owner is told that it is for operators, and the server is not asked", async () => {
    const { page, complaints, close } = await signIn(browser, cairn);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await openPage(page, cairn, "health");
    await page.getByRole("heading", { name: "Only operators see how the instance is doing" }).waitFor();
    expect(asked).not.toContain("/metrics");
    expect(await findings(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  browserTest("people: who there is, and all that is recorded of one person", async () => {
    const visitor = await signIn(browser, cairn);
    const { page, complaints, close } = visitor;
    await openPage(page, cairn, "people");
    await page.getByLabel("Find a person").fill("jane@example.com");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Who was found" }).waitFor();
    await page.getByRole("link", { name: "Jane Doe" }).click();
    await page.getByRole("heading", { name: "Jane Doe", level: 1 }).waitFor();
    const about = page.locator(".facts");
    for (const value of ["Jane Doe", "jane@example.com", "u-17", "nurse", "ward-3", "night"])
      await about.getByRole("link", { name: value, exact: true }).waitFor();
    await page.getByRole("link", { name: /203\.0\.113\.24\s*10/ }).waitFor();
    await page.getByRole("link", { name: /s-81c/ }).waitFor();
    await page
      .getByRole("link", { name: /Jane Doe viewed|Jane Doe read/ })
      .first()
      .click();
    const detail = page.getByRole("complementary", { name: "Event detail" });
    await detail.getByRole("link", { name: "All that is recorded of this person" }).first().click();
    await page.getByRole("heading", { name: "Jane Doe", level: 1 }).waitFor();
    await page.getByRole("link", { name: "All events of this person" }).click();
    await page.getByText("10 events, newest first").waitFor();
    // From a row of the list, too.
    await page.locator(".row").first().hover();
    await page.locator(".row").first().getByRole("link", { name: "About Jane Doe" }).click();
    await page.getByRole("heading", { name: "Jane Doe", level: 1 }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  browserTest("integrity: the log's signature is checked here, and so is an event that somebody pastes", async () => {
    const visitor = await signInAt(browser, cairn, "#page=integrity");
    const { page, close } = visitor;
    await page.getByRole("heading", { name: /The log's signature over \d+ entries holds/ }).waitFor();
    const { ledger, sequence } = receipts[0] ?? { ledger: 0, sequence: 0 };
    const response = await page.request.get(`${cairn.url}/v1/events/${ledger}/${sequence}`);
    const event = (await response.json()) as Record<string, unknown>;
    const paste = async (text: string) => {
      await page.getByLabel("The event as JSON").fill(text);
      await page.getByRole("button", { name: "Check it" }).click();
    };
    await paste(JSON.stringify(event));
    await page.locator("[data-proof=verified]").waitFor();
    await paste(JSON.stringify({ ...event, purpose: "curiosity" }));
    await page.locator("[data-proof=failed]").waitFor();
    await paste("{");
    await page.getByRole("alert").getByText("This is not JSON.").waitFor();
    await close();
  });

  browserTest("help: its queries are understood, and the command that records works", async () => {
    const visitor = await signInAt(browser, cairn, "#page=help");
    const { page, close } = visitor;
    await page.getByText("actor.id:").waitFor();
    for (const q of await page.locator(".examples dt").allInnerTexts()) {
      const response = await page.request.post(`${cairn.url}/v1/events/search`, { data: { q, limit: 1 } });
      expect(response.status(), q).toBe(200);
    }
    const commands = await page.locator("pre").allTextContents();
    const search = commands.find((command) => command.includes("/v1/events/search")) ?? "";
    const sent = await fetch(/curl (\S+)/.exec(search)?.[1] ?? "", {
      method: "POST",
      headers: { authorization: `Bearer ${cairn.key}`, "content-type": "application/json" },
      body: /-d '(.*)'/.exec(search)?.[1] ?? "",
    });
    expect(sent.status).toBe(200);
    for (const name of ["OpenAPI", "JSON Schema"]) {
      const href = await page.getByRole("link", { name }).getAttribute("href");
      expect((await page.request.get(`${cairn.url}${href}`)).status()).toBe(200);
    }
    await close();
  });

  browserTest("say so when this device has no network, and when a key may not export", async () => {
    const { page, close } = await signIn(browser, cairn);
    await page.context().setOffline(true);
    await page.getByText("This device has no network.").waitFor();
    expect(await page.locator(".row").count()).toBeGreaterThan(0);
    await page.context().setOffline(false);
    await page.getByText("This device has no network.").waitFor({ state: "detached" });
    await close();

    const reader = await cairn.createKey({ tenant: "default", scopes: "events:read" });
    const visitor = await visit(browser, cairn.url);
    await pasteKey(visitor.page, reader);
    await visitor.page.locator(".row").first().waitFor();
    await goTo(visitor, "#page=exports");
    await visitor.page.getByRole("heading", { name: "You may not export" }).waitFor();
    await visitor.close();
  });
});
