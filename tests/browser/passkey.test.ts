import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { type Cairn, startCairn } from "./support/cairn.ts";
import { browserTest, openBrowser, visit } from "./support/chromium.ts";
import { addAuthenticator } from "./support/passkeys.ts";

let cairn: Cairn;
let browser: Browser | undefined;
beforeAll(async () => {
  browser = await openBrowser();
  cairn = await startCairn();
});
afterAll(async () => {
  await cairn.stop();
});

/** What a page would do: ask for options, let the browser's own authenticator answer, send the answer. */
const REGISTER = `(async () => {
  const post = (path, body) => fetch(path, { method: "POST", ...(body === undefined ? {} : {
    headers: { "content-type": "application/json" }, body: JSON.stringify(body) }) });
  const { options, state } = await (await post("/v1/me/passkeys/options")).json();
  const made = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  const { id, rawId, type, response, clientExtensionResults, authenticatorAttachment } = made.toJSON();
  const answer = { id, rawId, type, response, clientExtensionResults, authenticatorAttachment };
  const sent = await post("/v1/me/passkeys", { state, name: "test key", response: answer });
  return { status: sent.status, text: await sent.text() };
})()`;
const SIGN_IN = `(async () => {
  const post = (path, body) => fetch(path, { method: "POST", ...(body === undefined ? {} : {
    headers: { "content-type": "application/json" }, body: JSON.stringify(body) }) });
  const { options, state } = await (await post("/v1/session/passkey/options")).json();
  const got = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  const { id, rawId, type, response, clientExtensionResults, authenticatorAttachment } = got.toJSON();
  const body = { state, response: { id, rawId, type, response, clientExtensionResults, authenticatorAttachment } };
  const first = await post("/v1/session/passkey", body);
  const again = await post("/v1/session/passkey", body);
  return { first: first.status, again: again.status };
})()`;

browserTest("a passkey is added and signs in, and an answer works once", async () => {
  const { page, close } = await visit(browser, await cairn.link());
  await addAuthenticator(page);
  const member = { email: "pass@example.com", name: "Pat", password: "long enough for a password" };
  const become = await page.evaluate(
    `fetch("/v1/me/member", { method: "POST", headers: { "content-type": "application/json" },
      body: ${JSON.stringify(JSON.stringify(member))} }).then(({ status }) => status)`,
  );
  expect(become).toBe(201);
  expect(await page.evaluate(REGISTER)).toMatchObject({ status: 201 });
  await page.evaluate(`fetch("/v1/session/end", { method: "POST" })`);
  const who = `fetch("/v1/session").then(async (answer) => [answer.status, (await answer.json()).name])`;
  expect(await page.evaluate(`fetch("/v1/session").then(({ status }) => status)`)).toBe(401);
  expect(await page.evaluate(SIGN_IN)).toEqual({ first: 200, again: 401 });
  expect(await page.evaluate(who)).toEqual([200, "Pat"]);
  await close();
});
