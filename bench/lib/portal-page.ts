import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const CHROMIUM = process.env.CAIRN_CHROMIUM ?? "/usr/bin/chromium";
/** A list that is not there by then never comes. */
const PATIENCE_MS = 60_000;
/** People do not press Enter in the moment of the last letter: what completes words is asked for and answered by then. */
const TYPING_PAUSE_MS = 400;

/**
 * Runs in the page before anything else. `cairnFirstList` resolves to the milliseconds from the beginning of the navigation to
 * the frame in which the first list is there; `cairnNextList()` to those from the next press of Enter to that of the list that
 * answers it. A list is there when it is not busy, and every row in sight holds its event.
 */
const STOPWATCH = `(() => {
  const busy = () => document.querySelector("table.events[aria-busy=true], .skeleton") !== null;
  const there = () =>
    !busy() &&
    document.querySelector(".row.is-waiting") === null &&
    document.querySelector(".row[data-place], .list-scroll .notice") !== null;
  const until = (isDone) =>
    new Promise((resolve, reject) => {
      const observer = new MutationObserver(() => {
        if (!isDone()) return;
        observer.disconnect();
        requestAnimationFrame(() => resolve(performance.now()));
      });
      observer.observe(document, { subtree: true, childList: true, attributes: true });
      setTimeout(() => reject(new Error("no list came")), ${PATIENCE_MS});
    });
  window.cairnFirstList = until(there);
  window.cairnNextList = () =>
    new Promise((resolve, reject) => {
      const onKey = (event) => {
        if (event.key !== "Enter") return;
        removeEventListener("keydown", onKey, true);
        let wasBusy = false;
        until(() => {
          wasBusy ||= busy();
          return wasBusy && there();
        }).then((atMs) => resolve(atMs - event.timeStamp), reject);
      };
      addEventListener("keydown", onKey, true);
    });
})()`;

/** The page of a log in a browser, with nothing of an earlier visit but the session. */
export interface PortalPage {
  /** Milliseconds from the beginning of the navigation to the first list. */
  readonly firstListMs: number;
  /** Asks a query as people do, and gives the milliseconds from Enter to the list. */
  ask(query: string): Promise<number>;
  close(): Promise<void>;
}

/** A browser in which somebody is signed in. */
export interface SignedIn {
  open(): Promise<PortalPage>;
  close(): Promise<void>;
}

/** Starts Chromium and signs in by a link of `cairn link`. @throws Error where there is no Chromium, or the link is refused */
export async function signIn(link: string): Promise<SignedIn> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(link);
  await page.locator(".row").first().waitFor();
  const { origin } = new URL(link);
  const cookies = await context.cookies();
  await context.close();
  return {
    async open() {
      const visit = await newVisit(browser);
      await visit.addCookies(cookies);
      return openPage(visit, origin);
    },
    close: () => browser.close(),
  };
}

function newVisit(browser: Browser): Promise<BrowserContext> {
  return browser.newContext({ viewport: { width: 1280, height: 800 }, timezoneId: "UTC" });
}

async function openPage(visit: BrowserContext, origin: string): Promise<PortalPage> {
  await visit.addInitScript(STOPWATCH);
  const page = await visit.newPage();
  await page.goto(origin, { waitUntil: "commit" });
  return {
    firstListMs: (await page.evaluate("cairnFirstList")) as number,
    ask: (query) => ask(page, query),
    close: () => visit.close(),
  };
}

async function ask(page: Page, query: string): Promise<number> {
  const box = page.getByRole("combobox", { name: "Query" });
  await box.fill(query);
  await sleep(TYPING_PAUSE_MS);
  const answered = page.evaluate("cairnNextList()") as Promise<number>;
  // Evaluated in turn: the page listens before the key is pressed.
  await page.evaluate("0");
  await box.press("Enter");
  return answered;
}
