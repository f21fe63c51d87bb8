import { hash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call } from "../api/support/call.ts";
import { type SourceServer, startSourceServer } from "./support/server.ts";
import { deliver, logged, makeSource } from "./support/sources.ts";

// An unsalted hash of a personal value is never stored: of a text that was too long for its field the log has a digest
// under the tenant's key, by whatever way it came.

let server: SourceServer;

beforeAll(async () => {
  server = await startSourceServer();
});
afterAll(() => server.remove());

const longName = `Jane ${"Doe ".repeat(200)}`;
const plain = hash("sha256", longName);
const record = { timestamp: "2026-03-01T10:00:00Z", user: longName, action: "fax.opened", resource: "fax" };

test("a mapped text that was cut carries a keyed digest, the same each time and another in another tenant", async () => {
  const actors: string[] = [];
  for (const tenant of ["one", "two"]) {
    const key = await server.createKey(tenant);
    const source = await makeSource(server, key, {
      ...{ kind: "declarative", name: "here", settings: { preset: "dutycall" } },
    });
    expect((await deliver(server, source, JSON.stringify(record))).json()).toMatchObject({ created: 1, rejected: 0 });
    expect((await deliver(server, source, JSON.stringify(record))).json()).toMatchObject({ duplicate: 1 });
    const [event] = (await logged(server, key)) as unknown as { actor: { id: string } }[];
    actors.push(event!.actor.id);
    expect(JSON.stringify(event)).not.toContain(plain);
  }
  for (const id of actors) expect(id).toMatch(/^Jane .+…hmac256:[0-9a-f]{64}$/);
  expect(actors[0]).not.toBe(actors[1]);
});

test("so does what a project's key sends for the tenant that an event names", async () => {
  const key = await server.createKey("three");
  const projectKey = await server.projectKey();
  const event = { tenant: "three", action: "fax.opened", actor: { id: "u1", name: `Jane…sha-256:${plain}` } };
  const answer = await call(server, { path: "/v1/events", key: projectKey, body: { events: [event] } });
  expect(answer.status).toBe(200);
  const [shown] = (await logged(server, key)) as unknown as { actor: { name: string } }[];
  expect(shown!.actor.name).toMatch(/^Jane…hmac256:[0-9a-f]{64}$/);
  expect(shown!.actor.name).not.toContain(plain);
});
