// Makes the pictures of docs/images: `node tests/browser/pictures.ts`. They show the sample events of the tests, over a month.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { startCairn } from "./support/cairn.ts";
import { sampleEvents } from "./support/samples.ts";

const IMAGES = fileURLToPath(new URL("../../docs/images", import.meta.url));
const CHROMIUM = process.env.CAIRN_CHROMIUM ?? "/usr/bin/chromium";
const MONTH_MS = 30 * 86_400_000;
const COUNT = 900;

interface Picture {
  readonly name: string;
  readonly fragment: string;
  readonly look?: BrowserContextOptions;
  /** What is done before the picture is taken. */
  readonly act?: (page: Page) => Promise<void>;
}

const openFirst = async (page: Page) => {
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.locator("[data-proof=verified]").waitFor();
};

const PICTURES: readonly Picture[] = [
  { name: "events", fragment: "" },
  {
    name: "query",
    fragment: "",
    async act(page) {
      await page.keyboard.press("/");
      await page.keyboard.type("-outcome:success actor:");
      await page.getByRole("option").first().waitFor();
    },
  },
  { name: "event-dark", fragment: "", look: { colorScheme: "dark" }, act: openFirst },
  { name: "events-phone", fragment: "", look: { viewport: { width: 390, height: 844 }, hasTouch: true } },
  { name: "overview", fragment: "#page=overview", look: { viewport: { width: 1280, height: 1300 } } },
  { name: "integrity", fragment: "#page=integrity", look: { viewport: { width: 1280, height: 1100 } } },
];

const now = Date.now();
const events = sampleEvents(COUNT, now).map((event, i) => {
  // More by day than by night, and a little more each week.
  const share = Math.sqrt((i + 1) / COUNT) + Math.sin(i * 12.9898) / 400;
  return { ...event, occurred_at: new Date(now - MONTH_MS * (1 - Math.min(1, share))).toISOString() };
});
mkdirSync(IMAGES, { recursive: true });
const cairn = await startCairn();
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
try {
  await cairn.record(events, "sealed");
  const session = { ...(await cairn.session()), url: cairn.url, httpOnly: true, sameSite: "Strict" } as const;
  for (const { name, fragment, look, act } of PICTURES) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, timezoneId: "UTC", ...look });
    await context.addCookies([session]);
    const page = await context.newPage();
    await page.goto(`${cairn.url}/${fragment}`);
    await page.locator(".rail, .reading h1").first().waitFor();
    await page.waitForTimeout(1_500);
    await act?.(page);
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(IMAGES, `${name}.png`) });
    await context.close();
  }
} finally {
  await browser.close();
  await cairn.stop();
}
