import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { findingsInBothLooks } from "./support/axe.ts";
import { type Cairn, startCairn } from "./support/cairn.ts";
import { browserTest, openBrowser, WAIT_MS } from "./support/chromium.ts";
import { sampleEvents } from "./support/samples.ts";

const HOST = fileURLToPath(new URL("../../examples/embedding/server.mjs", import.meta.url));

let cairn: Cairn;
let browser: Browser | undefined;
/** The example product: its address, and the way to end it. */
let host: { readonly url: string; readonly stop: () => void } | undefined;
let viewerKey: string;
let adminKey: string;

beforeAll(async () => {
  browser = await openBrowser();
  cairn = await startCairn();
  await cairn.record(sampleEvents(120));
  [viewerKey, adminKey] = await Promise.all([
    cairn.createKey({ tenant: "default", scopes: "viewer-tokens,events:read" }),
    cairn.createKey({ scopes: "admin" }),
  ]);
  host = await startHost(viewerKey);
});
afterAll(async () => {
  host?.stop();
  await cairn.stop();
});

async function startHost(key: string) {
  const child = spawn(process.execPath, [HOST], {
    env: { ...process.env, CAIRN_URL: cairn.url, CAIRN_KEY: key, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [printed] = (await once(child.stdout, "data")) as [Buffer];
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed.toString())?.[0] ?? "";
  return { url, stop: () => void child.kill() };
}

async function allowOrigins(origins: readonly string[]): Promise<void> {
  const headers = { authorization: `Bearer ${adminKey}`, "content-type": "application/json" };
  const projects = (await (await fetch(`${cairn.url}/v1/projects`, { headers })).json()) as {
    readonly projects: readonly { readonly id: string }[];
  };
  const response = await fetch(`${cairn.url}/v1/projects/${projects.projects[0]?.id}`, {
    method: "PATCH",
    headers,
    body: JSON.stringify({ allowed_origins: origins }),
  });
  expect(response.status).toBe(200);
}

/** Opens the product as one of its people. */
async function openProduct(as: string, prepare?: (page: Page) => Promise<void>) {
  if (browser === undefined) throw new Error("BUG: a test of the viewer runs without a browser");
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const exceptions: string[] = [];
  page.on("pageerror", ({ message }) => exceptions.push(message));
  await prepare?.(page);
  await page.goto(`${host?.url}/?as=${as}`);
  const filter = async (text: string) => {
    await page.getByRole("searchbox", { name: "Filter" }).fill(text);
    await page.keyboard.press("Enter");
  };
  return { page, exceptions, filter, rows: page.locator("cairn-viewer tbody tr"), close: () => context.close() };
}

describe("the viewer in another product", () => {
  browserTest("is refused on a page that the project does not know, and says so", async () => {
    const { page, rows, close } = await openProduct("ada");
    await page.getByRole("alert").getByText("this page may not show it").waitFor();
    expect(await rows.count()).toBe(0);
    expect(await findingsInBothLooks(page)).toEqual([]);
    await allowOrigins(["https://elsewhere.example", host?.url ?? ""]);
    await page.getByRole("button", { name: "Try again" }).click();
    await rows.first().waitFor();
    await close();
  });

  browserTest("shows events, filters and pages them, and shows one whole, by keyboard alone", async () => {
    await allowOrigins([host?.url ?? ""]);
    const { page, rows, filter, exceptions, close } = await openProduct("ada");
    await page.getByText("50 events, and more, newest first").waitFor();
    expect(await page.locator("cairn-viewer thead th").allInnerTexts()).toEqual([
      "Time",
      "Actor",
      "Action",
      "Target",
      "Outcome",
      "context.location",
    ]);
    await page.getByRole("button", { name: "Show more" }).click();
    await page.getByText("100 events, and more").waitFor();
    await filter("outcome:denied");
    await page.getByText("30 events, newest first").waitFor();
    await filter("outcom:denied");
    await page.getByRole("alert").getByText("did you mean").waitFor();
    await filter("Jane");
    await rows.first().waitFor();
    expect(await findingsInBothLooks(page)).toEqual([]);

    await rows.first().getByRole("button").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    const detail = page.getByRole("region", { name: "Event" });
    await detail.getByText("lab results").waitFor();
    expect(await detail.locator("dt").allInnerTexts()).toContain("details.view.layout");
    expect(await findingsInBothLooks(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await detail.waitFor({ state: "detached" });
    const focused = await page.evaluate(
      `document.querySelector("cairn-viewer").shadowRoot.activeElement.closest("tr").rowIndex`,
    );
    expect(focused).toBe(2);
    expect(await page.evaluate(`getComputedStyle(document.querySelector("cairn-viewer")).fontFamily`)).toContain(
      "Georgia",
    );
    expect(exceptions).toEqual([]);
    await close();
  });

  browserTest("has a wall that no query can leave, nor a request without the viewer", async () => {
    await allowOrigins([host?.url ?? ""]);
    const { page, rows, filter, close } = await openProduct("jane");
    await page.getByText("30 events, newest first").waitFor();
    for (const query of [
      "* OR outcome:denied",
      "NOT location:x",
      ") OR (outcome:denied",
      "actor:Mallory",
      "location:*",
    ]) {
      await filter(query);
      await page
        .locator("cairn-viewer")
        .getByText(/events?, newest first|No event matches|mistake/)
        .waitFor();
      const actors = new Set(await rows.locator("td:nth-child(2)").allInnerTexts());
      expect(
        [...actors].filter((name) => name !== "Jane Doe"),
        query,
      ).toEqual([]);
    }
    // Nor by asking without the viewer, with its token: neither the list nor an event beyond.
    const { token } = (await (await fetch(`${host?.url}/viewer-token?as=jane`, { method: "POST" })).json()) as {
      readonly token: string;
    };
    const ask = (path: string) => fetch(`${cairn.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    const all = (await (await ask("/v1/events?limit=1000")).json()) as {
      readonly events: readonly { readonly sequence: number }[];
    };
    expect(all.events).toHaveLength(30);
    const own = new Set(all.events.map(({ sequence }) => sequence));
    const beyond = Array.from({ length: 40 }, (_, i) => i).find((sequence) => !own.has(sequence));
    expect((await ask(`/v1/events/1/${beyond}`)).status).toBe(404);
    for (const path of ["/v1/members", "/v1/keys", "/v1/settings", "/v1/exports"])
      expect((await ask(path)).status, path).toBe(403);
    await close();
  });

  browserTest("gets another token before one ends and when one is refused, and says when there is none", async () => {
    await allowOrigins([host?.url ?? ""]);
    let tokenCount = 0;
    const { page, rows, filter, exceptions, close } = await openProduct("ada", async (opened) => {
      await opened.clock.install();
      opened.on("request", (request) => {
        if (request.url().includes("/viewer-token")) tokenCount++;
      });
    });
    await rows.first().waitFor();
    expect(tokenCount).toBe(1);
    // Half a minute before the five are over.
    await page.clock.fastForward(4.5 * 60_000 + 1_000);
    await expect.poll(() => tokenCount).toBe(2);
    await filter("Jane");
    await page.getByText("30 events, newest first").waitFor();
    expect(tokenCount).toBe(2);
    // One that the server does not know any more.
    await page.locator("cairn-viewer").evaluate((viewer) => viewer.setAttribute("token", "cairn_view_run_out"));
    await filter("Mallory");
    await page.getByText("30 events, newest first").waitFor();
    expect(tokenCount).toBe(3);
    // The key behind all of them is revoked, and the product gives no more.
    await page.route("**/viewer-token**", (route) => route.fulfill({ status: 403, body: "{}" }));
    await page.locator("cairn-viewer").evaluate((viewer) => viewer.setAttribute("token", "cairn_view_run_out_too"));
    await filter("Ada");
    await page.getByRole("alert").waitFor();
    expect(await rows.count()).toBe(0);
    expect(exceptions).toEqual([]);
    await close();
  });

  browserTest("goes on when a token has really run out, and asks its host once", async () => {
    await allowOrigins([host?.url ?? ""]);
    const lifeMs = 4_000;
    let tokenCount = 0;
    const answers: number[] = [];
    const { page, rows, filter, exceptions, close } = await openProduct("ada", async (opened) => {
      opened.on("response", (response) => {
        if (response.url().endsWith("/v1/events/search")) answers.push(response.status());
      });
      await opened.route("**/viewer-token**", async (route) => {
        const response = await route.fetch();
        const made = (await response.json()) as { readonly token: string };
        tokenCount++;
        // The first one is over before the viewer expects it: as after an hour's sleep of the machine.
        const token = tokenCount === 1 ? cairn.shortLived(made.token, lifeMs) : made.token;
        await route.fulfill({ response, json: { ...made, token } });
      });
    });
    await rows.first().waitFor();
    await page.waitForTimeout(lifeMs);
    await filter("Jane");
    await page.getByText("30 events, newest first").waitFor();
    expect(tokenCount).toBe(2);
    expect(answers).toEqual([200, 401, 200]);
    expect(exceptions).toEqual([]);
    await close();
  });

  browserTest("works as packages/viewer/README.md shows it, and in other texts whenever they come", async () => {
    if (browser === undefined) throw new Error("BUG: a test of the viewer runs without a browser");
    const readme = readFileSync(new URL("../../packages/viewer/README.md", import.meta.url), "utf8");
    // The inline script runs before the deferred one: the element is not known yet.
    const html = (/```html\n([\s\S]*?)```/.exec(readme)?.[1] ?? "").replaceAll("https://audit.example.com", cairn.url);
    const product = createServer(async (request, response) => {
      const isToken = request.url === "/viewer-token";
      const token = isToken ? await fetch(`${host?.url}/viewer-token?as=jane`, { method: "POST" }) : undefined;
      response.setHeader("content-type", isToken ? "application/json" : "text/html").end((await token?.text()) ?? html);
    });
    await once(product.listen(0, "127.0.0.1"), "listening");
    const url = `http://127.0.0.1:${(product.address() as AddressInfo).port}`;
    await allowOrigins([url]);
    const page = await browser.newPage();
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(url);
    await page.getByText("30 events, newest first").waitFor();
    await page.getByRole("searchbox", { name: "Filter" }).fill("outcome:success");
    await page.keyboard.press("Enter");
    await page.getByText("30 events, newest first").waitFor();
    await page
      .locator("cairn-viewer")
      .evaluate((viewer: { texts?: object }) =>
        Object.assign(viewer, { texts: { ...viewer.texts, filter: "Filtre" } }),
      );
    expect(await page.getByRole("searchbox", { name: "Filtre" }).inputValue()).toBe("outcome:success");
    await page.getByText("30 events, newest first").waitFor();
    await page.close();
    product.close();
  });

  browserTest("is a React component, too", async () => {
    if (browser === undefined) throw new Error("BUG: a test of the viewer runs without a browser");
    await allowOrigins([host?.url ?? ""]);
    const context = await browser.newContext({ bypassCSP: true });
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(`${host?.url}/page.js`);
    await page.evaluate(`window.host = { url: "${cairn.url}" }`);
    await page.addScriptTag({ content: await bundle(REACT_HOST) });
    await page.getByText("30 events, newest first").waitFor();
    expect(await page.locator("cairn-viewer.mine thead th").allInnerTexts()).toEqual(["Actor", "Action"]);
    await page.getByRole("button", { name: "Rafraîchir" }).waitFor();
    await page.getByRole("button", { name: "Only failures" }).click();
    await page.getByText("No event matches.").waitFor();
    await context.close();
  });
});

/** A host in React: its query changes while the viewer stands. */
const REACT_HOST = `
  import { createElement, useState } from "react";
  import { createRoot } from "react-dom/client";
  import { TEXTS } from "@cairn/viewer";
  import { CairnViewer } from "@cairn/viewer/react";
  async function onTokenExpiring() {
    return (await (await fetch("/viewer-token?as=jane", { method: "POST" })).json()).token;
  }
  const texts = { ...TEXTS, refresh: "Rafraîchir" };
  function Host() {
    const [query, setQuery] = useState("outcome:success");
    const onClick = () => setQuery("outcome:failure");
    const props = { url: window.host.url, columns: ["actor", "action"], className: "mine", query, onTokenExpiring, texts };
    return createElement("main", null, createElement("button", { onClick }, "Only failures"), createElement(CairnViewer, props));
  }
  document.body.replaceChildren();
  createRoot(document.body.appendChild(document.createElement("div"))).render(createElement(Host));
`;

/** Makes one script of a module and all that it imports. */
async function bundle(source: string): Promise<string> {
  const id = "\0host.ts";
  const built = await build({
    configFile: false,
    logLevel: "silent",
    root: fileURLToPath(new URL("../../packages/viewer", import.meta.url)),
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [
      {
        name: "host",
        enforce: "pre",
        resolveId: (name) => (name === "host" || name.endsWith("/host") ? id : undefined),
        load: (name) => (name === id ? source : undefined),
      },
    ],
    build: { write: false, minify: false, lib: { entry: "host", formats: ["iife"], name: "host", fileName: "host" } },
  });
  const [output] = [built].flat();
  if (output === undefined || !("output" in output)) throw new Error("nothing was built");
  return output.output[0].code;
}
