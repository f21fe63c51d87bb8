import type { EventInput, Json } from "@cairn/event";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createOutbound } from "../../apps/server/src/sources/https-outbound.ts";
import { createRingCentralApi } from "../../apps/server/src/sources/ringcentral/api.ts";
import { collectMessages } from "../../apps/server/src/sources/ringcentral/message-store.ts";
import { accepted } from "./support/accepted.ts";
import type { FakeMessage } from "./support/fake-message-store.ts";
import {
  CLIENT_ID,
  CLIENT_SECRET,
  EXTENSION_ID,
  type FakeRingCentral,
  JWT,
  startFakeRingCentral,
} from "./support/fake-ringcentral.ts";

const NOW = Date.UTC(2026, 9, 8, 10);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const RETENTION_DAYS = 30;

let fake: FakeRingCentral;
let checkpoint: Json | undefined;
let previousLookMs: number | undefined;
let look: () => Promise<readonly EventInput[]>;

beforeEach(async () => {
  fake = await startFakeRingCentral(NOW);
  [checkpoint, previousLookMs] = [undefined, undefined];
  const access = { url: fake.url, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, jwt: JWT };
  const api = createRingCentralApi(createOutbound("any"), access);
  look = async () => {
    const { nowMs } = fake;
    const collected = await collectMessages(
      api,
      { checkpoint, lastPolledAtMs: undefined, nowMs, signal: AbortSignal.timeout(10_000) },
      { retentionDays: RETENTION_DAYS, intervalMs: MINUTE_MS, previousLookMs },
    );
    expect(collected.nextInMs).toBe(MINUTE_MS);
    expect(collected.warnings).toEqual([]);
    checkpoint = JSON.parse(JSON.stringify(collected.state)) as Json;
    previousLookMs = nowMs;
    fake.nowMs += MINUTE_MS;
    for (const event of collected.events) {
      expect(accepted(event).id).toBe(event.id);
      if (event.inferred === true) expect(event.context?.ip).toBeUndefined();
    }
    return collected.events;
  };
});
afterEach(async () => {
  expect(fake.violations).toEqual([]);
  await fake.close();
});

function put(id: number, changes: Partial<FakeMessage> = {}): void {
  const createdAt = new Date(fake.nowMs - MINUTE_MS / 2).toISOString();
  fake.messages.set(id, {
    ...{
      id,
      type: "Fax",
      direction: "Inbound",
      readStatus: "Unread",
      availability: "Alive",
      messageStatus: "Received",
    },
    ...{ creationTime: createdAt, lastModifiedTime: createdAt, from: { phoneNumber: "+12138887464" } },
    ...fake.messages.get(id),
    ...changes,
  });
}

const touched = (changes: Partial<FakeMessage>) => ({
  ...changes,
  lastModifiedTime: new Date(fake.nowMs - 20_000).toISOString(),
});

test("what comes in is told; that it was read is concluded, with the time within which", async () => {
  put(1);
  put(2, { direction: "Outbound", readStatus: "Read", to: [{ phoneNumber: "+12135550100" }], messageStatus: "Sent" });
  const first = await look();
  expect(first.map(({ action }) => action).toSorted()).toEqual(["message.received", "message.sent"]);
  expect(await look()).toEqual([]);
  const lookedAtMs = fake.nowMs - MINUTE_MS;
  put(1, touched({ readStatus: "Read" }));
  const modifiedAt = fake.messages.get(1)?.lastModifiedTime;
  const [read, ...more] = await look();
  expect(more).toEqual([]);
  expect(read).toMatchObject({
    action: "message.read",
    inferred: true,
    occurred_at: modifiedAt,
    time_uncertain_ms: Date.parse(modifiedAt ?? "") - lookedAtMs,
    actor: { type: "user", id: EXTENSION_ID },
    labels: { actor_is: "extension" },
    targets: [{ type: "fax", id: "1" }],
    details: { window: { from: new Date(lookedAtMs).toISOString(), to: modifiedAt } },
  });
  expect(read?.description).toContain("at least once");
});

test("a look that sees nothing new has nothing new to remember", async () => {
  put(1);
  await look();
  const before = checkpoint;
  expect(await look()).toEqual([]);
  expect(checkpoint).toEqual(before);
});

test("after a restart the window reaches back to the last look that is sure", async () => {
  put(1);
  const foundAtMs = fake.nowMs;
  await look();
  await look();
  previousLookMs = undefined;
  put(1, touched({ readStatus: "Read" }));
  expect(await look()).toMatchObject([{ details: { window: { from: new Date(foundAtMs).toISOString() } } }]);
});

test("who deletes is the extension; at the account's retention age it is System", async () => {
  put(1);
  put(2);
  put(3);
  await look();
  put(1, touched({ availability: "Deleted" }));
  expect(await look()).toMatchObject([{ action: "message.deleted", actor: { type: "user", id: EXTENSION_ID } }]);
  fake.messages.delete(2);
  expect(await look()).toMatchObject([{ action: "message.disappeared", actor: { type: "anonymous" } }]);
  fake.nowMs = NOW + RETENTION_DAYS * DAY_MS;
  await look();
  fake.messages.delete(3);
  expect(await look()).toMatchObject([
    {
      action: "message.disappeared",
      inferred: true,
      actor: { type: "system", name: "System" },
      targets: [{ id: "3" }],
    },
  ]);
});

test("what has become too old for the list did not disappear", async () => {
  put(1);
  await look();
  fake.nowMs = NOW + (RETENTION_DAYS + 3) * DAY_MS;
  expect(await look()).toEqual([]);
  expect(checkpoint).toMatchObject({ messages: {} });
});

test("more than one page", async () => {
  for (let id = 1; id <= 1_500; id++) put(id);
  expect(await look()).toHaveLength(1_500);
  put(1_234, touched({ readStatus: "Read" }));
  expect(await look()).toMatchObject([{ action: "message.read", targets: [{ id: "1234" }] }]);
  put(1_234, touched({ readStatus: "Unread" }));
  expect(await look()).toMatchObject([{ action: "message.marked_unread", targets: [{ id: "1234" }] }]);
});
