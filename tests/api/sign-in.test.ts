import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { startServer, type TestServer } from "@cairn/testkit";
import Provider from "oidc-provider";
import { Secret, TOTP } from "otpauth";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call } from "./support/call.ts";
import { byLink, joined, ownEvents, PASSWORD, tokenOf, type Visitor, visitor } from "./support/people.ts";

let server: TestServer;
let key: string;
let owner: Visitor & { readonly id: string };
let operator: Visitor;
let idp: { readonly server: Server; readonly issuer: string };
let smtp: SMTPServer;
const mails: string[] = [];

/** People of the provider, by login. */
const PEOPLE: Readonly<Record<string, object>> = {
  ines: { email: "ines@corp.example", email_verified: true, name: "Ines Corp", groups: ["staff", "auditlog-admins"] },
  nora: { email: "nora@corp.example", email_verified: true, name: "Nora Nogroup", groups: ["staff"] },
  vera: { email: "vera@corp.example", email_verified: false, name: "Vera", groups: ["auditlog-admins"] },
  eve: { email: "eve@elsewhere.example", email_verified: true, name: "Eve", groups: ["auditlog-admins"] },
  mallory: { email: "ines@corp.example", email_verified: true, name: "Mallory", groups: ["auditlog-admins"] },
};
const SECRET = "a-client-secret-of-some-length";

beforeAll(async () => {
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData(stream, _session, done) {
      let text = "";
      stream.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      stream.on("end", () => {
        mails.push(text);
        done();
      });
    },
  });
  const listening = smtp.listen(0, "127.0.0.1");
  await once(listening, "listening");
  const { port } = listening.address() as AddressInfo;
  server = await startServer({
    args: ["--smtp-url", `smtp://127.0.0.1:${port}`, "--mail-from", "log@acme.example", "--allow-insecure-issuers"],
  });
  key = await server.createKey({ tenant: "acme", scopes: ["events:write", "events:read"] });
  owner = await joined(server, await byLink(server, "--tenant", "acme"), {
    email: "olga@example.com",
    name: "Olga",
    role: "owner",
  });
  operator = await byLink(server, "--operator");
  idp = await startProvider(`http://localhost:${server.port}/v1/session/oidc/callback`);
});
afterAll(async () => {
  idp.server.close();
  await new Promise<void>((resolve) => smtp.close(resolve));
  await server.remove();
});

/** The real provider of the package, with a page for signing in that takes any name of {@link PEOPLE}. */
async function startProvider(redirectUri: string) {
  let provider: Provider | undefined;
  const http = createServer((request, response) => void provider?.callback()(request, response));
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  provider = new Provider(issuer, {
    clients: [{ client_id: "cairn", client_secret: SECRET, redirect_uris: [redirectUri] }],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) }),
    features: { devInteractions: { enabled: true } },
    pkce: { required: () => true },
  });
  return { server: http, issuer };
}

/** Follows a browser through the provider's pages, and back to where it sends it. */
async function throughProvider(start: string, login: string): Promise<URL> {
  const jar = new Map<string, string>();
  let url = new URL(start);
  let form: URLSearchParams | undefined;
  for (let hops = 0; hops < 20; hops++) {
    const response: Response = await fetch(url, {
      redirect: "manual",
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(form === undefined ? {} : { method: "POST", body: form }),
    });
    form = undefined;
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    const location = response.headers.get("location");
    if (location !== null) {
      url = new URL(location, url);
      if (url.pathname.startsWith("/v1/session/oidc")) return url;
      continue;
    }
    const page = await response.text();
    const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1];
    if (action === undefined) throw new Error(`no form at ${url.href}: ${page.slice(0, 500)}`);
    url = new URL(action, url);
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? "login";
    form = new URLSearchParams(prompt === "login" ? { prompt, login, password: "x" } : { prompt });
  }
  throw new Error("the provider goes round in circles");
}

describe("by password", () => {
  const attempt = (email: string, password: string, more: object = {}, browser = visitor(server)) =>
    browser.call({ path: "/v1/session", body: { email, password, ...more } });
  const codeOf = (answer: { json<T>(): T }) => answer.json<{ error: { code: string; message: string } }>().error;

  test("the cookie is for this server only, and scripts do not see it", async () => {
    const answer = await attempt("OLGA@example.com", PASSWORD);
    expect(answer.status).toBe(200);
    const [cookie = ""] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^cairn_session=[\w-]{43};/);
    for (const flag of ["HttpOnly", "SameSite=Strict", "Path=/"]) expect(cookie).toContain(flag);
  });

  test("a wrong password and an address that nobody has are answered alike, and locked alike", async () => {
    await joined(server, owner, { email: "locked@example.com", role: "analyst" });
    const told: object[] = [];
    for (const email of ["locked@example.com", "nobody@example.com"]) {
      const answers = [];
      for (let i = 0; i < 5; i++) answers.push(await attempt(email, "wrong wrong wrong"));
      expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
      told.push(answers.map((answer) => ({ ...codeOf(answer), request_id: "" })));
      const locked = await attempt(email, PASSWORD);
      expect([locked.status, codeOf(locked).code]).toEqual([429, "sign_in_locked"]);
      expect(Number(locked.headers.get("retry-after"))).toBeGreaterThan(800);
    }
    expect(told[0]).toEqual(told[1]);
    const failures = await ownEvents(server, key, "member.sign_in_failed", { count: 5 });
    expect(failures[0]).toMatchObject({ outcome: { result: "failure" }, actor: { email: "locked@example.com" } });
    expect(failures).toHaveLength(5);
    expect(await ownEvents(server, key, "member.locked_out")).toHaveLength(1);
  });

  test("with an authenticator app, each code once; recovery codes stand in for it", async () => {
    const member = await joined(server, owner, { email: "totp@example.com", role: "analyst" });
    const begun = (await member.call({ method: "POST", path: "/v1/me/totp" })).json<{
      secret: string;
      state: string;
    }>();
    const app = new TOTP({ secret: Secret.fromBase32(begun.secret) });
    const confirm = { path: "/v1/me/totp/confirm", body: { state: begun.state, code: app.generate() } };
    const { recovery_codes: codes } = (await member.call(confirm)).json<{ recovery_codes: string[] }>();
    expect(codes).toHaveLength(10);
    const without = await attempt("totp@example.com", PASSWORD);
    expect([without.status, codeOf(without).code]).toEqual([401, "second_factor_required"]);
    // The code that set it up is used up.
    expect((await attempt("totp@example.com", PASSWORD, { code: app.generate() })).status).toBe(401);
    const next = app.generate({ timestamp: Date.now() + 30_000 });
    expect((await attempt("totp@example.com", PASSWORD, { code: next })).status).toBe(200);
    expect((await attempt("totp@example.com", PASSWORD, { code: next })).status).toBe(401);
    expect((await attempt("totp@example.com", PASSWORD, { code: codes[0] })).status).toBe(200);
    expect((await attempt("totp@example.com", PASSWORD, { code: codes[0] })).status).toBe(401);
    const self = (await member.call({ path: "/v1/me" })).json<{
      recovery_codes_left: number;
      signs_in_with: string[];
    }>();
    expect(self).toMatchObject({ recovery_codes_left: 9, signs_in_with: ["password", "totp"] });
  });

  test("sessions are listed, ended by others, and by a change of password", async () => {
    const member = await joined(server, owner, { email: "many@example.com", role: "analyst" });
    const second = visitor(server);
    await attempt("many@example.com", PASSWORD, {}, second);
    const mine = async () => {
      const { sessions } = (await owner.call({ path: "/v1/sessions" })).json<{
        sessions: { id: string; member: string }[];
      }>();
      return sessions.filter((each) => each.member === member.id);
    };
    expect(await mine()).toHaveLength(2);
    const change = { current: PASSWORD, password: "a new and longer password" };
    expect((await second.call({ path: "/v1/me/password", body: change })).status).toBe(204);
    expect((await member.call({ path: "/v1/me" })).status).toBe(401);
    const [left] = await mine();
    expect((await owner.call({ method: "DELETE", path: `/v1/sessions/${left?.id}` })).status).toBe(204);
    expect((await second.call({ path: "/v1/me" })).status).toBe(401);
    const [revoked] = await ownEvents(server, key, "session.revoked");
    expect(revoked?.actor).toMatchObject({ id: owner.id });
  });

  test("what another site makes a browser send is refused", async () => {
    const forged = [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "none" },
      { origin: "https://evil.example" },
    ];
    for (const headers of forged) {
      const send = { path: "/v1/groups", body: { name: "forged" }, headers: { cookie: owner.cookie(), ...headers } };
      expect((await call(server, send)).status).toBe(403);
    }
    expect((await owner.call({ path: "/v1/groups" })).json()).toEqual({ groups: [] });
  });

  test("signing out ends the session on the server, too", async () => {
    const member = await joined(server, owner, { email: "out@example.com", role: "analyst" });
    const cookie = member.cookie();
    expect((await member.call({ method: "POST", path: "/v1/session/end" })).status).toBe(204);
    expect((await call(server, { path: "/v1/me", headers: { cookie } })).status).toBe(401);
    expect((await ownEvents(server, key, "member.signed_out"))[0]?.actor).toMatchObject({ id: member.id });
  });
});

test("a first-use link becomes a member", async () => {
  const link = await byLink(server, "--tenant", "acme");
  expect((await link.call({ path: "/v1/session" })).json()).toMatchObject({ kind: "link", may_become_member: true });
  const made = await link.call({
    path: "/v1/me/member",
    body: { email: "first@example.com", name: "First", password: PASSWORD },
  });
  expect(made.status).toBe(201);
  expect((await link.call({ path: "/v1/session" })).json()).toMatchObject({
    kind: "member",
    role: "owner",
    name: "First",
  });
  expect((await link.call({ path: "/v1/events" })).status).toBe(200);
});

test("an invitation goes by mail, and its link works", async () => {
  const invited = await owner.call({
    path: "/v1/members",
    body: { email: "mail@example.com", role: "analyst", send: true },
  });
  expect(invited.json<{ invitation: object }>().invitation).toMatchObject({ sent_to: "mail@example.com" });
  expect(invited.text).not.toContain("#invitation");
  const [mail = ""] = mails;
  expect(mail).toMatch(/^From: log@acme\.example\r?$/m);
  expect(mail).toMatch(/^To: mail@example\.com\r?$/m);
  const plain = mail.replaceAll(/=\r?\n/g, "").replaceAll("=3D", "=");
  const token = tokenOf(/http\S+#invitation=[\w-]+/.exec(plain)?.[0] ?? "");
  const accepted = await visitor(server).call({ path: "/v1/invitations/accept", body: { token, password: PASSWORD } });
  expect(accepted.status).toBe(200);
});

describe("at the tenant's identity provider", () => {
  const signIn = async (login: string, email = `${login}@corp.example`) => {
    const browser = visitor(server);
    const start = await browser.call({ path: `/v1/session/oidc?email=${encodeURIComponent(email)}` });
    if (start.status !== 303) return { browser, answer: start };
    const back = await throughProvider(start.headers.get("location") ?? "", login);
    return { browser, answer: await browser.call({ path: back.pathname + back.search }), back };
  };

  beforeAll(async () => {
    const provider = {
      issuer: idp.issuer,
      client_id: "cairn",
      client_secret: SECRET,
      roles: { "auditlog-admins": "administrator" },
    };
    expect((await owner.call({ method: "PUT", path: "/v1/identity-provider", body: provider })).status).toBe(200);
    const domains = { method: "PUT", path: "/v1/tenants/acme/domains", body: { domains: ["Corp.example"] } };
    expect((await owner.call(domains)).status).toBe(403);
    expect((await operator.call({ ...domains, headers: { "cairn-project": "default" } })).status).toBe(200);
  });

  test("people of its domain are sent there, and come back as members with the role of their group", async () => {
    const methods = await visitor(server).call({ path: "/v1/session/methods", body: { email: "who@corp.example" } });
    expect(methods.json()).toEqual({ methods: ["oidc", "password", "passkey"] });
    const { browser, answer } = await signIn("ines");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("refresh")).toBe("0; url=/");
    expect((await browser.call({ path: "/v1/session" })).json()).toMatchObject({
      role: "administrator",
      name: "Ines Corp",
      email: "ines@corp.example",
      tenant: "acme",
    });
    const { id: about } = (await browser.call({ path: "/v1/session" })).json<{ id: string }>();
    const [joinedEvent] = await ownEvents(server, key, "member.joined", { about });
    expect(joinedEvent?.details).toEqual({ through: idp.issuer });
    const again = await signIn("ines");
    expect((await again.browser.call({ path: "/v1/me" })).status).toBe(200);
  });

  test.each([
    ["nora", "whose groups have no role"],
    ["vera", "whose address nobody has checked"],
    ["eve", "whose address is of another domain"],
    ["mallory", "who has the address of somebody else"],
  ])("%s, %s, stays out", async (login) => {
    const { browser, answer } = await signIn(login);
    expect(answer.status).toBe(401);
    expect((await browser.call({ path: "/v1/session" })).status).toBe(401);
  });

  test("an answer that was meant for another browser, or is used twice, opens nothing", async () => {
    const { back } = await signIn("ines");
    const path = `${back?.pathname}${back?.search}`;
    expect((await visitor(server).call({ path })).status).toBe(401);
    const other = visitor(server);
    await other.call({ path: "/v1/session/oidc?email=a@corp.example" });
    expect((await other.call({ path })).status).toBe(401);
  });

  test("who was removed stays removed", async () => {
    const { members } = (await owner.call({ path: "/v1/members" })).json<{
      members: { id: string; email: string }[];
    }>();
    const ines = members.find(({ email }) => email === "ines@corp.example");
    expect((await owner.call({ method: "DELETE", path: `/v1/members/${ines?.id}` })).status).toBe(204);
    expect((await signIn("ines")).answer.status).toBe(401);
  });
});
