import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type CairnFailure, type CairnOptions, createCairn, type RefusedEvent } from "./index.ts";
import { type FakeCairn, type FakeCairnOptions, startFakeCairn } from "./testing/index.ts";
import { VERSION } from "./version.ts";

const FAST = { baseDelayMs: 1, maxDelayMs: 5 } as const;

/** Starts a fake and a client of it that keeps what was refused. */
async function setUp(options: Partial<CairnOptions> = {}, fakeOptions: FakeCairnOptions = {}) {
  const fake = await startFakeCairn(fakeOptions);
  const refused: RefusedEvent[] = [];
  const retried: CairnFailure[] = [];
  const cairn = createCairn({
    url: fake.url,
    key: fake.key,
    lingerMs: 5,
    retry: FAST,
    readRetry: FAST,
    onRefused: (event) => refused.push(event),
    onRetry: ({ error }) => retried.push(error),
    ...options,
  });
  return {
    fake,
    cairn,
    refused,
    retried,
    async [Symbol.asyncDispose]() {
      await cairn.close({ timeoutMs: 1_000 });
      await fake.close();
    },
  };
}

function recordRequests(fake: FakeCairn) {
  return fake.requests.filter(({ url }) => url.pathname === "/v1/events");
}

describe("log", () => {
  test("sends with id, time and source filled in at the client", async () => {
    await using it = await setUp({ source: "shop" });
    const before = Date.now();
    const id = it.cairn.log({ action: "order.created", actor: { id: "42" } });
    expect(await it.cairn.flush()).toEqual({ unsettled: 0 });
    const [event] = it.fake.events;
    expect(event).toMatchObject({ id, action: "order.created", source: "shop", actor: { type: "user", id: "42" } });
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(Date.parse(event?.occurred_at ?? "")).toBeGreaterThanOrEqual(before);
    expect(it.refused).toEqual([]);
  });

  test("keeps the event as it was when logged", async () => {
    await using it = await setUp();
    const details = { total: 1 };
    it.cairn.log({ action: "order.created", details });
    details.total = 2;
    await it.cairn.flush();
    expect(it.fake.events[0]?.details).toEqual({ total: 1 });
  });

  test("gathers events into batches by count and keeps to the concurrency", async () => {
    await using it = await setUp({ maxBatchEvents: 100, concurrency: 3 });
    for (let i = 0; i < 11; i++) it.fake.faults.push({ kind: "delay", delayMs: 10 });
    for (let i = 0; i < 1_050; i++) it.cairn.log({ action: "order.created", details: { i } });
    await it.cairn.flush();
    const sizes = recordRequests(it.fake).map(({ body }) => body.toString().split("\n").length);
    expect(sizes.toSorted((a, b) => a - b)).toEqual([50, ...new Array<number>(10).fill(100)]);
    expect(it.fake.maxConcurrent).toBe(3);
    expect(new Set(it.fake.events.map(({ id }) => id)).size).toBe(1_050);
  });

  test("gathers events into batches by bytes", async () => {
    await using it = await setUp({ maxBatchBytes: 10_000, encoding: "identity" });
    for (let i = 0; i < 50; i++) it.cairn.log({ action: "a.b", details: { text: "x".repeat(900) } });
    await it.cairn.flush();
    const lengths = recordRequests(it.fake).map(({ body }) => body.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(10_000);
    expect(lengths.length).toBeLessThan(8);
    expect(it.fake.events.length).toBe(50);
  });

  test("an event larger than a batch goes by itself", async () => {
    await using it = await setUp({ maxBatchBytes: 1_000 });
    it.cairn.log({ action: "a.b", details: { text: "x".repeat(5_000) } });
    it.cairn.log({ action: "a.b" });
    await it.cairn.flush();
    expect(it.fake.events.length).toBe(2);
    expect(recordRequests(it.fake).length).toBe(2);
  });

  test("lingers for company, then sends without being told", async () => {
    await using it = await setUp({ lingerMs: 30 });
    it.cairn.log({ action: "a.b" });
    it.cairn.log({ action: "a.c" });
    await expect.poll(() => it.fake.events.length).toBe(2);
    expect(recordRequests(it.fake).length).toBe(1);
  });

  test("in order with one request at a time", async () => {
    await using it = await setUp({ concurrency: 1, maxBatchEvents: 7 });
    for (let i = 0; i < 100; i++) it.cairn.log({ action: "a.b", details: { i } });
    await it.cairn.flush();
    expect(it.fake.events.map(({ details }) => (details as { i: number }).i)).toEqual([...Array(100).keys()]);
  });

  test("the tenant goes in a header", async () => {
    await using it = await setUp({ tenant: "acme" });
    it.cairn.log({ action: "a.b" });
    await it.cairn.flush();
    expect(it.fake.requests[0]?.headers["cairn-tenant"]).toBe("acme");
  });

  test("refused events are told with code and pointer, neighbours are recorded", async () => {
    await using it = await setUp();
    it.cairn.log({ action: "a.b" });
    it.cairn.log({ action: "Not An Action", id: "bad" });
    it.cairn.log({ action: "a.c" });
    await it.cairn.flush();
    expect(it.fake.events.map(({ action }) => action)).toEqual(["a.b", "a.c"]);
    expect(it.refused.length).toBe(1);
    const [refused] = it.refused;
    expect(refused).toMatchObject({ id: "bad", event: { action: "Not An Action" }, error: { status: 422 } });
    expect(refused?.error).toMatchObject({ pointer: "/action", fix: expect.stringMatching(/./) as string });
  });

  test("a conflict is told", async () => {
    await using it = await setUp();
    it.cairn.log({ id: "1", action: "a.b", details: 1 });
    it.cairn.log({ id: "1", action: "a.b", details: 2 });
    await it.cairn.flush();
    expect(it.refused.map(({ error }) => error.code)).toEqual(["conflict"]);
  });

  test("what has no JSON form is told, not thrown", async () => {
    await using it = await setUp();
    it.cairn.log({ id: "big", action: "a.b", details: { count: 1n } as never });
    expect(it.refused).toMatchObject([{ id: "big", event: undefined, error: { code: "not_serializable" } }]);
  });

  test("a callback that throws does not stop the others", async () => {
    let calls = 0;
    await using it = await setUp({
      onRefused: () => {
        calls++;
        throw new Error("from the callback");
      },
    });
    const warned = new Promise((resolve) => process.once("warning", resolve));
    it.cairn.log({ action: "BAD" });
    it.cairn.log({ action: "BAD" });
    it.cairn.log({ action: "a.b" });
    await it.cairn.flush();
    expect(calls).toBe(2);
    expect(it.fake.events.length).toBe(1);
    expect(await warned).toMatchObject({ message: "from the callback" });
  });

  test("without a callback a process warning names code and id, not content", async () => {
    await using fake = await startFakeCairn();
    const cairn = createCairn({ url: fake.url, key: fake.key });
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    cairn.log({ id: "the-id", action: "THE SECRET" });
    await cairn.close();
    const warning = await warned;
    expect(warning).toMatchObject({ name: "CairnRefusedEvent", code: expect.any(String) as string });
    expect(warning.message).toContain("the-id");
    expect(warning.message).not.toContain("SECRET");
  });
});

describe("failures on the way", () => {
  test("a batch whose answer was lost comes back as duplicates, which is success", async () => {
    await using it = await setUp();
    it.fake.faults.push({ kind: "drop_after" });
    const results = await Promise.all([it.cairn.logAndWait({ action: "a.b" }), it.cairn.logAndWait({ action: "a.c" })]);
    expect(results.map(({ status }) => status)).toEqual(["duplicate", "duplicate"]);
    expect(it.fake.events.length).toBe(2);
    expect(it.refused).toEqual([]);
    expect(it.retried.map(({ code }) => code)).toEqual(["unreachable"]);
  });

  test("a batch that never arrived is sent again", async () => {
    await using it = await setUp();
    it.fake.faults.push({ kind: "drop_before" }, { kind: "drop_before" }, { kind: "drop_before" });
    it.cairn.log({ action: "a.b" });
    await it.cairn.flush();
    expect(it.fake.events.length).toBe(1);
    expect(it.retried.length).toBe(3);
  });

  test.each([408, 429, 500, 502, 503, 504, 507])("status %i is tried again", async (status) => {
    await using it = await setUp();
    it.fake.faults.push({ kind: "answer", status });
    it.cairn.log({ action: "a.b" });
    await it.cairn.flush();
    expect(it.fake.events.length).toBe(1);
    expect(it.retried).toMatchObject([{ code: `http_${status}`, status }]);
  });

  test("Retry-After is honoured", async () => {
    await using it = await setUp();
    const body = JSON.stringify({ error: { code: "overloaded", message: "busy", request_id: "r-1" } });
    it.fake.faults.push({ kind: "answer", status: 503, headers: { "retry-after": "1" }, body });
    const startedMs = performance.now();
    await it.cairn.logAndWait({ action: "a.b" });
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(990);
    expect(it.retried).toMatchObject([{ code: "overloaded", requestId: "r-1", retryAfterSeconds: 1 }]);
  });

  test.each([400, 401, 403, 404, 415])("status %i is final", async (status) => {
    await using it = await setUp();
    it.fake.faults.push({ kind: "answer", status });
    it.cairn.log({ action: "a.b" });
    await it.cairn.flush();
    expect(it.refused).toMatchObject([{ error: { status } }]);
    expect(it.retried).toEqual([]);
  });

  test("gives up after the time given", async () => {
    await using it = await setUp({ retry: { ...FAST, giveUpAfterMs: 20 } });
    for (let i = 0; i < 200; i++) it.fake.faults.push({ kind: "drop_before" });
    it.cairn.log({ action: "a.b" });
    await it.cairn.flush();
    expect(it.refused).toMatchObject([{ error: { code: "unreachable" } }]);
  });

  test("one event of a batch that can be tried again is, by itself", async () => {
    await using it = await setUp();
    const receipt = { ledger: 1, sequence: 0, received_at: "2026-03-04T05:06:07.089Z", event_root: "00" };
    const results = [
      { status: "created", id: "1", receipt },
      { status: "rejected", id: "2", error: { code: "overloaded", message: "that tenant is busy" } },
    ];
    it.fake.faults.push({ kind: "answer", status: 207, body: JSON.stringify({ results }) });
    const statuses = await Promise.all([
      it.cairn.logAndWait({ id: "1", action: "a.b" }),
      it.cairn.logAndWait({ id: "2", action: "a.b" }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual(["created", "created"]);
    expect(it.fake.events.map(({ id }) => id)).toEqual(["2"]);
  });

  test("a batch that is too large for something on the way is halved", async () => {
    await using it = await setUp();
    it.fake.faults.push({ kind: "answer", status: 413 }, { kind: "answer", status: 413 });
    for (let i = 0; i < 9; i++) it.cairn.log({ action: "a.b", details: { i } });
    await it.cairn.flush();
    expect(it.fake.events.length).toBe(9);
    expect(it.refused).toEqual([]);
  });

  test.each(["zstd", "gzip"] as const)("%s bodies arrive", async (encoding) => {
    await using it = await setUp({ encoding });
    it.cairn.log({ action: "a.b", details: { text: "x".repeat(5_000) } });
    await it.cairn.flush();
    expect(it.fake.requests[0]?.headers["content-encoding"]).toBe(encoding);
    expect(it.fake.events.length).toBe(1);
  });

  test("an encoding that is not taken gives way to a weaker one, for good", async () => {
    await using it = await setUp({ encoding: "zstd" }, { encodings: ["gzip"] });
    for (let i = 0; i < 2; i++) {
      await it.cairn.logAndWait({ action: "a.b", details: { text: "x".repeat(5_000) } });
    }
    const encodings = it.fake.requests.map(({ headers }) => headers["content-encoding"]);
    expect(encodings).toEqual(["gzip", "gzip"]);
    expect(it.fake.events.length).toBe(2);
  });

  test("an answer that is not Cairn's is an error, not success", async () => {
    await using it = await setUp();
    it.fake.faults.push({ kind: "answer", status: 200, body: "<html>login</html>" });
    it.cairn.log({ action: "a.b" });
    await it.cairn.flush();
    expect(it.refused).toMatchObject([{ error: { code: "response_invalid" } }]);
  });

  test("a redirect is not followed", async () => {
    await using it = await setUp();
    it.fake.faults.push({ kind: "answer", status: 301, headers: { location: "https://elsewhere.example" } });
    it.cairn.log({ action: "a.b" });
    await it.cairn.flush();
    expect(it.refused).toMatchObject([{ error: { code: "redirected" } }]);
  });
});

describe("back-pressure", () => {
  test("a full queue refuses by default and says so", async () => {
    await using it = await setUp({ maxQueuedEvents: 3 });
    for (let i = 0; i < 5; i++) it.cairn.log({ action: "a.b" });
    expect(it.cairn.pending).toBe(3);
    expect(it.refused.map(({ error }) => error.code)).toEqual(["queue_full", "queue_full"]);
    await it.cairn.flush();
    expect(it.fake.events.length).toBe(3);
  });

  test("a full queue throws when asked to", async () => {
    await using it = await setUp({ maxQueuedBytes: 400, whenFull: "throw" });
    const log = () => it.cairn.log({ action: "a.b", details: "x".repeat(200) });
    log();
    expect(log).toThrow(expect.objectContaining({ code: "queue_full" }));
    expect(it.refused).toEqual([]);
  });

  test("logAndWait waits for room, and nothing is lost", async () => {
    await using it = await setUp({ maxQueuedEvents: 10, maxBatchEvents: 5 });
    const waits: Promise<unknown>[] = [];
    let mostPending = 0;
    for (let i = 0; i < 100; i++) {
      waits.push(it.cairn.logAndWait({ action: "a.b" }));
      mostPending = Math.max(mostPending, it.cairn.pending);
    }
    await Promise.all(waits);
    expect(mostPending).toBeLessThanOrEqual(10);
    expect(it.fake.events.length).toBe(100);
  });
});

describe("closing", () => {
  test("sends what is pending, then takes no more", async () => {
    await using it = await setUp({ lingerMs: 60_000 });
    it.cairn.log({ action: "a.b" });
    await it.cairn.close();
    expect(it.fake.events.length).toBe(1);
    it.cairn.log({ id: "late", action: "a.b" });
    expect(it.refused).toMatchObject([{ id: "late", error: { code: "closed" } }]);
    await expect(it.cairn.logAndWait({ action: "a.b" })).rejects.toMatchObject({ code: "closed" });
  });

  test("refuses what cannot be sent in time", async () => {
    await using it = await setUp({ retry: { baseDelayMs: 60_000 }, maxBatchEvents: 1, concurrency: 1 });
    it.fake.faults.push({ kind: "drop_before" }, { kind: "drop_before" }, { kind: "drop_before" });
    const waiting = it.cairn.logAndWait({ action: "a.b" });
    const settled = expect(waiting).rejects.toMatchObject({ code: "closed" });
    it.cairn.log({ id: "2", action: "a.b" });
    await it.cairn.close({ timeoutMs: 30 });
    await settled;
    expect(it.refused).toMatchObject([{ id: "2", error: { code: "closed" } }]);
    expect(it.cairn.pending).toBe(0);
  });

  test("flush gives up waiting after its time and says how much is left", async () => {
    await using it = await setUp();
    it.fake.faults.push({ kind: "delay", delayMs: 300 });
    it.cairn.log({ action: "a.b" });
    expect(await it.cairn.flush({ timeoutMs: 20 })).toEqual({ unsettled: 1 });
    expect(await it.cairn.flush()).toEqual({ unsettled: 0 });
  });
});

describe("record", () => {
  test("gives a result for each event, in order", async () => {
    await using it = await setUp();
    const results = await it.cairn.record([{ id: "1", action: "a.b" }, { id: "2", action: "NO" }, { action: "a.c" }]);
    expect(results.map(({ status }) => status)).toEqual(["created", "rejected", "created"]);
  });

  test("repeats when every event has an id, and only then", async () => {
    await using it = await setUp();
    it.fake.faults.push({ kind: "drop_after" });
    const [again] = await it.cairn.record([{ id: "1", action: "a.b", occurred_at: "2026-03-04T05:06:07Z" }]);
    expect(again?.status).toBe("duplicate");
    it.fake.faults.push({ kind: "drop_after" });
    await expect(it.cairn.record([{ action: "a.b" }])).rejects.toMatchObject({ code: "unreachable" });
  });

  test("atomic: all or none", async () => {
    await using it = await setUp();
    const good = { id: "1", action: "a.b", occurred_at: "2026-03-04T05:06:07Z" };
    const results = await it.cairn.record([good, { id: "2", action: "NO" }], { atomic: true });
    expect(results).toMatchObject([
      { status: "rejected", error: { code: "atomic_rejected" } },
      { status: "rejected", error: { code: "field_format", pointer: "/action" } },
    ]);
    expect(it.fake.events).toEqual([]);
    it.fake.faults.push({ kind: "drop_after" });
    expect(await it.cairn.record([good], { atomic: true })).toMatchObject([{ status: "duplicate" }]);
  });

  test("of nothing makes no request", async () => {
    await using it = await setUp();
    expect(await it.cairn.record([])).toEqual([]);
    expect(it.fake.requests).toEqual([]);
  });
});

describe("options", () => {
  test.each([
    { url: "not a url" },
    { url: "ftp://example.com" },
    { url: "https://user:secret@example.com" },
    { key: "" },
    { key: "two\nlines" },
    { maxBatchEvents: 1_001 },
    { maxBatchBytes: 11 * 1024 * 1024 },
    { concurrency: 0 },
    { lingerMs: Number.NaN },
  ])("%o is refused at once", (bad) => {
    expect(() => createCairn({ url: "http://127.0.0.1:1", key: "cairn_x", ...bad })).toThrow(
      expect.objectContaining({ code: "option_invalid" }),
    );
  });

  test("the version is the package's", () => {
    const path = new URL("../package.json", import.meta.url);
    expect((JSON.parse(readFileSync(path, "utf8")) as { version: string }).version).toBe(VERSION);
  });
});
