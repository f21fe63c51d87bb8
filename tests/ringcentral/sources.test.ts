import { afterAll, beforeAll, expect, test } from "vitest";
import { type SourceServer, startSourceServer } from "../sources/support/server.ts";
import { logged, makeSource, showSource, until } from "../sources/support/sources.ts";
import {
  CLIENT_ID,
  CLIENT_SECRET,
  type FakeRingCentral,
  JWT,
  startFakeRingCentral,
} from "./support/fake-ringcentral.ts";

const secrets = { client_secret: CLIENT_SECRET, jwt: JWT };
const HOUR_MS = 3_600_000;

let server: SourceServer;
let fake: FakeRingCentral;

beforeAll(async () => {
  server = await startSourceServer();
  fake = await startFakeRingCentral();
});
afterAll(async () => {
  await server.remove();
  expect(fake.violations).toEqual([]);
  await fake.close();
});

test("an account's audit trail, set up as a source, comes in by itself", async () => {
  fake.records.push(
    ...Array.from({ length: 5 }, (_, i) => ({
      ...{ id: `r-${i}`, eventTime: new Date(fake.nowMs - i * HOUR_MS).toISOString(), actionId: "CHANGE_USER_ROLE" },
      ...{ eventType: "UPDATE", accountId: "1", initiator: { extensionId: "101", name: "Ada Admin" } },
    })),
  );
  const key = await server.createKey("audit");
  const settings = { url: fake.url, client_id: CLIENT_ID };
  const { id } = await makeSource(server, key, { kind: "ringcentral_audit", name: "RingCentral", settings, secrets });
  const shown = await until(
    () => showSource(server, key, id),
    ({ counts }) => counts.created === 5,
  );
  expect(shown).toMatchObject({ gap_count: 0, problem: null, secrets: ["client_secret", "jwt"] });
  expect(JSON.stringify(shown)).not.toContain(JWT);
  const events = await logged(server, key);
  expect(events.map((event) => event.id).toSorted()).toEqual(["1:r-0", "1:r-1", "1:r-2", "1:r-3", "1:r-4"]);
  expect(events[0]).toMatchObject({ source: "ringcentral", action: "access.role_changed" });
});

test("an extension's messages, too", async () => {
  const time = new Date(fake.nowMs - HOUR_MS).toISOString();
  fake.messages.set(7, {
    ...{ id: 7, type: "Fax", direction: "Inbound", readStatus: "Read", availability: "Alive" },
    ...{ creationTime: time, lastModifiedTime: time, from: { phoneNumber: "+12138887464" } },
  });
  const key = await server.createKey("messages");
  const settings = { url: fake.url, client_id: CLIENT_ID, retention_days: 30 };
  const { id } = await makeSource(server, key, { kind: "ringcentral_messages", name: "Faxes", settings, secrets });
  await until(
    () => showSource(server, key, id),
    ({ counts }) => counts.created === 2,
  );
  const events = await logged(server, key);
  expect(events.map(({ action }) => action).toSorted()).toEqual(["message.read", "message.received"]);
});

test("credentials that are wrong are said to be", async () => {
  const key = await server.createKey("wrong");
  const { id } = await makeSource(server, key, {
    ...{ kind: "ringcentral_audit", name: "RingCentral", settings: { url: fake.url, client_id: CLIENT_ID } },
    secrets: { ...secrets, jwt: "eyJ.e30.x" },
  });
  const { problem } = await until(
    () => showSource(server, key, id),
    (shown) => shown.problem !== null,
  );
  expect(problem?.message).toContain("the token endpoint answered 400");
});
