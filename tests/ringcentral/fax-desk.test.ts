import { startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answer, call } from "../api/support/call.ts";
import { EXTENSION_ID, type FakeRingCentral, startFakeRingCentral } from "./support/fake-ringcentral.ts";
import { type FaxDesk, PASSWORD, STAFF, startFaxDesk } from "./support/fax-desk.ts";

const FAX = 5_209_304_004;
const OTHER_FAX = 5_209_304_005;
const PAGES = `pages of fax ${FAX}`;

let server: TestServer;
let ringCentral: FakeRingCentral;
let desk: FaxDesk;
let reader: string;
let writer: string;

beforeAll(async () => {
  [server, ringCentral] = await Promise.all([startServer(), startFakeRingCentral()]);
  [writer, reader] = await Promise.all([
    server.createKey({ tenant: "clinic", scopes: ["events:write"] }),
    server.createKey({ tenant: "clinic", scopes: ["events:read"] }),
  ]);
  for (const [id, hours] of [
    [FAX, 2],
    [OTHER_FAX, 30],
  ] as const) {
    const time = new Date(Date.now() - hours * 3_600_000).toISOString();
    ringCentral.messages.set(id, {
      ...{ id, type: "Fax", direction: "Inbound", readStatus: "Unread", availability: "Alive", faxPageCount: 3 },
      ...{ creationTime: time, lastModifiedTime: time, extensionId: EXTENSION_ID },
      from: { phoneNumber: "+12138887464", name: id === FAX ? "Dr. <Roe>" : undefined },
    });
  }
  desk = await startFaxDesk({ CAIRN_URL: server.url, CAIRN_KEY: writer, RC_SERVER: ringCentral.url });
});
afterAll(async () => {
  await desk.stop();
  await ringCentral.close();
  await server.remove();
});

interface Visit {
  get(path: string): Promise<Answer>;
  post(path: string, form: Readonly<Record<string, string>>): Promise<Answer>;
}

function visit(): Visit {
  let cookie = "";
  const send = async (path: string, body?: string): Promise<Answer> => {
    const headers = { cookie, "user-agent": "Test/1", "content-type": "application/x-www-form-urlencoded" };
    const answer = await call(desk, { path, headers, body });
    cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? cookie;
    return answer;
  };
  return { get: (path) => send(path), post: (path, form) => send(path, new URLSearchParams(form).toString()) };
}

async function signedIn(who: (typeof STAFF)[number]): Promise<Visit> {
  const person = visit();
  const answer = await person.post("/sign-in", { email: who.email, password: PASSWORD });
  expect(answer.status, answer.text).toBe(303);
  return person;
}

interface Recorded {
  readonly id: string;
  readonly verb: string;
  readonly actor: { readonly id?: string; readonly name?: string; readonly type: string };
  readonly targets?: readonly { readonly type: string; readonly id: string }[];
  readonly outcome: { readonly result: string };
  readonly context: { readonly ip: string; readonly session_id?: string; readonly user_agent?: string };
  readonly details?: { readonly method?: string };
}

/** What the log holds, oldest first: what is waited for has been recorded when the desk answers, search follows. */
async function logged(q: string, count: number): Promise<readonly Recorded[]> {
  let events: readonly Recorded[] = [];
  for (let tries = 0; tries < 50 && events.length < count; tries++) {
    const body = { q, sort: "occurred_at", order: "asc" };
    const answer = await call(server, { path: "/v1/events/search", key: reader, body });
    events = answer.json<{ events?: Recorded[] }>().events ?? [];
    if (events.length < count) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return events;
}

test("a stranger sees a form, and nothing else", async () => {
  const stranger = visit();
  for (const path of ["/", `/faxes/${FAX}`, `/faxes/${FAX}/download`, "/faxes/x", "/nothing"]) {
    const answer = await stranger.get(path);
    expect(answer.status).toBe(path === "/" ? 200 : 401);
    expect(answer.text).toContain("Password");
    expect(answer.text).not.toContain("12138887464");
  }
  expect(ringCentral.calls).toEqual([]);
});

test("staff sign in each as themselves, and the log knows who opened what, from where and how", async () => {
  const [jane, john] = [await signedIn(STAFF[0]), await signedIn(STAFF[1])];
  const list = await jane.get("/");
  expect(list.text).toContain("Dr. &lt;Roe&gt;");
  expect(list.text).toContain("+12138887464");
  const opened = await jane.get(`/faxes/${FAX}`);
  expect(opened.status, opened.text).toBe(200);
  expect(opened.headers.get("content-type")).toBe("application/pdf");
  expect(opened.text).toContain(PAGES);
  const saved = await john.get(`/faxes/${FAX}/download`);
  expect(saved.headers.get("content-disposition")).toContain("attachment");
  const openings = await logged("action:fax.opened", 2);
  expect(openings.map(({ actor, verb, details }) => [actor.name, verb, details?.method])).toEqual([
    ["Jane Doe", "read", "view"],
    ["John Roe", "copy", "download"],
  ]);
  for (const { targets, context } of openings) {
    expect(targets).toMatchObject([{ type: "fax", id: String(FAX) }]);
    expect(context).toMatchObject({ ip: "127.0.0.1", user_agent: "Test/1" });
  }
  await jane.post("/sign-out", {});
  expect((await jane.get(`/faxes/${FAX}`)).status).toBe(401);
  const session = openings[0]?.context.session_id ?? "";
  const story = await logged(`session:"${session}"`, 4);
  expect(story.map(({ verb }) => verb)).toEqual(["login", "search", "read", "logout"]);
});

test("a wrong password is in the log, without the password", async () => {
  const answer = await visit().post("/sign-in", { email: STAFF[0].email, password: "wrong-one" });
  expect(answer.status).toBe(403);
  expect((await visit().post("/sign-in", { email: "no@body.example", password: PASSWORD })).status).toBe(403);
  const failures = await logged("action:session.login outcome:failure", 2);
  expect(failures.map(({ actor }) => actor.type)).toEqual(["anonymous", "anonymous"]);
  expect(JSON.stringify(failures)).not.toContain("wrong-one");
});

test("a fax that is gone, and a token that was ended", async () => {
  const jane = await signedIn(STAFF[0]);
  expect((await jane.get("/faxes/404")).status).toBe(404);
  ringCentral.endTokens();
  expect((await jane.get(`/faxes/${OTHER_FAX}`)).status).toBe(200);
});

test("while the log does not answer, nothing is shown and nobody signs in; afterwards everything is as before", async () => {
  const jane = await signedIn(STAFF[0]);
  const before = (await logged("action:fax.opened", 3)).length;
  await server.kill();
  const refused = await jane.get(`/faxes/${FAX}`);
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toBe("5");
  expect(refused.text).toContain("The fax is not shown");
  expect(refused.text).not.toContain(PAGES);
  expect((await visit().post("/sign-in", { email: STAFF[1].email, password: PASSWORD })).status).toBe(503);
  await server.start();
  const shown = await jane.get(`/faxes/${FAX}`);
  expect(shown.status).toBe(200);
  expect(shown.text).toContain(PAGES);
  const openings = await logged("action:fax.opened", before + 1);
  expect(openings).toHaveLength(before + 1);
  expect(openings.at(-1)).toMatchObject({ actor: { name: "Jane Doe" }, details: { method: "view" } });
});

test("a key that may not write is no log either", async () => {
  const mute = await startFaxDesk({ CAIRN_URL: server.url, CAIRN_KEY: reader, RC_SERVER: ringCentral.url });
  const answer = await call(mute, {
    path: "/sign-in",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ email: STAFF[0].email, password: PASSWORD }).toString(),
  });
  expect(answer.status).toBe(503);
  await mute.stop();
});

test("the desk asks RingCentral for nothing that it would not take", () => {
  expect(ringCentral.violations).toEqual([]);
  expect(desk.output()).toBe("");
});
