import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type FakeAuth0, startAuth0 } from "../sources/support/fake-auth0.ts";
import { sample } from "../sources/support/sources.ts";
import { findingsInBothLooks } from "./support/axe.ts";
import { type Cairn, startCairn } from "./support/cairn.ts";
import { browserTest, openBrowser, type Visit } from "./support/chromium.ts";
import { acceptInvitation, becomeMember, openPage } from "./support/people.ts";
import { sampleEvents } from "./support/samples.ts";
import { goTo } from "./support/visitor.ts";

/** Below the ports that this machine gives away by itself. */
const SYSLOG_PORT = 26_514;

let cairn: Cairn;
let browser: Browser | undefined;
let owner: Visit;
let auth0: FakeAuth0;
let directory: string;
beforeAll(async () => {
  browser = await openBrowser();
  directory = mkdtempSync(join(tmpdir(), "cairn-pasted-"));
  mkdirSync(join(directory, "default", "default", "calls"), { recursive: true });
  const opened = ["--watch-dir", directory, "--syslog-ports", `${SYSLOG_PORT}-${SYSLOG_PORT + 5}`];
  cairn = await startCairn(["--allow-insecure-sources", ...opened]);
  auth0 = await startAuth0();
  await cairn.record(sampleEvents(4));
  if (browser !== undefined)
    owner = await becomeMember(browser, cairn.firstLink, { email: "olga@example.com", name: "Olga Owner" });
});
afterAll(async () => {
  await auth0.stop();
  await cairn.stop();
  rmSync(directory, { recursive: true, force: true });
});

const pasted = async (page: Page, what: string) =>
  ((await page.locator(`[data-paste=${what}]`).first().textContent()) ?? "").trim();

/** What somebody does who pastes a command into a shell. */
async function runCommand(command: string): Promise<string> {
  const { stdout } = await promisify(execFile)("sh", ["-c", `${command} --silent --show-error`], { cwd: directory });
  return stdout;
}

async function deliver(url: string, token: string, body: string): Promise<Response> {
  return fetch(url, { method: "POST", headers: { authorization: `Bearer ${token}` }, body });
}

/** Does what cannot be undone: presses the button, and once more when it asks. */
async function insist(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).click();
  await page.getByRole("button", { name, exact: true }).last().click();
}

/** What is selected in a field. */
const selected = (field: Locator) =>
  field.evaluate((node) => {
    const area = node as unknown as Area;
    return area.value.slice(area.selectionStart, area.selectionEnd);
  });

/** Puts the cursor behind the first place of a text. */
const putBehind = (field: Locator, text: string) =>
  field.evaluate((node, before) => {
    const area = node as unknown as Area;
    const at = area.value.indexOf(before) + before.length;
    area.focus();
    area.setSelectionRange(at, at);
  }, text);

/** The part of a text field that is used here. */
interface Area {
  readonly value: string;
  readonly selectionStart: number;
  readonly selectionEnd: number;
  focus(): void;
  setSelectionRange(from: number, to: number): void;
}

/** The number beside a word of how a source stands. */
const counted = (page: Page, name: string, count: number) =>
  page.locator(".facts > div").filter({ hasText: new RegExp(`^${name}\\s*${count}\\b`) });

describe("sources", () => {
  browserTest("are explained and offered in groups where there is none", async () => {
    const { page } = owner;
    await openPage(page, cairn, "sources");
    await page.getByRole("heading", { name: "What a source is" }).waitFor();
    const identity = page.getByRole("region", { name: "Identity" });
    await identity.getByRole("link", { name: "Okta: event hook" }).waitFor();
    await page.getByRole("region", { name: "Cloud" }).getByRole("link", { name: "AWS CloudTrail" }).waitFor();
    await page.getByRole("region", { name: "Telephony" }).getByRole("link").first().waitFor();
    await page
      .getByRole("region", { name: "Anything else" })
      .getByRole("link", { name: /by a mapping/ })
      .waitFor();
    await page.getByRole("region", { name: "With an API key alone" }).getByText("/services/collector/event").waitFor();
    expect(await findingsInBothLooks(page)).toEqual([]);
    // Every kind of this server has a form, and what is asked says what to do first.
    const { kinds } = (await (await page.request.get(`${cairn.url}/v1/sources/kinds`)).json()) as {
      kinds: { kind: string; title: string; arrives: string }[];
    };
    for (const { kind, title, arrives } of kinds) {
      await goTo(owner, `#page=sources&set-up=${kind}`);
      await page.getByRole("heading", { name: title, level: 1, exact: true }).waitFor();
      await page.getByRole("button", { name: "Set it up" }).waitFor();
      const first = page.getByRole("heading", { name: "First, at the other side" });
      expect(await first.count(), kind).toBe(arrives === "poller" ? 1 : 0);
    }
  });

  browserTest("a webhook: what to paste, what it brought, what was refused, another token, gone", async () => {
    const { page, complaints } = owner;
    await openPage(page, cairn, "sources");
    await page.getByRole("link", { name: "Okta: event hook" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Okta of Acme");
    await page.getByRole("button", { name: "Set it up" }).click();
    await page.getByText("Okta of Acme is set up.").waitFor();
    const [url, token] = [await pasted(page, "address"), await pasted(page, "token")];
    expect(url).toMatch(/\/v1\/sources\/src_[\w-]+\/events$/);
    expect(token).toMatch(/^cairn_src_/);
    expect(await findingsInBothLooks(page)).toEqual([]);

    const events = sample("okta/events.json");
    expect((await deliver(url, token, events)).status).toBe(200);
    expect((await deliver(url, token, events)).status).toBe(200);
    expect((await deliver(url, token, '[{"no": "event"}]')).status).toBe(200);
    expect((await deliver(url, token, '[\n{"no": ]')).status).toBe(400);
    await page.getByRole("link", { name: "Go to the source" }).click();
    await page.getByRole("heading", { name: "Okta of Acme", level: 1 }).waitFor();
    await counted(page, "New", 6).waitFor();
    await counted(page, "Repeated", 6).waitFor();
    await counted(page, "Refused", 2).waitFor();
    // The token is known to nobody any more.
    expect(await page.locator("[data-paste=token]").count()).toBe(0);
    expect(await page.content()).not.toContain(token);

    const rejects = page.locator(".rejects > li");
    await expect.poll(() => rejects.count()).toBe(2);
    await rejects.first().getByText("line 2, column 8").waitFor();
    expect(await rejects.first().locator("pre").textContent()).toBe('[\n{"no": ]');
    const download = page.waitForEvent("download");
    await rejects.nth(1).getByRole("button", { name: "Download it" }).click();
    expect(readFileSync(await (await download).path(), "utf8")).toBe('{"no": "event"}');

    await page.getByLabel("A sample, as it is sent").fill(events);
    await page.getByRole("button", { name: "Map it" }).click();
    await page.getByText("It works: 6 events").waitFor();
    await page.getByLabel("A sample, as it is sent").fill("{");
    await page.getByRole("button", { name: "Map it" }).click();
    await page.locator(".panel .mistake").first().waitFor();
    expect(await findingsInBothLooks(page)).toEqual([]);

    await insist(page, "Make another token");
    await page.locator("[data-paste=token]").waitFor();
    const another = await pasted(page, "token");
    expect((await deliver(url, token, events)).status).toBe(401);
    expect((await deliver(url, another, events)).status).toBe(200);
    // More than one page of what was refused.
    const wrong = JSON.stringify(Array.from({ length: 25 }, (_, no) => ({ no })));
    expect((await deliver(url, another, wrong)).status).toBe(200);
    await counted(page, "Refused", 27).waitFor();
    await expect.poll(() => rejects.count()).toBe(20);
    await page.getByRole("button", { name: "Older ones" }).click();
    await expect.poll(() => rejects.count()).toBe(27);
    await page.getByRole("button", { name: "Switch off" }).click();
    await page.getByText("It is switched off: nothing is taken in.").waitFor();
    expect((await deliver(url, another, events)).status).toBe(503);
    await page.getByRole("button", { name: "Switch on" }).click();
    await page.getByRole("button", { name: "Switch off" }).waitFor();

    await page.getByRole("link", { name: "6: Events of Okta of Acme" }).click();
    await page.waitForURL("**/#q=source:okta");
    await page.getByText("6 events, newest first").waitFor();
    await page.goBack();
    await page.getByRole("link", { name: "All sources" }).click();
    const row = page.getByRole("row", { name: /Okta of Acme/ });
    await row.getByText("receiving").waitFor();
    await row.getByRole("link", { name: "27: What was refused of Okta of Acme" }).waitFor();
    expect(await findingsInBothLooks(page)).toEqual([]);
    await row.getByRole("link", { name: "Okta of Acme", exact: true }).click();
    await insist(page, "Remove");
    await page.getByRole("heading", { name: "What a source is" }).waitFor();
    expect((await deliver(url, another, events)).status).toBe(401);
    expect(complaints).toEqual([]);
  });

  browserTest("a poller: the form of its kind, its problem, a look, what is new, what stays as it is", async () => {
    const { page } = owner;
    auth0.happen(3, { atMs: Date.now() - 3_600_000 });
    await openPage(page, cairn, "sources&set-up=auth0_poller");
    await page.getByRole("heading", { name: "First, at the other side" }).waitFor();
    await page.getByLabel("Address of the other side").fill(auth0.url);
    await page.getByLabel("Client id").fill(auth0.credentials.clientId);
    await page.getByLabel("Kept there for (days)").fill("1");
    const secret = page.getByLabel("Client secret");
    expect(await secret.getAttribute("type")).toBe("password");
    await secret.fill("wrong");
    await page.getByText("More settings").click();
    await page.getByLabel("Time between two looks (seconds)").fill("5");
    await page.getByLabel("Begin at (in UTC)").fill(new Date(Date.now() - 7_200_000).toISOString().slice(0, 16));
    expect(await findingsInBothLooks(page)).toEqual([]);
    await page.getByRole("button", { name: "Set it up" }).click();
    await page.getByRole("link", { name: "Go to the source" }).click();
    await page.locator(".source-problem").getByText(/401/).waitFor();
    await page.getByText(/attempts? ha(?:s|ve) failed, since/).waitFor();

    expect(await page.getByLabel("Address of the other side").getAttribute("readonly")).not.toBeNull();
    expect(await page.getByLabel("Client secret").inputValue()).toBe("");
    await page.getByLabel("Client secret").fill(auth0.credentials.clientSecret);
    await page.getByRole("button", { name: "Save the settings" }).click();
    await page.getByText("Saved.").waitFor();
    await page.getByRole("button", { name: "Look once" }).click();
    await page.getByText(/It works: \d events?/).waitFor();
    await counted(page, "New", 3).waitFor();
    auth0.happen(1);
    await page.getByRole("button", { name: "Collect now" }).click();
    await page.getByText("It is being looked at.").waitFor();
    await counted(page, "New", 4).waitFor();
    expect(auth0.violations).toEqual([]);
    await page.getByRole("link", { name: "All sources" }).click();
    await page
      .getByRole("row", { name: /Auth0: Management API/ })
      .getByText("receiving")
      .waitFor();
  });

  browserTest("gaps, problems and warnings are shown with the log of their time", async () => {
    const { page } = owner;
    // What takes a day to come about is put into the server's answer.
    await page.route("**/v1/sources/src_*", async (route) => {
      const answer = await route.fetch();
      const source = (await answer.json()) as Record<string, unknown>;
      const gap = { from: "2026-03-04T00:00:00.000Z", to: "2026-03-05T00:00:00.000Z", reason: "retention was overrun" };
      const unknown = { ...gap, from: "unknown" };
      await route.fulfill({ json: { ...source, gaps: [unknown, gap], gap_count: 7, warnings: ["it grows too fast"] } });
    });
    await openPage(page, cairn, "sources");
    await page.getByRole("link", { name: "Auth0: Management API", exact: true }).click();
    await page.getByText("The newest 2 of 7.").waitFor();
    await page.getByText("It grows too fast.").waitFor();
    expect(await page.locator(".gap-list li").count()).toBe(2);
    expect(await findingsInBothLooks(page)).toEqual([]);
    const all = await page.getByRole("link", { name: "All gaps, in the log" }).getAttribute("href");
    expect(decodeURIComponent(all ?? "")).toBe("#q=action:source.gap+source:auth0");
    await page.locator(".gap-list a").first().click();
    await page.waitForURL("**/#from=2026-03-04T00:00:00.000Z&to=2026-03-05T00:00:00.000Z");
    await page.unrouteAll({ behavior: "wait" });
  });
});

describe("what does not come by HTTP", () => {
  browserTest("files in a watched folder, by a mapping that ships", async () => {
    const { page } = owner;
    await openPage(page, cairn, "sources&set-up=folder");
    const mapping = page.getByLabel("Mapping", { exact: true });
    await page.getByLabel("Format").selectOption("cairn");
    expect(await mapping.count()).toBe(0);
    await page.getByLabel("Format").selectOption("declarative");
    await mapping.selectOption({ label: "DutyCall" });
    await page.getByText("More settings").click();
    await page.getByLabel("Folder", { exact: true }).fill("calls");
    await page.getByRole("region", { name: "What becomes of it" }).getByText("data.export.completed").first().waitFor();
    // Events that say their source themselves have no name in common.
    const own = { kind: "folder", name: "own", enabled: false, settings: { format: "cairn" } };
    const made = await page.request.post(`${cairn.url}/v1/sources`, { data: own });
    const { id, event_source: source } = (await made.json()) as { id: string; event_source: unknown };
    expect(source).toBeNull();
    expect((await page.request.delete(`${cairn.url}/v1/sources/${id}`)).status()).toBe(204);
    await page.getByLabel("Name", { exact: true }).fill("Nightly calls");
    await page.getByRole("button", { name: "Set it up" }).click();
    await page.getByText("Nightly calls is set up.").waitFor();
    expect(await pasted(page, "text")).toMatch(/\/calls\/$/);
    writeFileSync(join(directory, "default", "default", "calls", "calls.json"), sample("presets/dutycall.json"));
    await page.getByRole("link", { name: "Go to the source" }).click();
    await counted(page, "New", 3).waitFor({ timeout: 30_000 });
    expect(await page.getByLabel("Folder", { exact: true }).inputValue()).toBe("calls");
    expect(await page.getByRole("button", { name: "Make another token" }).count()).toBe(0);
    await page.getByLabel("A sample, as it is sent").first().fill(sample("presets/dutycall.json"));
    await page.getByRole("button", { name: "Map it" }).click();
    await page.getByText("It works: 3 events").waitFor();
    expect(await findingsInBothLooks(page)).toEqual([]);
    await insist(page, "Remove");
    await page.getByRole("heading", { name: "Sources", level: 1 }).waitFor();
  });

  browserTest("syslog at a port of its own", async () => {
    const { page } = owner;
    await openPage(page, cairn, "sources&set-up=syslog");
    await page.getByText(`One of its own, from ${SYSLOG_PORT} to ${SYSLOG_PORT + 5}.`).waitFor();
    await page.getByLabel("Port", { exact: true }).fill(String(SYSLOG_PORT));
    await page.getByLabel("Transport").selectOption("tcp");
    await page.getByLabel("Name", { exact: true }).fill("Firewall");
    await page.getByRole("button", { name: "Set it up" }).click();
    await page.getByText("Firewall is set up.").waitFor();
    const address = await pasted(page, "address");
    expect(address).toMatch(new RegExp(`:${SYSLOG_PORT}$`));
    await page.getByText(`target="${address.split(":")[0]}" port="${SYSLOG_PORT}"`).waitFor();
    const socket = connect(SYSLOG_PORT, "127.0.0.1");
    await once(socket, "connect");
    socket.end("<34>1 2026-03-04T05:06:07Z fw1 sshd - ID47 - accepted password for jane\n");
    await page.getByRole("link", { name: "Go to the source" }).click();
    await counted(page, "New", 1).waitFor({ timeout: 30_000 });
    expect(await findingsInBothLooks(page)).toEqual([]);
    await insist(page, "Remove");
    await page.getByRole("heading", { name: "Sources", level: 1 }).waitFor();
  });
});

describe("a mapping", () => {
  browserTest(
    "that ships is shown at work on a sample, and the command that is offered works as it stands",
    async () => {
      const { page } = owner;
      await openPage(page, cairn, "sources&set-up=declarative");
      await page.getByLabel("Mapping").selectOption({ label: "EHR access report" });
      const events = page.getByRole("region", { name: "What becomes of it" });
      await events.getByText("patient_record.view").first().waitFor();
      await events.getByText("patient_record.print").first().waitFor();
      expect(await events.locator(".preview-item").count()).toBe(2);
      expect(await findingsInBothLooks(page)).toEqual([]);
      await page.getByLabel("Name", { exact: true }).fill("Chart access");
      await page.getByRole("button", { name: "Set it up" }).click();
      await page.getByText("Chart access is set up.").waitFor();
      writeFileSync(join(directory, "activity.csv"), sample("presets/ehr.csv"));
      expect(JSON.parse(await runCommand(await pasted(page, "command")))).toMatchObject({ received: 3, created: 3 });
      await page.getByRole("link", { name: "Go to the source" }).click();
      await counted(page, "New", 3).waitFor();
    },
  );

  browserTest(
    "of one's own: written with completion, wrong where it is wrong, at work while it is written",
    async () => {
      const { page, complaints } = owner;
      await openPage(page, cairn, "sources&set-up=declarative");
      await page.getByLabel("Mapping").selectOption({ label: "DutyCall" });
      const events = page.getByRole("region", { name: "What becomes of it" });
      await events.getByText("data.export.completed").first().waitFor();
      await page.getByRole("button", { name: "Change a copy of it" }).click();
      const editor = page.getByLabel("The mapping, as JSON");
      const state = page.locator(".code-state").first();
      await state.getByText("The mapping is well formed.").waitFor();
      expect(await findingsInBothLooks(page)).toEqual([]);

      // What every mapping says has fields, too, which change the text where it says so.
      await page.getByLabel("Name of the source").fill("calls");
      await events.getByText("data.export.completed").first().waitFor();
      expect(await editor.inputValue()).toContain('"name": "calls"');
      await page.getByLabel("Name of the source").fill("Not A Name");
      await state.getByRole("button", { name: /^Line 3: "Not A Name" is not lower-case letters/ }).waitFor();
      await page.getByLabel("Name of the source").fill("calls");
      await state.getByText("The mapping is well formed.").waitFor();

      // A mistake that only the server can know, under its line, and mended.
      const text = await editor.inputValue();
      await editor.fill(text.replace('"time": "rfc3339"', '"time": "rfc33339"'));
      const wrong = 1 + text.slice(0, text.indexOf('"time": "rfc3339"')).split("\n").length - 1;
      await state.getByRole("button", { name: new RegExp(`^Line ${wrong}: `) }).waitFor();
      await page.locator(".code-fault").waitFor();
      expect(await page.locator(".code-numbers .is-wrong").textContent()).toBe(String(wrong));
      await events.getByText("As it was before the mistake.").waitFor();
      expect(await findingsInBothLooks(page)).toEqual([]);
      await state.getByRole("button").click();
      expect(await selected(editor)).toBe('"rfc33339"');
      await page.keyboard.insertText('"rfc3339"');
      await state.getByText("The mapping is well formed.").waitFor();

      // A mistake of JSON itself.
      await editor.press("Control+End");
      await page.keyboard.type("x");
      await state.getByText(/^Line \d+: There is something behind the end\.$/).waitFor();
      await page.keyboard.press("Backspace");
      await state.getByText("The mapping is well formed.").waitFor();

      // A rule is written with what is offered: the field, its kind of rule, a value of the sample.
      await putBehind(editor, '"fields": {');
      await page.keyboard.press("Enter");
      await page.keyboard.type('"purp');
      await page.getByRole("option", { name: "purpose" }).waitFor();
      expect(await findingsInBothLooks(page)).toEqual([]);
      await page.keyboard.press("Enter");
      await page.getByRole("option", { name: "from" }).waitFor();
      await page.keyboard.type('"fr');
      await page.keyboard.press("Enter");
      await page.keyboard.type("/details/for");
      await page.getByRole("option", { name: "/details/format" }).click();
      await page.keyboard.press("End");
      await page.keyboard.type(",");
      await state.getByText("The mapping is well formed.").waitFor();
      const purpose = events.getByRole("row", { name: /purpose.*csv.*\/details\/format/ });
      await purpose.waitFor();
      // From an event's field to the rule that made it.
      await purpose.getByRole("button", { name: "Show the rule of purpose in the mapping" }).click();
      expect(await selected(editor)).toBe('"purpose"');
      // Undo takes back what was chosen as it takes back what was typed.
      const written = await editor.inputValue();
      for (let i = 0; i < 40 && (await editor.inputValue()) !== text; i++) await page.keyboard.press("Control+z");
      expect(await editor.inputValue()).toBe(text);
      for (let i = 0; i < 40 && (await editor.inputValue()) !== written; i++)
        await page.keyboard.press("Control+Shift+z");
      await purpose.waitFor();
      await state.getByText("The mapping is well formed.").waitFor();

      const sampleField = page.getByLabel("A sample, as it is sent");
      await sampleField.fill('{"timestamp": "2026-03-04T05:06:07Z", "action": "a.b"}\n{"x": }');
      await page.getByRole("button", { name: /^Line 2: / }).waitFor();
      await events.getByText("Record 2 is refused").waitFor();
      await sampleField.fill('{"timestamp": "2026-03-04T05:06:07Z", "action": "a.b"}');

      await page.getByLabel("Name", { exact: true }).fill("Calls");
      await page.getByRole("button", { name: "Set it up" }).click();
      await page.getByText("Calls is set up.").waitFor();
      const sent = await deliver(
        await pasted(page, "address"),
        await pasted(page, "token"),
        '{"action": "call.ended"}',
      );
      expect(await sent.json()).toMatchObject({ created: 1 });
      await page.getByRole("link", { name: "Go to the source" }).click();
      // It is there again to be changed, with what it was.
      expect(await page.getByLabel("The mapping, as JSON").inputValue()).toContain('"purpose"');
      expect(complaints).toEqual([]);
    },
  );
});

describe("who may not change sources", () => {
  browserTest("an analyst sees them and can do nothing; an auditor does not see them", async () => {
    const invited = async (email: string, role: string) => {
      const { page } = owner;
      await openPage(page, cairn, "members");
      await page.getByRole("button", { name: "Invite somebody" }).click();
      const dialog = page.getByRole("dialog", { name: "Invite somebody" });
      await dialog.getByLabel("E-mail address").fill(email);
      await dialog.getByLabel("Role").selectOption(role);
      await dialog.getByRole("button", { name: "Make the link" }).click();
      const link = ((await page.locator(".once").textContent()) ?? "").trim();
      await page.keyboard.press("Escape");
      return acceptInvitation(browser, link, email);
    };
    const charts = { kind: "declarative", name: "Charts of ward 3", settings: { preset: "ehr" } };
    expect((await owner.page.request.post(`${cairn.url}/v1/sources`, { data: charts })).status()).toBe(201);
    const analyst = await invited("anna@example.com", "analyst");
    await openPage(analyst.page, cairn, "sources");
    expect(await analyst.page.getByRole("link", { name: "Set up a source" }).count()).toBe(0);
    await analyst.page.getByRole("link", { name: "Charts of ward 3", exact: true }).click();
    await analyst.page.getByRole("heading", { name: "What was refused" }).waitFor();
    await analyst.page.locator(".facts").getByText("ehr", { exact: true }).first().waitFor();
    for (const name of ["Switch off", "Remove", "Make another token", "Map it", "Save the settings"])
      expect(await analyst.page.getByRole("button", { name }).count(), name).toBe(0);
    expect(await findingsInBothLooks(analyst.page)).toEqual([]);
    await goTo(analyst, "#page=sources&set-up=okta_hook");
    await analyst.page.getByText("You may see sources, and not set them up.").waitFor();
    expect(analyst.complaints).toEqual([]);
    await analyst.close();

    const auditor = await invited("udo@example.com", "auditor");
    const pages = await auditor.page.getByRole("navigation", { name: "Pages" }).getByRole("link").allTextContents();
    expect(pages).not.toContain("Sources");
    await openPage(auditor.page, cairn, "sources");
    await auditor.page.getByRole("heading", { name: "You may not do this" }).waitFor();
    await auditor.close();
  });
});

describe("a kind that the page does not know", () => {
  browserTest("has a form all the same", async () => {
    const { page } = owner;
    let sent: unknown;
    await page.route("**/v1/sources/kinds", (route) =>
      route.fulfill({
        json: {
          kinds: [
            {
              ...{ kind: "carrier_pigeon", title: "Carrier pigeons", arrives: "loft", secrets: ["ring"], fixed: [] },
              settings: {
                required: ["loft_name"],
                properties: {
                  loft_name: { type: "string" },
                  birds: { type: "integer", minimum: 1, description: "How many `fly`." },
                  colours: { type: "array", items: { enum: ["grey", "white"] } },
                  speed: { anyOf: [{ const: "slow" }, { const: "fast" }] },
                  by_night: { type: "boolean" },
                },
              },
            },
          ],
        },
      }),
    );
    await page.route("**/v1/sources", (route) => {
      if (route.request().method() !== "POST") return route.fallback();
      sent = route.request().postDataJSON();
      return route.fulfill({ status: 400, json: { error: { code: "parameter_invalid", message: "no pigeons here" } } });
    });
    await openPage(page, cairn, "sources&set-up=which");
    await page.getByRole("region", { name: "Anything else" }).getByRole("link", { name: "Carrier pigeons" }).click();
    await page.getByLabel("Loft name").fill("attic");
    await page.getByLabel("Ring").fill("secret");
    await page.getByText("More settings").click();
    await page.getByText("How many fly.").waitFor();
    await page.getByLabel("Birds").fill("3");
    await page.getByLabel("white").check();
    await page.getByLabel("Speed").selectOption("fast");
    await page.getByRole("button", { name: "Set it up" }).click();
    await page.getByRole("alert").getByText("No pigeons here.").waitFor();
    expect(sent).toEqual({
      ...{ kind: "carrier_pigeon", name: "Carrier pigeons", secrets: { ring: "secret" } },
      settings: { loft_name: "attic", birds: 3, colours: ["white"], speed: "fast" },
    });
    await page.unrouteAll({ behavior: "wait" });
  });
});
