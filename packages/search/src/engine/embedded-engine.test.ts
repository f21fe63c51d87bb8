import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from "@clickhouse/client";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmbeddedEngine, startEmbeddedEngine } from "./embedded-engine.ts";

// The real engine and the real client: what is tested here is that the two understand each other.

const log = { level: ClickHouseLogLevel.OFF };
const QUEUED = 2;
/** Polls long enough for a machine that is busy with other tests. */
const soon = { timeout: 60_000, interval: 200 };
/** Lower than everybody's, and not as low as the default. */
const NICENESS = 5;

let directory: string;
let engine: EmbeddedEngine;
let client: ClickHouseClient;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cairn-engine-"));
  engine = await startEmbeddedEngine({
    path: directory,
    // What is waited for comes while other tests have the machine, too.
    niceness: NICENESS,
    limits: { queuedStatements: QUEUED, statementBytes: 300_000, insertBytes: 20_000_000, stallTimeoutMs: 3_000 },
  });
  client = createClient({ ...engine.clientOptions(), log });
});
afterAll(async () => {
  await client?.close();
  await engine?.stop();
  await rm(directory, { recursive: true, force: true });
});

const rowsOf = async <T>(query: string, more: object = {}): Promise<T[]> => {
  const result = await client.query({ query, format: "JSONEachRow", ...more });
  return result.json<T>();
};
const scalar = async (query: string, more: object = {}): Promise<unknown> =>
  Object.values((await rowsOf<object>(query, more))[0] ?? {})[0];
const insertBytes = async (query: string, body: Buffer | Readable, settings: Record<string, string> = {}) => {
  const values = Buffer.isBuffer(body) ? Readable.from([body], { objectMode: false }) : body;
  const { stream, summary } = await client.exec({ query, values, clickhouse_settings: settings });
  for await (const _ of stream);
  return summary;
};
const bytesOf = async (query: string): Promise<Buffer> => {
  const { stream } = await client.exec({ query });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};
const spooled = async () => (await readdir(join(directory, "run"))).filter((name) => name.startsWith("insert-"));

type RawAnswer = Readonly<{ status: number; headers: IncomingHttpHeaders; text: string }>;
type RawOptions = { method?: string; headers?: Record<string, string>; body?: Buffer | string; password?: string };

function raw(path: string, options: RawOptions = {}): Promise<RawAnswer> {
  const { username, password, socketPath } = engine.connection;
  const auth = `${username}:${options.password ?? password}`;
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { socketPath, path, auth, method: options.method ?? "POST", headers: options.headers ?? {} },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
        response.on("error", reject);
      },
    );
    request.on("error", reject);
    request.end(options.body);
  });
}

describe("statements", () => {
  test("answers pings, with and without a query", async () => {
    expect(await client.ping()).toEqual({ success: true });
    expect(await client.ping({ select: true })).toEqual({ success: true });
  });

  test("creates a table, inserts JSON and reads it back", async () => {
    await client.command({ query: "CREATE TABLE json (id UInt64, name String) ENGINE = MergeTree ORDER BY id" });
    const values = [
      { id: 1, name: "one; 'two'" },
      { id: 2, name: "grün 😀 \\ \n" },
    ];
    const { summary, response_headers } = await client.insert({ table: "json", values, format: "JSONEachRow" });
    expect(summary).toMatchObject({ written_rows: "2" });
    expect(response_headers["x-clickhouse-query-id"]).toBeTruthy();
    expect(await rowsOf("SELECT * FROM json ORDER BY id")).toEqual(values);
    await client.command({ query: "INSERT INTO json VALUES (3, 'a;b'), (4, concat('x', 'y'))" });
    await client.command({ query: 'INSERT INTO json FORMAT JSONEachRow {"id":5,"name":"inline"}' });
    expect(await rowsOf("SELECT name FROM json WHERE id > 2 ORDER BY id")).toEqual(
      ["a;b", "xy", "inline"].map((name) => ({ name })),
    );
    expect(await spooled()).toEqual([]);
  });

  test("answers in the format asked for, whatever its size", async () => {
    const document = await client.query({ query: "SELECT number AS n FROM numbers(300000)", format: "JSON" });
    expect(await document.json()).toMatchObject({ rows: 300_000, meta: [{ name: "n", type: "UInt64" }] });
    const csv = (await bytesOf("SELECT number AS n FROM numbers(200000) FORMAT CSVWithNames")).toString();
    expect(csv.split("\n").filter((line) => line === '"n"')).toHaveLength(1);
    const parquet = await bytesOf("SELECT number FROM numbers(200000) FORMAT Parquet");
    expect([parquet.subarray(0, 4).toString(), parquet.subarray(-4).toString()]).toEqual(["PAR1", "PAR1"]);
    expect(await rowsOf("SELECT 1 WHERE 0")).toEqual([]);
    expect(await rowsOf("SHOW DATABASES LIKE 'default'")).toEqual([{ name: "default" }]);
    const plain = await raw("/?default_format=CSV", { body: "SELECT 1, 'a'" });
    expect(plain).toMatchObject({ status: 200, text: '1,"a"\n' });
    expect(plain.headers).toMatchObject({ "x-clickhouse-format": "CSV", "x-clickhouse-timezone": "UTC" });
  });

  test("binds parameters without changing a byte", async () => {
    const query = "SELECT {s:String} AS s, {a:Array(String)} AS a, {n:Nullable(UInt32)} AS n";
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "grapheme" }),
        fc.array(fc.string(), { maxLength: 3 }),
        fc.option(fc.nat()),
        async (s, a, n) => {
          expect(await rowsOf(query, { query_params: { s, a, n } })).toEqual([{ s, a, n }]);
        },
      ),
      { numRuns: 60 },
    );
    const long = Array.from({ length: 5_000 }, (_, i) => `value-${i}`);
    expect(
      await scalar("SELECT length({a:Array(String)})", { query_params: { a: long }, use_multipart_params: true }),
    ).toBe(5_000);
  });

  test("forgets parameters, settings and databases between requests", async () => {
    const count = async (query: string, more?: object) => {
      const failures = await Promise.all(Array.from({ length: 3 }, () => scalar(query, more).catch((e: unknown) => e)));
      return failures;
    };
    await count("SELECT {once:String}", { query_params: { once: "secret" } });
    for (const failure of await count("SELECT {once:String}")) expect(failure).toMatchObject({ code: "456" });
    await count("SELECT 1", { clickhouse_settings: { max_result_rows: "7" } });
    for (const value of await count("SELECT getSetting('max_result_rows')")) expect(Number(value)).toBe(0);
    await client.command({ query: "SET max_result_rows = 3" });
    await client.command({ query: "CREATE DATABASE other" });
    await client.command({ query: "USE other" });
    for (const value of await count("SELECT currentDatabase()")) expect(value).toBe("default");
    const inOther = createClient({ ...engine.clientOptions(), database: "other", log });
    expect(
      await (await inOther.query({ query: "SELECT currentDatabase() AS d", format: "JSONEachRow" })).json(),
    ).toEqual([{ d: "other" }]);
    await inOther.close();
    for (const value of await count("SELECT getSetting('max_result_rows')")) expect(Number(value)).toBe(0);
  });

  test("runs statements side by side without mixing them up", async () => {
    const numbers = Array.from({ length: 60 }, (_, i) => i);
    for (let start = 0; start < numbers.length; start += 5) {
      const part = numbers.slice(start, start + 5);
      const query = "SELECT {n:UInt32} + sum(number) * 0 AS n FROM numbers(100000)";
      expect(await Promise.all(part.map(async (n) => Number(await scalar(query, { query_params: { n } }))))).toEqual(
        part,
      );
    }
  });
});

describe("Native blocks", () => {
  const table = (name: string) => `CREATE TABLE ${name} (id UInt64, name String) ENGINE = MergeTree ORDER BY id`;

  test("go in as the engine gives them out, compressed or not", async () => {
    await client.command({ query: table("native") });
    const block = await bytesOf("SELECT number AS id, toString(number) AS name FROM numbers(100000) FORMAT Native");
    expect(await insertBytes("INSERT INTO native FORMAT Native", block)).toMatchObject({ written_rows: "100000" });
    for (const [encoding, body] of [
      ["gzip", gzipSync(block, { level: 1 })],
      ["zstd", zstdCompressSync(block)],
    ] as const) {
      const path = `/?query=${encodeURIComponent("INSERT INTO native FORMAT Native")}`;
      expect(await raw(path, { headers: { "Content-Encoding": encoding }, body })).toMatchObject({ status: 200 });
    }
    const check = "SELECT count() AS rows, uniqExact(id) AS ids, sum(name = toString(id)) AS same FROM native";
    expect(await rowsOf(check)).toEqual([{ rows: 300_000, ids: 100_000, same: 300_000 }].map(numbersAsSent));
  });

  test("can be written by hand", async () => {
    await client.command({ query: table("by_hand") });
    const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
    const uint64 = (value: bigint) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(value);
      return bytes;
    };
    // Columns and rows as varints; then per column its name, its type and its values.
    const block = Buffer.concat([
      Buffer.from([2, 3]),
      text("id"),
      text("UInt64"),
      ...[7n, 2n ** 53n + 1n, 2n ** 64n - 1n].map(uint64),
      text("name"),
      text("String"),
      ...["a", "", "\0;'"].map(text),
    ]);
    await insertBytes("INSERT INTO by_hand (id, name) FORMAT Native", block);
    expect(await rowsOf("SELECT toString(id) AS id, name FROM by_hand ORDER BY by_hand.id")).toEqual([
      { id: "7", name: "a" },
      { id: "9007199254740993", name: "" },
      { id: "18446744073709551615", name: "\0;'" },
    ]);
    const failure = insertBytes("INSERT INTO by_hand FORMAT Native", block.subarray(0, -1));
    await expect(failure).rejects.toMatchObject({ code: "33", message: expect.not.stringContaining(directory) });
    expect(await scalar("SELECT count() = 3 FROM by_hand")).toBe(1);
  });
});

/** The engine may print 64-bit counts as text or as numbers; the client leaves them as they come. */
function numbersAsSent(row: Record<string, number>): object {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, expect.toSatisfy((v) => Number(v) === value)]),
  );
}

describe("failures", () => {
  const failureOf = (query: string, more?: object) =>
    rowsOf(query, more).then(
      () => undefined,
      (error: unknown) => error,
    );

  test("arrive as ClickHouseError with ClickHouse's codes", async () => {
    for (const [query, code, type] of [
      ["selec 1", "62", "SYNTAX_ERROR"],
      ["SELECT nope", "47", "UNKNOWN_IDENTIFIER"],
      ["SELECT * FROM missing", "60", "UNKNOWN_TABLE"],
      ["SELECT throwIf(1)", "395", "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"],
      ["SELECT 1; SELECT 2", "62", "SYNTAX_ERROR"],
      ["SELECT 1 INTO OUTFILE '/tmp/x'", "358", "INTO_OUTFILE_NOT_ALLOWED"],
    ] as const) {
      expect(await failureOf(query), query).toMatchObject({ code, type });
    }
    expect(await failureOf("SELECT 1", { clickhouse_settings: { nonsense: "1" } })).toMatchObject({ code: "115" });
    expect(await failureOf("SELECT 1", { clickhouse_settings: { max_threads: "x" } })).toMatchObject({ code: "27" });
    expect(await failureOf("SELECT 1", { session_id: "s" })).toMatchObject({ code: "48" });
    const insert = client.insert({ table: "missing", values: [{ a: 1 }], format: "JSONEachRow" });
    await expect(insert).rejects.toMatchObject({ code: "60" });
    expect(await spooled()).toEqual([]);
  });

  test("in the middle of a result are noticed by every reader", async () => {
    const query = "SELECT number, throwIf(number = 600000) FROM numbers(10000000)";
    expect(await failureOf(query)).toMatchObject({ code: "395" });
    const text = client.query({ query, format: "CSV" }).then((result) => result.text());
    await expect(text).rejects.toThrow();
    const zipped = createClient({ ...engine.clientOptions(), compression: { response: true }, log });
    await expect(zipped.query({ query, format: "JSONEachRow" }).then((result) => result.json())).rejects.toThrow();
    await zipped.close();
  });

  test("come from the limits of time and memory", async () => {
    const slow = "SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) = 1";
    expect(await failureOf(slow, { clickhouse_settings: { max_execution_time: 1 } })).toMatchObject({ code: "159" });
    const large = "SELECT length(groupArray(number)) FROM numbers(1000000000)";
    expect(await failureOf(large)).toMatchObject({ code: "241" });
    const unbounded = { clickhouse_settings: { max_memory_usage: "0" } };
    expect(await failureOf(large, unbounded)).toMatchObject({ code: "241" });
    expect(await scalar("SELECT 1")).toBe(1);
  });

  test("meet what is not a proper request", async () => {
    expect(await raw("/", { body: "SELECT 1", password: "wrong" })).toMatchObject({
      status: 403,
      headers: { "x-clickhouse-exception-code": "516" },
    });
    const stranger = createClient({ ...engine.clientOptions(), password: "wrong", log });
    await expect(stranger.query({ query: "SELECT 1" })).rejects.toMatchObject({ code: "516" });
    await stranger.close();
    expect(await raw("/elsewhere")).toMatchObject({ status: 404 });
    expect(await raw("/", { method: "PUT", body: "SELECT 1" })).toMatchObject({ status: 405 });
    expect(await raw("/", { method: "GET" })).toMatchObject({ status: 200, text: "Ok.\n" });
    expect(await raw("/?query=CREATE+TABLE+x+(a+UInt8)+ENGINE=Memory", { method: "GET" })).toMatchObject({
      headers: { "x-clickhouse-exception-code": "164" },
    });
    expect(await raw("/?query=SELECT+2", { method: "GET" })).toMatchObject({ status: 200, text: "2\n" });
    expect(await raw("/", { body: "" })).toMatchObject({ status: 400, text: expect.stringContaining("Code: 62.") });
    expect(await raw("/", { body: `SELECT '${"x".repeat(400_000)}'` })).toMatchObject({ status: 413 });
    expect(await raw("/", { body: "SELECT 1", headers: { "Content-Encoding": "lzma" } })).toMatchObject({
      status: 415,
    });
    expect(await raw("/", { body: "SELECT 1", headers: { "Content-Encoding": "gzip" } })).toMatchObject({
      status: 400,
      headers: { "x-clickhouse-exception-code": "271" },
    });
    const multipart = { "Content-Type": "multipart/form-data; boundary=x" };
    expect(await raw("/", { body: "--x nothing", headers: multipart })).toMatchObject({ status: 400 });
    expect(await raw("/?%FF%00=%ZZ", { body: "SELECT 1" })).toMatchObject({ status: 400 });
    const tooLong = raw("/?query=INSERT+INTO+FUNCTION+null('a+String')+FORMAT+RawBLOB", {
      body: Buffer.alloc(30_000_000),
    });
    expect(await tooLong).toMatchObject({ status: 413, headers: { "x-clickhouse-exception-code": "307" } });
    expect(await spooled()).toEqual([]);
  });

  test("survives garbage on the wire", async () => {
    const { socketPath = "" } = engine.connection;
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom("", "POST / HTTP/1.1\r\n", "GET /?"),
        async (junk, head) => {
          await new Promise<void>((resolve) => {
            const socket = connect(socketPath, () => socket.end(Buffer.concat([Buffer.from(head), junk])));
            socket
              .on("error", () => undefined)
              .on("close", () => resolve())
              .resume();
          });
        },
      ),
      { numRuns: 100 },
    );
    expect(await scalar("SELECT 1")).toBe(1);
  });

  test("leaves nothing of an upload that breaks off or stalls", async () => {
    await client.command({ query: "CREATE TABLE broken (a UInt64) ENGINE = MergeTree ORDER BY a" });
    const { socketPath, username, password } = engine.connection;
    const path = "/?query=INSERT+INTO+broken+FORMAT+JSONEachRow";
    const upload = () => {
      const request = httpRequest({ socketPath, path, method: "POST", auth: `${username}:${password}` });
      request.on("error", () => undefined);
      request.write('{"a":1}\n'.repeat(200_000));
      return request;
    };
    const broken = upload();
    await expect.poll(spooled, soon).toHaveLength(1);
    broken.destroy();
    await expect.poll(spooled, soon).toHaveLength(0);
    const stalled = upload();
    await expect.poll(spooled, soon).toHaveLength(1);
    await new Promise((resolve) => stalled.on("close", resolve));
    await expect.poll(spooled, soon).toHaveLength(0);
    expect(Number(await scalar("SELECT count() FROM broken"))).toBe(0);
  });
});

describe("load", () => {
  const memoryMib = async (field: "VmRSS" | "RssAnon") => {
    const status = await readFile(`/proc/${engine.pid}/status`, "utf8");
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  };
  const running = async () =>
    Number(
      await scalar(
        "SELECT count() FROM system.processes WHERE query LIKE '%numbers(77%' AND query NOT LIKE '%processes%'",
      ),
    );

  test.runIf(process.platform === "linux")("streams a large result in bounded memory", async () => {
    const drain = async (count: number) => {
      const query = `SELECT number, toString(number), 'some text to make it longer' FROM numbers(${count}) FORMAT JSONEachRow`;
      const { stream } = await client.exec({ query });
      let bytes = 0;
      for await (const chunk of stream) bytes += (chunk as Buffer).length;
      return bytes;
    };
    await drain(300_000);
    const beforeMib = await memoryMib("RssAnon");
    expect(await drain(2_500_000)).toBeGreaterThan(200_000_000);
    expect((await memoryMib("RssAnon")) - beforeMib).toBeLessThan(150);
  });

  test("waits for a slow reader and stops the query of one who left", async () => {
    const { stream } = await client.exec({ query: "SELECT number FROM numbers(77000000000) FORMAT CSV" });
    await expect.poll(running, soon).toBe(1);
    stream.destroy();
    await expect.poll(running, soon).toBe(0);
    const abort = new AbortController();
    const query = "SELECT count() FROM numbers(77000000000) WHERE sipHash64(number) = 1";
    const silent = client.query({ query, abort_signal: abort.signal });
    await expect.poll(running, soon).toBe(1);
    abort.abort();
    await expect(silent).rejects.toThrow();
    await expect.poll(running, soon).toBe(0);
  });

  test("cuts off a reader that stalls", async () => {
    const { stream } = await client.exec({ query: "SELECT number FROM numbers(77000000000) FORMAT CSV" });
    stream.on("error", () => undefined);
    await expect.poll(running, soon).toBe(0);
    stream.destroy();
  });

  test("keeps a session for inserts and turns away what does not fit the queue", async () => {
    await client.command({ query: "CREATE TABLE busy (a UInt64) ENGINE = MergeTree ORDER BY a" });
    const abort = new AbortController();
    const query = "SELECT count() FROM numbers(77000000000) WHERE sipHash64(number) = 1";
    const refusals: unknown[] = [];
    const outcomes = Array.from({ length: 3 + QUEUED + 2 }, () =>
      client.query({ query, abort_signal: abort.signal }).catch((error: unknown) => refusals.push(error)),
    );
    await expect.poll(() => refusals.length, soon).toBe(2);
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: "202" });
    await client.insert({ table: "busy", values: [{ a: 1 }], format: "JSONEachRow" });
    abort.abort();
    await Promise.all(outcomes);
    await expect.poll(() => scalar("SELECT count() FROM busy").then(Number, () => -1), soon).toBe(1);
  });
});

describe("the engine", () => {
  test("has its memory and caches capped", async () => {
    const wanted = {
      max_server_memory_usage: 512 * 2 ** 20,
      merges_mutations_memory_usage_soft_limit: 128 * 2 ** 20,
      mark_cache_size: 24 * 2 ** 20,
      text_index_postings_cache_size: Math.floor(9.6 * 2 ** 20),
      uncompressed_cache_size: 0,
      background_pool_size: 2,
    };
    const names = Object.keys(wanted);
    const rows = await rowsOf<{ name: string; value: string }>(
      "SELECT name, value FROM system.server_settings WHERE name IN {names:Array(String)}",
      { query_params: { names } },
    );
    expect(Object.fromEntries(rows.map(({ name, value }) => [name, Number(value)]))).toEqual(wanted);
    expect(Number(await scalar("SELECT getSetting('max_memory_usage')"))).toBe(256 * 2 ** 20);
    expect(Number(await scalar("SELECT getSetting('max_execution_time')"))).toBe(60);
    const uncapped = await scalar(
      "SELECT groupArray(name) FROM system.server_settings WHERE name LIKE '%cache_size%' AND name NOT LIKE '%ratio' AND toUInt64OrZero(value) > 134217728",
    );
    expect(uncapped).toEqual([]);
  });

  test("speaks UTC and compresses answers when asked", async () => {
    expect(await scalar("SELECT timezone()")).toBe("UTC");
    const zipped = createClient({ ...engine.clientOptions(), compression: { response: true, request: true }, log });
    const result = await zipped.query({ query: "SELECT repeat('a', 10000) AS a", format: "JSONEachRow" });
    expect(result.response_headers["content-encoding"]).toBe("gzip");
    expect(await result.json()).toEqual([{ a: "a".repeat(10_000) }]);
    await zipped.command({ query: "CREATE TABLE zipped (a String) ENGINE = MergeTree ORDER BY a" });
    await zipped.insert({ table: "zipped", values: [{ a: "x" }], format: "JSONEachRow" });
    expect(Number(await scalar("SELECT count() FROM zipped"))).toBe(1);
    await zipped.close();
    for (const encoding of ["zstd", "br", "deflate"]) {
      const answer = await raw("/?enable_http_compression=1", {
        body: "SELECT 1",
        headers: { "Accept-Encoding": encoding },
      });
      expect(answer.headers["content-encoding"]).toBe(encoding);
    }
  });

  test.runIf(process.platform === "linux")("runs at low priority in all its threads", async () => {
    const tasks = await readdir(`/proc/${engine.pid}/task`);
    const stats = await Promise.all(
      tasks.map((task) => readFile(`/proc/${engine.pid}/task/${task}/stat`, "utf8").catch(() => "")),
    );
    const nice = stats
      .filter((stat) => stat !== "")
      .map((stat) => Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]));
    // One helper thread of the memory allocator raises itself.
    expect(nice.filter((value) => value >= NICENESS).length).toBeGreaterThan(nice.length - 3);
  });

  test.runIf(process.platform === "linux")("merges at a priority below that of inserts", async () => {
    await client.command({ query: "CREATE TABLE merged (a UInt64) ENGINE = MergeTree ORDER BY a" });
    const niceOfMerges = async () => {
      const tasks = await readdir(`/proc/${engine.pid}/task`);
      const stats = await Promise.all(
        tasks.map((task) => readFile(`/proc/${engine.pid}/task/${task}/stat`, "utf8").catch(() => "")),
      );
      const merging = stats.filter((stat) => stat.includes("(MergeMutate)"));
      return merging.map((stat) => Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]));
    };
    await expect.poll(niceOfMerges, { timeout: 10_000 }).toContain(19);
    expect(new Set(await niceOfMerges())).toEqual(new Set([19]));
  });

  test("deduplicates inserts by token, also across partitions", async () => {
    await client.command({
      query:
        "CREATE TABLE dedup (t DateTime, a UInt64) ENGINE = MergeTree PARTITION BY toYYYYMM(t) ORDER BY a " +
        "SETTINGS non_replicated_deduplication_window = 100, fsync_after_insert = 1, fsync_part_directory = 1",
    });
    const insert = (token: string, values: readonly object[]) =>
      client.insert({
        table: "dedup",
        values,
        format: "JSONEachRow",
        clickhouse_settings: { insert_deduplication_token: token },
      });
    const count = async () => Number(await scalar("SELECT count() FROM dedup"));
    const january = { t: "2026-01-31 00:00:00", a: 1 };
    const february = { t: "2026-02-01 00:00:00", a: 2 };
    await insert("one", [january, february]);
    await insert("one", [january, february]);
    expect(await count()).toBe(2);
    // The token is remembered per partition: of a half-done insert only the other half is added.
    await insert("two", [february]);
    await insert("two", [january, february]);
    expect(await count()).toBe(4);
    // It outweighs the rows: other rows under a known token are dropped.
    await insert("two", [{ ...january, a: 9 }]);
    expect(await count()).toBe(4);
    await insert("three", [january, february]);
    expect(await count()).toBe(6);
  });

  test("takes loopback where a socket path would be too long", async () => {
    const deep = join(directory, "deep", randomBytes(50).toString("hex"));
    const other = await startEmbeddedEngine({ path: deep });
    expect(other.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const otherClient = createClient({ ...other.clientOptions(), log });
    expect(await otherClient.ping({ select: true })).toEqual({ success: true });
    expect((await fetch(`${other.url}/?query=SELECT+1`)).status).toBe(401);
    await otherClient.close();
    await other.stop();
    await other.stop();
  });
});
