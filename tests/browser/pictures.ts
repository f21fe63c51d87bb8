// Makes the pictures of docs/images: `node tests/browser/pictures.ts [directory]`. They show the clinic of the demo data.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { type Cairn, startCairn } from "./support/cairn.ts";

const IMAGES = process.argv[2] ?? fileURLToPath(new URL("../../docs/images", import.meta.url));
const CHROMIUM = process.env.CAIRN_CHROMIUM ?? "/usr/bin/chromium";
const CLINIC = ["--project", "demo", "--tenant", "clinic"] as const;
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true };
const DARK: BrowserContextOptions = { colorScheme: "dark" };
const tall = (height: number): BrowserContextOptions => ({ viewport: { width: 1280, height } });

interface Picture {
  readonly name: string;
  readonly fragment: string;
  readonly look?: BrowserContextOptions;
  /** Who looks; an owner of the clinic when absent. */
  readonly as?: "owner" | "operator" | "stranger";
  /** What is done before the picture is taken. */
  readonly act?: (page: Page) => Promise<unknown>;
}

const openSnooping = async (page: Page) => {
  await page.locator(".row").nth(2).click();
  await page.locator("[data-proof=verified]").waitFor();
};
const openPerson = async (page: Page) => {
  await page.getByRole("link", { name: "Nora Lind" }).first().click();
  await page.getByRole("heading", { level: 1, name: /Nora/ }).waitFor();
};
/** Without what the server records of itself. */
const PRODUCTS = "#q=-source:cairn";
const SNOOPING = "#q=action:record.viewed+actor.id:nora.lind+target.id:MRN-77013";

const PICTURES: readonly Picture[] = [
  { name: "events", fragment: PRODUCTS },
  {
    name: "query",
    fragment: PRODUCTS,
    async act(page) {
      await page.keyboard.press("/");
      await page.keyboard.press("ControlOrMeta+a");
      await page.keyboard.type("-outcome:success actor:");
      await page.getByRole("option").first().waitFor();
    },
  },
  { name: "event-dark", fragment: SNOOPING, look: DARK, act: openSnooping },
  { name: "events-phone", fragment: PRODUCTS, look: PHONE },
  { name: "event-phone-dark", fragment: SNOOPING, look: { ...PHONE, ...DARK }, act: openSnooping },
  { name: "overview", fragment: "#page=overview", look: tall(1_280) },
  { name: "people", fragment: "#page=people", look: tall(1_000) },
  { name: "person", fragment: "#page=people&q=nora", look: tall(1_350), act: openPerson },
  { name: "person-phone-dark", fragment: "#page=people&q=nora", look: { ...PHONE, ...DARK }, act: openPerson },
  { name: "members", fragment: "#page=members", look: tall(720) },
  { name: "settings", fragment: "#page=settings", look: tall(1_300) },
  { name: "sources", fragment: "#page=sources", look: tall(400) },
  {
    name: "source-mapping",
    fragment: "#page=sources&set-up=declarative",
    look: tall(1_200),
    act: (page) => page.getByLabel("Mapping").selectOption({ label: "DutyCall" }),
  },
  { name: "integrity", fragment: "#page=integrity", look: tall(1_100) },
  {
    name: "tenants",
    fragment: "#page=tenants",
    as: "operator",
    look: tall(760),
    act: (page) => page.getByLabel("Project", { exact: true }).selectOption("demo"),
  },
  { name: "sign-in-phone", fragment: "", as: "stranger", look: PHONE },
];

/** People, members and sources of the clinic, as an administrator would set them up. */
async function furnish(cairn: Cairn): Promise<void> {
  await cairn.addDemo();
  const key = await cairn.createKey({ project: "demo", tenant: "clinic", scopes: "admin" });
  const send = async (method: string, path: string, body: object) => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const response = await fetch(`${cairn.url}${path}`, { method, headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return response.json() as Promise<{ readonly id: string; readonly ref: string }>;
  };
  const year = new Date().getUTCFullYear();
  const since = (month: number) => ({ at: new Date(Date.UTC(year - 1, month)).toISOString() });
  const nora = await send("PUT", "/v1/subjects/user/nora.lind", { groups: ["Cardiology"], ...since(6) });
  await send("PUT", `/v1/subjects/${nora.ref}`, { groups: ["Emergency"], ...since(10) });
  await send("PUT", `/v1/subjects/${nora.ref}`, { name: "Nora Lind", ...since(6) });
  await send("PUT", `/v1/subjects/${nora.ref}`, { name: "Nora Lind-Berg", ...since(11) });
  const other = await send("PUT", "/v1/subjects/user/n.lind-agency", { name: "Nora Lind (agency)" });
  await send("PUT", `/v1/subjects/${nora.ref}/same-as/${other.ref}`, {});
  const cardiology = await send("POST", "/v1/groups", { name: "Cardiology", wall: "location:cardiology" });
  for (const [email, name, role, more] of [
    ["ines.moreau@clinic.example", "Ines Moreau", "administrator", {}],
    ["paul.adeyemi@clinic.example", "Paul Adeyemi", "analyst", { groups: [cardiology.id] }],
    ["sofia.marin@clinic.example", "Sofia Marin", "analyst", { wall: "category:access" }],
    ["audit@auditors.example", "Vera Holm", "auditor", { expires_at: `${year + 1}-03-31T22:00:00Z` }],
  ] as const)
    await send("POST", "/v1/members", { email, name, role, ...more });
  await send("POST", "/v1/sources", { kind: "okta_hook", name: "Okta of the clinic" });
}

const states = new Map<string, BrowserContextOptions["storageState"]>();

/** Signs in once each, and keeps the cookie. */
async function stateOf(browser: Browser, cairn: Cairn, as: "owner" | "operator") {
  const known = states.get(as);
  if (known !== undefined) return known;
  const context = await browser.newContext();
  await (await context.newPage()).goto(await cairn.link(...(as === "operator" ? ["--operator"] : CLINIC)));
  const state = await context.storageState();
  await context.close();
  states.set(as, state);
  return state;
}

async function take(
  browser: Browser,
  cairn: Cairn,
  { name, fragment, look, as = "owner", act }: Picture,
): Promise<void> {
  const context = await browser.newContext({
    ...{ viewport: { width: 1280, height: 800 }, timezoneId: "UTC" },
    ...(as === "stranger" ? {} : { storageState: await stateOf(browser, cairn, as) }),
    ...look,
  });
  const page = await context.newPage();
  await page.goto(`${cairn.url}/${fragment}`);
  await page.locator(".rail, .list-cards .row, h1").first().waitFor();
  await page.waitForLoadState("networkidle");
  const notNow = page.getByRole("button", { name: "Not now" });
  if (await notNow.isVisible()) await notNow.click();
  await act?.(page);
  // Where the pointer was, things look as if they were meant.
  await page.mouse.move(0, 0);
  await page.waitForLoadState("networkidle");
  await page.waitForTimeout(1_500);
  await page.screenshot({ path: join(IMAGES, `${name}.png`) });
  await context.close();
}

mkdirSync(IMAGES, { recursive: true });
const cairn = await startCairn();
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
try {
  await furnish(cairn);
  const only = process.argv.slice(3);
  for (const picture of PICTURES)
    if (only.length === 0 || only.includes(picture.name)) await take(browser, cairn, picture);
} finally {
  await browser.close();
  await cairn.stop();
}
