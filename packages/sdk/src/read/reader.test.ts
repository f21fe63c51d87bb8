import { describe, expect, test } from "vitest";
import { createCairn } from "../index.ts";
import { type FakeCairnOptions, type FakeRequest, startFakeCairn } from "../testing/index.ts";

async function setUp(routes: NonNullable<FakeCairnOptions["routes"]> = {}) {
  const fake = await startFakeCairn({ routes });
  const cairn = createCairn({ url: fake.url, key: fake.key, readRetry: { baseDelayMs: 1 } });
  return { fake, cairn, [Symbol.asyncDispose]: () => fake.close() };
}

/** Answers with JSON and keeps the requests. */
function answering(value: unknown) {
  const requests: FakeRequest[] = [];
  const route: NonNullable<FakeCairnOptions["routes"]>[string] = (request, response) => {
    requests.push(request);
    response.end(JSON.stringify(value));
  };
  return { requests, route };
}

describe("searching", () => {
  test("the query goes in the body, nothing of it in the URL", async () => {
    await using it = await setUp();
    await it.cairn.search({ q: "actor:jane@example.com", limit: 10 });
    const [request] = it.fake.requests;
    expect(request?.url.search).toBe("");
    expect(JSON.parse(request?.body.toString() ?? "")).toEqual({ q: "actor:jane@example.com", limit: 10 });
  });

  test("events goes through all pages, and no further than asked", async () => {
    await using it = await setUp();
    await it.cairn.record(Array.from({ length: 25 }, (_, i) => ({ id: String(i), action: "a.b" })));
    const ids: string[] = [];
    for await (const event of it.cairn.events({ limit: 10 })) ids.push(event.id);
    expect(ids).toEqual(Array.from({ length: 25 }, (_, i) => String(24 - i)));
    expect(it.fake.requests.length).toBe(1 + 3);
    for await (const _ of it.cairn.events({ limit: 10 })) break;
    expect(it.fake.requests.length).toBe(1 + 3 + 1);
  });

  test("is repeated after a failure that passes", async () => {
    await using it = await setUp();
    it.fake.faults.push({ kind: "drop_before" }, { kind: "answer", status: 503 });
    expect((await it.cairn.search()).events).toEqual([]);
  });

  test("an error has code, place and request id", async () => {
    await using it = await setUp();
    const body = JSON.stringify({
      error: { code: "query_invalid", message: "no", offset: 17, length: 4, fix: "do", request_id: "r-9" },
    });
    it.fake.faults.push({ kind: "answer", status: 400, body });
    await expect(it.cairn.search({ q: "x" })).rejects.toMatchObject({
      name: "CairnApiError",
      code: "query_invalid",
      status: 400,
      place: { offset: 17, length: 4 },
      fix: "do",
      requestId: "r-9",
    });
  });

  test("facets and histogram", async () => {
    const facets = answering({ facets: { action: [{ value: "a.b", count: 2 }] } });
    const histogram = answering({ interval: "day", buckets: [] });
    await using it = await setUp({ "POST /v1/facets": facets.route, "POST /v1/histogram": histogram.route });
    expect((await it.cairn.facets({ fields: ["action", "actor"], q: "x" })).facets.action).toEqual([
      { value: "a.b", count: 2 },
    ]);
    expect(JSON.parse(facets.requests[0]?.body.toString() ?? "")).toEqual({ q: "x", fields: "action,actor" });
    expect((await it.cairn.histogram({ interval: "day", tz: "Europe/Berlin" })).interval).toBe("day");
    expect(JSON.parse(histogram.requests[0]?.body.toString() ?? "")).toEqual({ interval: "day", tz: "Europe/Berlin" });
  });
});

describe("changes", () => {
  test("goes on from the cursor of each page and ends when told to and caught up", async () => {
    const pages = [
      { changes: [{ type: "gap", ledger: 1, first: 0, last: 3, reason: "retention" }], next: "c1" },
      { changes: [{ type: "gap", ledger: 1, first: 4, last: 5, reason: "retention" }], next: "c2" },
      { changes: [], next: "c2" },
    ];
    const queries: string[] = [];
    await using it = await setUp({
      "GET /v1/changes"(request, response) {
        queries.push(request.url.search);
        response.end(JSON.stringify(pages.shift()));
      },
    });
    const cursors: string[] = [];
    for await (const page of it.cairn.changes({ after: "c0", waitSeconds: 0 })) cursors.push(page.next);
    expect(cursors).toEqual(["c1", "c2", "c2"]);
    expect(queries).toEqual(["?after=c0&wait_seconds=0", "?after=c1&wait_seconds=0", "?after=c2&wait_seconds=0"]);
  });

  test("is aborted while it waits", async () => {
    await using it = await setUp({ "GET /v1/changes": () => {} });
    const controller = new AbortController();
    const pages = it.cairn.changes({ signal: controller.signal });
    const next = pages.next();
    setTimeout(() => controller.abort(), 20);
    await expect(next).rejects.toMatchObject({ code: "aborted" });
  });
});

describe("the rest", () => {
  test("one event, or undefined", async () => {
    const event = answering({ id: "a/b" });
    await using it = await setUp({ "GET /v1/events/a%2Fb": event.route, "GET /v1/events/1/7": event.route });
    expect(await it.cairn.event({ id: "a/b", source: "s" })).toEqual({ id: "a/b" });
    expect(event.requests[0]?.url.search).toBe("?source=s");
    expect(await it.cairn.event({ ledger: 1, sequence: 7 })).toEqual({ id: "a/b" });
    expect(await it.cairn.event({ ledger: 1, sequence: 8 })).toBeUndefined();
  });

  test("files of the log are bytes at the C2SP paths", async () => {
    const seen: string[] = [];
    await using it = await setUp({
      "GET /log/"(request, response) {
        seen.push(request.url.pathname);
        response.end(Buffer.from([0, 255, 10]));
      },
    });
    const log = { id: "l0g" };
    expect(await it.cairn.tile(log, { level: 0, index: 1_234_067, width: 256 })).toEqual(Uint8Array.of(0, 255, 10));
    await it.cairn.entries({ ...log, kind: "control" }, { index: 0, width: 7 });
    await it.cairn.checkpoint({ ...log, ledger: 2 });
    expect(seen).toEqual([
      "/log/l0g/tile/0/x001/x234/067",
      "/log/l0g/control/tile/entries/000.p/7",
      "/log/l0g/e2/checkpoint",
    ]);
  });

  test("a file that the log has not got is undefined", async () => {
    await using it = await setUp();
    expect(await it.cairn.checkpoint({ id: "none" })).toBeUndefined();
  });

  test("a download goes on from a byte, or begins anew when the file is another", async () => {
    await using it = await setUp({
      "GET /v1/exports/j/file"(request, response) {
        const isSame = request.headers["if-range"] === '"v1"';
        if (isSame && request.headers.range === "bytes=3-") {
          response.writeHead(206, { "content-range": "bytes 3-5/6", etag: '"v1"' }).end("def");
        } else response.writeHead(200, { etag: '"v2"' }).end("abcdef");
      },
    });
    const first = await it.cairn.exports.download("j", { fromByte: 3, etag: '"v1"' });
    expect(first).toMatchObject({ fromByte: 3, etag: '"v1"' });
    expect(await new Response(first.stream).text()).toBe("def");
    const anew = await it.cairn.exports.download("j", { fromByte: 3, etag: '"v0"' });
    expect(anew).toMatchObject({ fromByte: 0, etag: '"v2"' });
    expect(await new Response(anew.stream).text()).toBe("abcdef");
  });

  test("catalog", async () => {
    const put = answering({ action: "a.b", version: 2 });
    await using it = await setUp({ "PUT /v1/actions/a.b": put.route });
    expect(await it.cairn.catalog.put("a.b", { category: "data" })).toEqual({ action: "a.b", version: 2 });
    expect(await it.cairn.catalog.get("a.c")).toBeUndefined();
  });
});
