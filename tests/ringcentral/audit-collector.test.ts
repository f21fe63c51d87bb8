import type { EventInput, Json } from "@cairn/event";
import { auditTrailMapping, mapItems, readAuditTrail } from "@cairn/sources";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Collected } from "../../apps/server/src/sources/collector.ts";
import { createOutbound } from "../../apps/server/src/sources/https-outbound.ts";
import { OutboundError } from "../../apps/server/src/sources/outbound.ts";
import { createRingCentralApi, type RingCentralApi } from "../../apps/server/src/sources/ringcentral/api.ts";
import { collectAuditTrail } from "../../apps/server/src/sources/ringcentral/audit-trail.ts";
import { accepted } from "./support/accepted.ts";
import { CAP, type CapReading, type FakeRecord } from "./support/fake-audit-trail.ts";
import {
  CLIENT_ID,
  CLIENT_SECRET,
  type FakeRingCentral,
  JWT,
  startFakeRingCentral,
} from "./support/fake-ringcentral.ts";

const NOW = Date.UTC(2026, 2, 4, 12);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const INTERVAL_MS = 15 * MINUTE_MS;
/** The loop spreads its waits; this is the shortest that it makes of one. */
const JITTER = 0.9;

let fake: FakeRingCentral;
let api: RingCentralApi;

const connect = (secret = CLIENT_SECRET) =>
  createRingCentralApi(createOutbound("any"), {
    url: `${fake.url}/`,
    clientId: CLIENT_ID,
    clientSecret: secret,
    jwt: JWT,
  });

beforeEach(async () => {
  fake = await startFakeRingCentral(NOW);
  api = connect();
});
afterEach(async () => {
  expect(fake.violations).toEqual([]);
  await fake.close();
});

async function map(body: string) {
  const mapped = mapItems(auditTrailMapping, readAuditTrail(body), { original: "leave" });
  return { events: mapped.flatMap((item) => (item.kind === "event" ? [item.event] : [])), refused: [] };
}

const look = (checkpoint?: Json, startMs?: number): Promise<Collected> =>
  collectAuditTrail(
    api,
    { checkpoint, lastPolledAtMs: undefined, nowMs: fake.nowMs, signal: AbortSignal.timeout(10_000) },
    { map, intervalMs: INTERVAL_MS, startMs },
  );

interface Passage {
  readonly events: readonly EventInput[];
  readonly warnings: ReadonlySet<string>;
  readonly state: Json;
  readonly nextInMs: number;
  readonly looks: number;
}

/** Looks until the passage is done, as the loop does, by the fake's clock. */
async function pass(checkpoint?: Json, startMs?: number): Promise<Passage> {
  const events: EventInput[] = [];
  const warnings = new Set<string>();
  let state = checkpoint;
  for (let looks = 1; looks < 200; looks++) {
    const collected = await look(state, startMs);
    events.push(...collected.events);
    for (const warning of collected.warnings) warnings.add(warning);
    // What is stored is text.
    state = JSON.parse(JSON.stringify(collected.state)) as Json;
    fake.nowMs += Math.ceil(collected.nextInMs * JITTER);
    if (!Object.hasOwn(state as object, "sweep"))
      return { events, warnings, state, nextInMs: collected.nextInMs, looks };
  }
  throw new Error("the passage does not end");
}

let made = 0;
function records(count: number, span: { readonly fromMs: number; readonly toMs: number }): FakeRecord[] {
  const stepMs = (span.toMs - span.fromMs) / count;
  return Array.from({ length: count }, (_, i) => ({
    id: `r-${++made}`,
    eventTime: new Date(Math.floor(span.fromMs + i * stepMs)).toISOString(),
    actionId: "CHANGE_USER_INFO",
    eventType: "UPDATE",
    accountId: "1",
    initiator: { extensionId: "101" },
  }));
}

const gapsIn = (events: readonly EventInput[]) => events.filter(({ action }) => action === "source.gap");
const idsIn = (events: readonly EventInput[]) =>
  events.filter(({ action }) => action !== "source.gap").map(({ id }) => id?.replace("1:", ""));

describe("the first passage", () => {
  test("reads everything, page by page, ten calls a minute", async () => {
    fake.records.push(...records(2_500, { fromMs: NOW - 60 * DAY_MS, toMs: NOW }));
    const { events, looks, warnings, nextInMs } = await pass();
    expect(looks).toBe(3);
    expect(new Set(idsIn(events))).toEqual(new Set(fake.records.map(({ id }) => id)));
    expect(events).toHaveLength(2_500);
    expect(warnings).toEqual(new Set());
    expect(nextInMs).toBe(INTERVAL_MS);
    for (const event of events.slice(0, 5)) expect(accepted(event).action).toBe("account.changed");
    expect(fake.calls.filter((call) => call.includes("token"))).toHaveLength(1);
  });

  test("begins where it is told to, and not before what is kept", async () => {
    fake.records.push(...records(300, { fromMs: NOW - 30 * DAY_MS, toMs: NOW }));
    expect((await pass(undefined, NOW - 10 * DAY_MS)).events).toHaveLength(100);
    fake.nowMs = NOW;
    const { events } = await pass(undefined, NOW - 400 * DAY_MS);
    expect(gapsIn(events)).toMatchObject([{ outcome: { reason: expect.stringContaining("180 days") } }]);
  });

  test("an account without records", async () => {
    const first = await pass();
    expect(first.events).toEqual([]);
    expect((await pass(first.state)).events).toEqual([]);
  });
});

describe.each<CapReading>(["account", "search"])("10,000 records, read as a limit of the %s", (reading) => {
  const total = 14_000;
  const all = { fromMs: NOW - 100 * DAY_MS, toMs: NOW };

  beforeEach(() => {
    fake.reading = reading;
    fake.records.push(...records(total, all));
  });

  test("halves stretches that hold as much as can be found, and says what the account no longer holds", async () => {
    const { events } = await pass();
    const there = reading === "account" ? fake.records.slice(-CAP) : fake.records;
    expect(new Set(idsIn(events))).toEqual(new Set(there.map(({ id }) => id)));
    const gaps = gapsIn(events);
    if (reading === "search") return expect(gaps).toEqual([]);
    expect(gaps).toMatchObject([{ details: { oldest_record: there[0]?.eventTime, total_found: CAP } }]);
  });

  test("after a long absence", async () => {
    const first = await pass();
    const coveredMs = fake.nowMs;
    fake.nowMs += 5 * DAY_MS;
    fake.records.push(...records(12_000, { fromMs: coveredMs, toMs: fake.nowMs }));
    const back = await pass(first.state);
    expect(new Set(idsIn(back.events)).size).toBe(reading === "account" ? CAP : 12_000);
    expect(gapsIn(back.events)).toHaveLength(reading === "account" ? 1 : 0);
  });

  test("a short absence is no gap, however full the account", async () => {
    const first = await pass();
    const sinceMs = fake.nowMs - INTERVAL_MS;
    fake.records.push(...records(50, { fromMs: sinceMs + MINUTE_MS, toMs: fake.nowMs }));
    const next = await pass(first.state);
    expect(idsIn(next.events)).toHaveLength(50);
    expect(gapsIn(next.events)).toEqual([]);
  });
});

describe("later passages", () => {
  test("see late records, and none twice", async () => {
    fake.records.push(...records(200, { fromMs: NOW - DAY_MS, toMs: NOW }));
    const first = await pass();
    const late = records(1, { fromMs: NOW - 5 * MINUTE_MS, toMs: NOW });
    fake.records.push(...late, ...records(3, { fromMs: NOW + MINUTE_MS, toMs: fake.nowMs }));
    const second = await pass(first.state);
    expect(idsIn(second.events).toSorted()).toEqual(fake.records.slice(-4).map(({ id }) => id));
    expect((await pass(second.state)).events).toEqual([]);
  });

  test("the same checkpoint gives the same events again", async () => {
    fake.records.push(...records(1_200, { fromMs: NOW - DAY_MS, toMs: NOW }));
    const once = await look();
    expect(await look()).toEqual(once);
  });

  test("an account that grows fast is looked at more often, and its owner warned", async () => {
    fake.records.push(...records(9_000, { fromMs: NOW - 0.2 * DAY_MS, toMs: NOW }));
    const { warnings, nextInMs } = await pass();
    expect([...warnings].join()).toContain("more than half of the 10000 that");
    expect(nextInMs).toBe(INTERVAL_MS);
    fake.reading = "search";
    fake.records.push(...records(24_000, { fromMs: fake.nowMs - 5 * MINUTE_MS, toMs: fake.nowMs }));
    expect((await pass()).nextInMs).toBeLessThan(INTERVAL_MS * JITTER);
  });

  test("a shared login is made visible", async () => {
    const logins = records(2, { fromMs: NOW - 60 * MINUTE_MS, toMs: NOW });
    fake.records.push(
      ...logins.map((login, i) => ({ ...login, actionId: "LOGIN_SUCCESSFULLY", clientIp: `203.0.113.${i + 1}` })),
    );
    const { events } = await pass();
    const shared = events.find(({ action }) => action === "session.login_shared");
    expect(shared).toMatchObject({ inferred: true, targets: [{ type: "extension", id: "101" }] });
    expect(accepted(shared).id).toBe(shared?.id);
  });
});

describe("what goes wrong", () => {
  test.each([true, false])("too many calls: it stays away for the penalty (told so: %s)", async (isTold) => {
    fake.isSilentAboutWaiting = !isTold;
    for (let i = 0; i < 10; i++) await look();
    const error = await look().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OutboundError);
    expect(error).toMatchObject({ status: 429, retryAfterMs: MINUTE_MS });
    fake.nowMs += MINUTE_MS + 1;
    expect((await look()).events).toEqual([]);
  });

  test("the last call of a minute is followed by a pause", async () => {
    const pauses: (number | undefined)[] = [];
    let nextInMs = 0;
    for (let i = 0; i < 10; i++) {
      const collected = await look();
      pauses.push(collected.pauseMs);
      nextInMs = collected.nextInMs;
    }
    expect(nextInMs).toBeGreaterThanOrEqual(MINUTE_MS);
    // Nor may somebody who asks for a look at once end it.
    expect(pauses).toEqual([...new Array<number>(9).fill(0), MINUTE_MS]);
  });

  test("a token that was ended is asked for anew", async () => {
    await look();
    fake.endTokens();
    expect((await look()).events).toEqual([]);
    expect(fake.calls.filter((call) => call.includes("token"))).toHaveLength(2);
  });

  test("credentials that are wrong are said to be, without saying what they are", async () => {
    api = connect("a wrong secret");
    const error = await look().catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ status: 400 });
    expect(String(error)).not.toContain("wrong secret");
    expect(String(error)).not.toContain(JWT);
  });
});
