import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Cairn, type Receipt, startCairn } from "./support/cairn.ts";
import { browserTest, openBrowser } from "./support/chromium.ts";
import { sampleEvents } from "./support/samples.ts";
import { signIn, signInAt } from "./support/visitor.ts";

let cairn: Cairn;
let browser: Browser | undefined;
let receipts: readonly Receipt[];
beforeAll(async () => {
  browser = await openBrowser();
  cairn = await startCairn();
  receipts = await cairn.record(sampleEvents(8), "sealed");
});
afterAll(async () => {
  await cairn.stop();
});

const fragment = (i: number) => `#event=${receipts[i]?.ledger}/${receipts[i]?.sequence}`;

describe("the detail of an event", () => {
  browserTest("says what happened, shows every field, what changed, and the event as it is", async () => {
    const visitor = await signInAt(browser, cairn, fragment(1), { timezoneId: "UTC" });
    const { page, complaints, close } = visitor;
    const detail = page.getByRole("complementary", { name: "Event detail" });
    await detail.getByText("Ada Osei changed setting Retention.").waitFor();
    expect(await detail.locator(".changes tbody tr").allInnerTexts()).toEqual([
      "retention_days\t365\t2190",
      expect.stringContaining("clinical"),
      "approved_by\tnot recorded\tboard",
    ]);
    const { ledger, sequence } = receipts[1] ?? { ledger: 0, sequence: 0 };
    const response = await page.request.get(`${cairn.url}/v1/events/${ledger}/${sequence}`);
    const event = (await response.json()) as Record<string, unknown>;
    // Not the raw JSON, which has everything anyway.
    const text = (await detail.locator("h2, .sentence, .changes, dl").allTextContents()).join("\n");
    const scalars = (value: unknown): string[] =>
      typeof value === "object" && value !== null ? Object.values(value).flatMap(scalars) : [String(value)];
    const { occurred_at: _occurred, received_at: _received, ...rest } = event;
    for (const value of scalars(rest)) expect(text).toContain(value);
    await detail.getByText("Raw JSON").click();
    expect(JSON.parse((await detail.locator(".raw pre").textContent()) ?? "")).toEqual(event);
    expect(complaints).toEqual([]);
    await close();
  });

  browserTest("narrows the list by a value, and stays open beside it", async () => {
    const visitor = await signInAt(browser, cairn, fragment(0));
    const { page, close } = visitor;
    const detail = page.getByRole("complementary", { name: "Event detail" });
    await detail.getByRole("button", { name: "lab results", exact: true }).click();
    await page.waitForURL(/#q=data_category.*&event=/);
    await page.getByText("2 events, newest first").waitFor();
    expect(await detail.count()).toBe(1);
    await close();
  });

  browserTest("leaves a value out, and shows what is around the event", async () => {
    const visitor = await signInAt(browser, cairn, fragment(0));
    const { page, complaints, close } = visitor;
    const detail = page.getByRole("complementary", { name: "Event detail" });
    await detail.getByText("What Jane Doe did before").click();
    await detail.getByRole("link", { name: "Show all of them" }).waitFor();
    await detail.getByText("The session").click();
    await expect.poll(() => detail.locator(".kin").nth(1).getByRole("listitem").count()).toBe(2);
    await detail.getByText("Just before and after").click();
    await detail.getByRole("link", { name: "Show this moment in the list" }).click();
    await page.waitForURL(/#at=.*&event=/);
    await detail.getByRole("button", { name: "Leave out lab results" }).click();
    await page.waitForURL(/#q=-data_category.*&event=/);
    expect(complaints).toEqual([]);
    await close();
  });

  browserTest("tells it in the sentence that the catalog has for the action", async () => {
    const url = `${cairn.url}/v1/actions/report.exported`;
    const headers = { authorization: `Bearer ${cairn.key}`, "content-type": "application/json" };
    const body = JSON.stringify({ description: "{actor} took {target} to {recipient}" });
    expect((await fetch(url, { method: "PUT", headers, body })).status).toBe(200);
    const visitor = await signInAt(browser, cairn, fragment(2));
    await visitor.page.getByText("Nightly reports took report Quarterly report to auditor@example.org").waitFor();
    await visitor.close();
  });

  browserTest("is taken along as a link that names nobody, and as a command that works", async () => {
    const visitor = await signInAt(browser, cairn, `#q=Mallory&event=${receipts[3]?.ledger}/${receipts[3]?.sequence}`, {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const { page, close } = visitor;
    const copied = async (label: string) => {
      const button = page.locator(".actions").getByRole("button", { name: label, exact: true });
      await button.click();
      await button.waitFor({ state: "detached" });
      return (await page.evaluate("navigator.clipboard.readText()")) as string;
    };
    expect(await copied("Copy link")).toBe(`${cairn.url}/${fragment(3)}`);
    const command = await copied("Copy as curl");
    const [, address = ""] = /^curl '([^']+)' -H "Authorization: Bearer \$CAIRN_KEY"$/.exec(command) ?? [];
    const answer = await fetch(address, { headers: { authorization: `Bearer ${cairn.key}` } });
    expect(await answer.json()).toMatchObject({ action: "user.login", actor: { name: "Mallory" } });
    await close();
  });

  browserTest("of an event that is not there says so", async () => {
    const visitor = await signInAt(browser, cairn, "#event=1/999999");
    await visitor.page.getByText("The log has no event 1/999999").waitFor();
    await visitor.close();
  });

  browserTest("covers the list on a telephone, and closing it gives the list back", async () => {
    const visitor = await signIn(browser, cairn, { viewport: { width: 390, height: 844 }, hasTouch: true });
    const { page, complaints, close } = visitor;
    const widthOf = () => page.evaluate("document.documentElement.scrollWidth") as Promise<number>;
    expect(await widthOf()).toBe(390);
    // A finger on a value means the card.
    await page.locator(".row .cell-actor").first().tap();
    const detail = page.getByRole("complementary", { name: "Event detail" });
    await detail.locator("[data-proof=verified]").waitFor();
    expect(await detail.boundingBox()).toMatchObject({ x: 0, y: 0, width: 390, height: 844 });
    expect(await page.locator("main").getAttribute("inert")).not.toBeNull();
    expect(await widthOf()).toBe(390);
    await detail.getByRole("button", { name: "Close the detail" }).tap();
    await detail.waitFor({ state: "detached" });
    expect(await page.locator("main").getAttribute("inert")).toBeNull();
    expect(complaints).toEqual([]);
    await close();
  });
});
