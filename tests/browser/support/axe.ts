import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { AxeResults } from "axe-core";
import type { BrowserContextOptions, Page } from "playwright-core";

const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
/** Everything that WCAG 2.2 AA asks and a machine can tell, and what experience adds. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** Fewer rules that apply say that axe has not seen the page. */
const FEWEST_PASSES = 10;

/** The two looks between which everything lies: light and wide, dark and narrow. */
export const LOOKS: readonly (readonly [
  name: string,
  look: BrowserContextOptions & { viewport: { width: number; height: number } },
])[] = [
  ["light and wide", { viewport: { width: 1280, height: 800 }, colorScheme: "light" }],
  ["dark and narrow", { viewport: { width: 390, height: 844 }, colorScheme: "dark" }],
];

/**
 * What axe finds wrong with a page, in words. Run in the page itself, once loaded: axe's own driver loads it into every frame
 * and a further page each time, which no page here needs and which takes twice as long.
 */
export async function findings(page: Page): Promise<readonly string[]> {
  if (page.frames().length > 1) throw new Error("BUG: axe would not look into the frames of this page");
  if ((await page.evaluate("typeof axe")) === "undefined") await page.evaluate(AXE);
  const { violations, passes } = (await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(RULES)}, resultTypes: ["violations"] })`,
  )) as AxeResults;
  if (passes.length < FEWEST_PASSES) throw new Error(`axe has only ${passes.length} rules to say something about`);
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
}

/** A long campaign has axe look at everything in both looks; a short run at one of them by turns. */
const IS_LONG = process.env.CAIRN_CAMPAIGN === "long";
let turn = 0;

/** What is wrong in both looks: for a page that stands open, and that is given back as it was. */
export async function findingsInBothLooks(page: Page): Promise<readonly string[]> {
  const before = page.viewportSize() ?? { width: 1280, height: 800 };
  const all: string[] = [];
  turn++;
  for (const [i, [name, { viewport, colorScheme }]] of LOOKS.entries()) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: colorScheme ?? "light" });
    const width = (await page.evaluate("document.documentElement.scrollWidth")) as number;
    if (width > viewport.width) all.push(`${name}: the page is ${width} pixels wide`);
    if (IS_LONG || i === turn % LOOKS.length) all.push(...(await findings(page)).map((each) => `${name}: ${each}`));
  }
  await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: "light" });
  return all;
}
