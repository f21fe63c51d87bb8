import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { test } from "vitest";

/** The first that is there is used: without windows it does the same at two thirds of the work. */
const CHROMIUMS = ["/usr/lib/chromium/chromium-headless-shell", "/usr/bin/chromium"] as const;
const CHROMIUM = process.env.CAIRN_CHROMIUM ?? CHROMIUMS.find((path) => existsSync(path)) ?? CHROMIUMS[1];

/** What is waited for comes, but a machine busy with other tests takes its time. */
export const WAIT_MS = 30_000;

/** A browser that makes no request but to the server under test. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** `test` where Chromium is installed; elsewhere a skip that says so aloud. */
export const browserTest = test.skipIf(isMissing());

function isMissing(): boolean {
  if (existsSync(CHROMIUM)) return false;
  console.log(`SKIPPED: tests of the page, because there is no ${CHROMIUM} (name another in CAIRN_CHROMIUM)`);
  return true;
}

let started: Promise<Browser> | undefined;

/**
 * Gives the Chromium of this process, which ends with it: each visit is a visitor of its own, and a start costs as much as
 * several. Undefined where it is not installed, and every test of the page is skipped.
 */
export async function openBrowser(): Promise<Browser | undefined> {
  if (!existsSync(CHROMIUM)) return undefined;
  started ??= chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  return started;
}

/** A page of its own, with nothing in its storage, and what went wrong in it. */
export interface Visit {
  readonly page: Page;
  /** Console errors, exceptions and requests to other hosts, in words. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** Opens a page as a visitor of its own, with a session where one is given. */
export async function visit(
  browser: Browser | undefined,
  url: string,
  options: BrowserContextOptions & { readonly session?: { readonly name: string; readonly value: string } } = {},
): Promise<Visit> {
  if (browser === undefined) throw new Error("BUG: a test of the page runs without a browser");
  const { session, ...look } = options;
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...look });
  if (session !== undefined) await context.addCookies([{ ...session, url, httpOnly: true, sameSite: "Strict" }]);
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    // The browser reports every refused request by itself; what the page makes of it is what is tested.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      complaints.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const address = request.url();
    if (!address.startsWith(new URL(url).origin) && !/^(?:blob|data):/.test(address))
      complaints.push(`request to ${address}`);
  });
  await page.goto(url);
  return {
    page,
    complaints,
    async close() {
      // Answers that a test makes up may still be on their way.
      await page.unrouteAll({ behavior: "ignoreErrors" });
      await context.close();
    },
  };
}
