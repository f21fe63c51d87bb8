import { startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { errorOf } from "./support/call.ts";
import { byLink, joined, ownEvents, PASSWORD, type Visitor, visitor } from "./support/people.ts";

interface Session {
  readonly id: string;
  readonly member: string;
  readonly own: boolean;
}

let server: TestServer;
let key: string;
let owner: Visitor;
const emails = { analyst: "analyst@example.com", auditor: "auditor@example.com" } as const;
const people = new Map<string, Visitor & { readonly id: string }>();

beforeAll(async () => {
  server = await startServer();
  key = await server.createKey({ tenant: "acme", scopes: ["admin"] });
  owner = await byLink(server, "--tenant", "acme");
  const expires_at = new Date(Date.now() + 3_600_000).toISOString();
  people.set("analyst", await joined(server, owner, { email: emails.analyst, role: "analyst" }));
  people.set("auditor", await joined(server, owner, { email: emails.auditor, role: "auditor", expires_at }));
}, 120_000);
afterAll(() => server.remove());

const sessionsOf = async (who: Visitor) =>
  (await who.call({ path: "/v1/me/sessions" })).json<{ sessions: Session[] }>().sessions;
const otherThan = (role: string) => people.get(role === "analyst" ? "auditor" : "analyst")!;

describe.each(["analyst", "auditor"] as const)("an %s", (role) => {
  test("sees where they are signed in, and nobody else", async () => {
    const me = people.get(role)!;
    const second = visitor(server);
    await second.call({ path: "/v1/session", body: { email: emails[role], password: PASSWORD } });
    const sessions = await sessionsOf(me);
    expect(sessions.map(({ member }) => member)).toEqual([me.id, me.id]);
    expect(sessions.filter(({ own }) => own)).toHaveLength(1);
    expect((await me.call({ path: "/v1/sessions" })).status).toBe(403);
    // The one beside is ended from here, at once, and that is recorded.
    const beside = sessions.find(({ own }) => !own)!;
    expect((await me.call({ method: "DELETE", path: `/v1/me/sessions/${beside.id}` })).status).toBe(204);
    expect((await second.call({ path: "/v1/events" })).status).toBe(401);
    expect((await me.call({ path: "/v1/events" })).status).toBe(200);
    const [event] = await ownEvents(server, key, "session.revoked", { about: beside.id });
    expect(event).toMatchObject({ actor: { id: me.id }, details: { member: me.id } });
  });

  test("ends no session of another, which is answered as if there were none", async () => {
    const me = people.get(role)!;
    const [theirs] = await sessionsOf(otherThan(role));
    const there = await me.call({ method: "DELETE", path: `/v1/me/sessions/${theirs!.id}` });
    const nowhere = await me.call({ method: "DELETE", path: "/v1/me/sessions/ses_00000000000000000000" });
    expect(there.status).toBe(404);
    expect(errorOf(there)).toEqual(errorOf(nowhere));
    expect((await otherThan(role).call({ path: "/v1/events" })).status).toBe(200);
  });

  test("changes their own name, and nothing else of themselves", async () => {
    const me = people.get(role)!;
    const rename = (body: object) => me.call({ method: "PATCH", path: "/v1/me", body });
    expect((await rename({ name: `Ada ${role}` })).json()).toMatchObject({ id: me.id, name: `Ada ${role}`, role });
    expect((await me.call({ path: "/v1/session" })).json()).toMatchObject({ name: `Ada ${role}` });
    const [event] = await ownEvents(server, key, "member.updated", { about: me.id });
    expect(event?.changes).toEqual([{ field: "name", before: emails[role], after: `Ada ${role}` }]);
    for (const body of [{ role: "owner" }, { wall: null }, { expires_at: null }, { name: "" }])
      expect((await rename(body)).status).toBe(400);
    expect((await me.call({ path: "/v1/me" })).json()).toMatchObject({ name: `Ada ${role}`, role });
  });
});

test("neither a link's session nor a key is a member", async () => {
  for (const path of ["/v1/me", "/v1/me/sessions"]) expect((await owner.call({ path })).status).toBe(403);
  expect((await owner.call({ method: "PATCH", path: "/v1/me", body: { name: "x" } })).status).toBe(403);
});
