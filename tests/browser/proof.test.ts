import { createVkey, ed25519PublicKey, formatVkey, SIGNATURE_TYPE } from "@cairn/merkle";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Cairn, type Receipt, startCairn } from "./support/cairn.ts";
import { browserTest, openBrowser, type Visit } from "./support/chromium.ts";
import { sampleEvents } from "./support/samples.ts";
import { goTo, signIn } from "./support/visitor.ts";

const PROOF = "**/v1/events/*/*/proof";

let cairn: Cairn;
let browser: Browser | undefined;
let receipts: readonly Receipt[];
beforeAll(async () => {
  browser = await openBrowser();
  cairn = await startCairn();
  receipts = await cairn.record(sampleEvents(12), "sealed");
});
afterAll(async () => {
  await cairn.stop();
});

/** Opens an event that has been sealed, and waits for what the page says of its proof. */
async function openEvent(visitor: Visit, receipt: Receipt | undefined, state: string): Promise<string> {
  await goTo(visitor, `#event=${receipt?.ledger}/${receipt?.sequence}`);
  return proofText(visitor.page, state);
}

async function proofText(page: Page, state: string): Promise<string> {
  const panel = page.locator(`[data-proof=${state}]`);
  await panel.waitFor();
  return (await panel.textContent()) ?? "";
}

/** Changes what the browser remembers of the log, as if the log had been another one then. */
async function remember(page: Page, change: string): Promise<void> {
  await page.evaluate(`(() => {
    const key = Object.keys(localStorage).find((name) => name.startsWith("cairn.log."));
    const log = JSON.parse(localStorage.getItem(key));
    localStorage.setItem(key, JSON.stringify({ ...log, ...${change} }));
  })()`);
}

describe("the proof of an event", () => {
  browserTest("is checked in the browser, and says what is proved and what is not", async () => {
    const visitor = await signIn(browser, cairn);
    const text = await openEvent(visitor, receipts[0], "verified");
    expect(text).toContain(`Sealed as entry ${receipts[0]?.sequence} in a log of`);
    expect(text).toContain("checked in your browser");
    await visitor.page.getByText("What this proves, and what not").click();
    const whole = await proofText(visitor.page, "verified");
    expect(whole).toContain("This browser sees the log for the first time.");
    expect(whole).toMatch(/Not proved[\s\S]*That what the product reported is true/);
    const tenant = (await (await visitor.page.request.get(`${cairn.url}/v1/tenant`)).json()) as {
      readonly log: { readonly origin: string; readonly vkey: string };
    };
    expect(whole).toContain(tenant.log.origin);
    expect(whole).toContain(tenant.log.vkey.split("+")[1]);
    // The page's policy forbids compiling WebAssembly: the checks have to do without, and without trying.
    expect(visitor.complaints).toEqual([]);
    await visitor.close();
  });

  browserTest("can be taken away as the file that the server gave", async () => {
    const visitor = await signIn(browser, cairn);
    const { page } = visitor;
    await openEvent(visitor, receipts[0], "verified");
    await page.getByText("What this proves, and what not").click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download the proof" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`1-${receipts[0]?.sequence}.tlog-proof`);
    let saved = "";
    for await (const chunk of await download.createReadStream()) saved += String(chunk);
    expect(saved).toMatch(/^c2sp\.org\/tlog-proof@v1\n/);
    await visitor.close();
  });

  browserTest("does not verify with a byte changed, wherever in it", async () => {
    const visitor = await signIn(browser, cairn);
    const { page } = visitor;
    let place = (_proof: string) => 0;
    await page.route(PROOF, async (route) => {
      const response = await route.fetch();
      const body = await response.body();
      const at = place(body.toString());
      body[at] = (body[at] ?? 0) ^ 1;
      await route.fulfill({ response, body });
    });
    const places: Readonly<Record<string, (proof: string) => number>> = {
      "the first line": () => 3,
      "the disclosure": (proof) => proof.indexOf("extra ") + 200,
      "the index": (proof) => proof.indexOf("index ") + 6,
      "a hash": (proof) => proof.indexOf("\n", proof.indexOf("index ")) + 5,
      "the checkpoint's origin": (proof) => proof.indexOf("\n\n") + 3,
      "the checkpoint's root": (proof) => proof.indexOf("\n\n", proof.indexOf("\n\n") + 2) - 10,
      "the signature": (proof) => proof.lastIndexOf("— ") + 100,
    };
    for (const [name, where] of Object.entries(places)) {
      place = where;
      const text = await openEvent(visitor, receipts[1], "failed");
      expect(text, name).toMatch(/^Does not verify: \S/);
      expect(await page.locator("[data-proof=verified]").count(), name).toBe(0);
    }
    expect(visitor.complaints).toEqual([]);
    await page.unroute(PROOF);
    await page.getByRole("button", { name: "Check again" }).click();
    await proofText(page, "verified");
    await visitor.close();
  });

  browserTest("does not verify when the event shown is not the one recorded", async () => {
    const visitor = await signIn(browser, cairn);
    const lie = (text: string) => text.replaceAll("Mallory", "Malcolm");
    for (const path of ["**/v1/events/search", `**/v1/events/1/${receipts[3]?.sequence}`]) {
      await visitor.page.route(path, async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: lie(await response.text()) });
      });
    }
    const text = await openEvent(visitor, receipts[3], "failed");
    expect(text).toContain("what is shown is not what was recorded: actor");
    await visitor.page.getByText("Malcolm tried to sign in").waitFor();
    await visitor.close();
  });

  browserTest("does not verify by another key, nor by another time of receipt", async () => {
    const visitor = await signIn(browser, cairn);
    const { page } = visitor;
    const change = (path: string, edit: (json: Record<string, never>) => object) =>
      page.route(path, async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: edit((await response.json()) as Record<string, never>) });
      });
    await change("**/v1/tenant", (tenant: { log?: { origin: string } }) => ({
      ...tenant,
      log: {
        ...tenant.log,
        vkey: formatVkey(
          createVkey({
            name: tenant.log?.origin ?? "",
            type: SIGNATURE_TYPE.ed25519,
            publicKey: ed25519PublicKey(new Uint8Array(32)),
          }),
        ),
      },
    }));
    expect(await openEvent(visitor, receipts[4], "failed")).toContain("not signed by its log");
    await page.unroute("**/v1/tenant");
    await change(`**/v1/events/1/${receipts[4]?.sequence}`, (event) => ({
      ...event,
      received_at: "2026-01-01T00:00:00.000Z",
    }));
    await openEvent(visitor, receipts[4], "failed");
    await visitor.close();
  });

  browserTest("waits for the seal, and is checked when it is there", async () => {
    const visitor = await signIn(browser, cairn);
    const { page } = visitor;
    await page.route(PROOF, (route) =>
      route.fulfill({ status: 404, json: { error: { code: "not_found", message: "not yet" } } }),
    );
    await page.route("**/v1/tenant", async (route) => {
      const response = await route.fetch();
      const tenant = (await response.json()) as { readonly log: object };
      await route.fulfill({ response, json: { ...tenant, log: { ...tenant.log, checkpoint_size: 1 } } });
    });
    expect(await openEvent(visitor, receipts[2], "pending")).toContain("Not sealed yet");
    await page.unroute("**/v1/tenant");
    expect(await proofText(page, "failed")).toContain("gives no proof of it");
    await page.unroute(PROOF);
    await page.getByRole("button", { name: "Check again" }).click();
    await proofText(page, "verified");
    await visitor.close();
  });

  browserTest("that cannot be fetched is not called wrong", async () => {
    const visitor = await signIn(browser, cairn);
    await visitor.page.route(PROOF, (route) => route.abort());
    expect(await openEvent(visitor, receipts[2], "unchecked")).toContain("The proof could not be checked");
    await visitor.page.unroute(PROOF);
    await visitor.page.getByRole("button", { name: "Check again" }).click();
    await proofText(visitor.page, "verified");
    await visitor.close();
  });
});

describe("the log that this browser remembers", () => {
  browserTest("is followed as it grows, over tiles full and not", async () => {
    const visitor = await signIn(browser, cairn);
    const { page } = visitor;
    await openEvent(visitor, receipts[0], "verified");
    for (const count of [40, 600]) {
      const seen = await rememberedSize(page);
      const [first] = await cairn.record(sampleEvents(count, Date.now() + count), "sealed");
      await openEvent(visitor, first, "verified");
      await page.getByText("What this proves, and what not").click();
      expect(await proofText(page, "verified")).toContain(`The ${seen} entries that this browser saw at`);
      expect(await rememberedSize(page)).toBeGreaterThanOrEqual(seen + count);
    }
    expect(visitor.complaints).toEqual([]);
    await visitor.close();
  });

  browserTest("is noticed when it was rewritten, became shorter, or has another key", async () => {
    const visitor = await signIn(browser, cairn);
    const { page } = visitor;
    await openEvent(visitor, receipts[0], "verified");
    const size = await rememberedSize(page);
    const root = "ab".repeat(32);
    await remember(page, `{ root: "${root}" }`);
    expect(await openEvent(visitor, receipts[0], "failed")).toContain(`two histories of ${size} events`);
    await remember(page, `{ size: ${size - 5} }`);
    expect(await openEvent(visitor, receipts[0], "failed")).toContain("no longer holds what it held");
    await remember(page, `{ size: ${size + 1_000} }`);
    expect(await openEvent(visitor, receipts[0], "failed")).toContain("has become shorter");
    await remember(page, `{ vkey: "another" }`);
    const text = await openEvent(visitor, receipts[0], "failed");
    expect(text).toContain("signed by another key");

    await page.getByText("What this browser saw before").click();
    await page.getByRole("button", { name: "Forget the old log" }).click();
    await proofText(page, "verified");
    expect(await rememberedSize(page)).toBe(size);
    await visitor.close();
  });

  browserTest("keeps the largest checkpoint: a smaller one later takes nothing away", async () => {
    const visitor = await signIn(browser, cairn);
    const { page } = visitor;
    await openEvent(visitor, receipts[0], "verified");
    const tenant = await page.request.get(`${cairn.url}/v1/tenant`);
    const old = await (await page.request.get(`${cairn.url}/v1/events/1/1/proof`)).body();
    await cairn.record(sampleEvents(3, Date.now() + 5_000), "sealed");
    const [last] = await cairn.record(sampleEvents(1, Date.now() + 9_000), "sealed");
    await openEvent(visitor, last, "verified");
    const size = await rememberedSize(page);
    await page.route(PROOF, (route) => route.fulfill({ body: old, contentType: "text/plain" }));
    await openEvent(visitor, { ledger: 1, sequence: 1 }, "verified");
    expect(await rememberedSize(page)).toBe(size);
    expect(tenant.status()).toBe(200);
    await visitor.close();
  });
});

async function rememberedSize(page: Page): Promise<number> {
  return (await page.evaluate(
    `JSON.parse(localStorage.getItem(Object.keys(localStorage).find((name) => name.startsWith("cairn.log.")))).size`,
  )) as number;
}
