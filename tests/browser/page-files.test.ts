import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Cairn, startCairn } from "./support/cairn.ts";

/** What a first visit may cost on a slow line: the scripts that the list needs, compressed. */
const MAX_INITIAL_SCRIPT_BYTES = 250 * 1024;

let cairn: Cairn;
beforeAll(async () => {
  cairn = await startCairn(["--trust-proxy"]);
});
afterAll(() => cairn.stop());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(cairn.url + path, { headers, redirect: "manual" });

describe("the files of the page", () => {
  test("are protected: nothing from elsewhere, nothing inline, no frame, no guessing of types", async () => {
    const response = await get("/");
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "content-security-policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
    });
    const html = await response.text();
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*\ssrc=)|\son\w+=/);
  });

  test("are kept for ever under hashed names, and the document only until it changes", async () => {
    const page = await get("/");
    expect(page.headers.get("cache-control")).toBe("no-cache");
    const etag = page.headers.get("etag") ?? "";
    expect((await get("/", { "if-none-match": etag })).status).toBe(304);
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1] ?? "";
    const file = await get(script);
    expect(file.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(file.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  });

  test("come compressed as the browser takes them, and are the same bytes", async () => {
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(await (await get("/")).text())?.[1] ?? "";
    const plain = await get(script, { "accept-encoding": "identity" });
    expect(plain.headers.get("content-encoding")).toBeNull();
    const brotli = await get(script, { "accept-encoding": "gzip, br" });
    expect(brotli.headers.get("content-encoding")).toBe("br");
    const gzip = await get(script, { "accept-encoding": "gzip" });
    expect(gzip.headers.get("content-encoding")).toBe("gzip");
    expect(await gzip.text()).toBe(await plain.text());
  });

  test("are small: the list needs less than 250 KiB of scripts", async () => {
    const html = await (await get("/")).text();
    const scripts = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path = ""]) => path);
    expect(scripts.length).toBeGreaterThan(0);
    let bytes = 0;
    for (const path of scripts) {
      const response = await get(path, { "accept-encoding": "gzip" });
      bytes += Number(response.headers.get("content-length"));
      expect(response.headers.get("content-encoding")).toBe("gzip");
    }
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(MAX_INITIAL_SCRIPT_BYTES);
  });

  test("are only those that were built", async () => {
    for (const path of ["/assets/nothing.js", "/assets/..%2findex.html", "/assets/%2e%2e/.built-from", "/assets/"]) {
      const response = await get(path);
      expect(response.status, path).toBe(404);
      expect(await response.json()).toMatchObject({ error: { code: "not_found" } });
    }
  });
});

describe("a first-use link", () => {
  const cookieOf = (response: Response) => response.headers.get("set-cookie") ?? "";

  test("is used up by going there, not by asking for its header or looking ahead", async () => {
    const path = cairn.firstLink.slice(cairn.url.length);
    expect((await fetch(cairn.firstLink, { method: "HEAD" })).status).toBe(404);
    expect((await get(path, { "sec-purpose": "prefetch;prerender" })).status).toBe(503);
    const first = await get(path);
    expect(first.status).toBe(303);
    expect(first.headers.get("location")).toBe("/");
    expect(first.headers.get("cache-control")).toBe("no-store");
    expect(cookieOf(first)).toMatch(/^cairn_session=[^;]+; .*HttpOnly; SameSite=Strict$/);
    // Not over HTTPS here, and a Secure cookie would not come back.
    expect(cookieOf(first)).not.toContain("Secure");
    const second = await get(path);
    expect(second.status).toBe(403);
    expect(cookieOf(second)).toBe("");
    expect(await second.text()).toContain("npx cairn link");
  });

  test("gives a cookie that stays on HTTPS when the reader came by HTTPS", async () => {
    const path = (await cairn.link()).slice(cairn.url.length);
    expect(cookieOf(await get(path, { "x-forwarded-proto": "https" }))).toMatch(/; Secure(?:;|$)/);
  });

  test("that nobody made gives the same page, and one without a token an error", async () => {
    expect((await get("/first-use?token=x")).status).toBe(403);
    expect((await get("/first-use")).status).toBe(400);
    expect((await get(`/first-use?token=${"x".repeat(5_000)}`)).status).toBe(400);
  });
});

describe("ending a session", () => {
  const end = (headers: Record<string, string>) => fetch(`${cairn.url}/v1/session/end`, { method: "POST", headers });

  test("works from the page itself only", async () => {
    const origin = cairn.url;
    expect((await end({ "sec-fetch-site": "same-origin", origin })).status).toBe(204);
    expect((await end({ origin })).status).toBe(204);
    expect((await end({})).status).toBe(204);
    expect((await end({ "sec-fetch-site": "same-site", origin: "http://localhost:1" })).status).toBe(403);
    expect((await end({ "sec-fetch-site": "cross-site", origin })).status).toBe(403);
    expect((await end({ origin: "http://localhost:1" })).status).toBe(403);
    expect((await end({ origin: "null" })).status).toBe(403);
  });

  test("takes the cookie away", async () => {
    const cleared = (await end({})).headers.get("set-cookie") ?? "";
    expect(cleared).toMatch(/^cairn_session=;/);
    expect(cleared).toContain("Expires=Thu, 01 Jan 1970");
  });
});
