import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { verifyPath } from "@cairn/cli";
import { parseVkey } from "@cairn/merkle";
import { startServer, type TestServer } from "@cairn/testkit";
import { query } from "chdb";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, record } from "./support/call.ts";
import { endedExport, exported, finishedExport, type ShownExport, showExport, untilEnded } from "./support/exports.ts";

let server: TestServer;
let key: string;
let other: string;
let directory: string;
const COUNT = 60;
const ME = "source:test";

beforeAll(async () => {
  server = await startServer();
  directory = mkdtempSync(join(tmpdir(), "cairn-export-test-"));
  const scopes = ["events:write", "events:read", "exports"];
  [key, other] = await Promise.all([
    server.createKey({ tenant: "acme", scopes }),
    server.createKey({ tenant: "other", scopes }),
  ]);
  const events = Array.from({ length: COUNT }, (_, i) => ({
    id: `x-${String(i).padStart(2, "0")}`,
    // Late ones, so that the order of time is not that of the log.
    occurred_at: new Date(Date.parse("2026-03-28T22:00:00.500Z") + ((i * 17) % COUNT) * 1_800_000).toISOString(),
    action: i % 2 === 0 ? "document.viewed" : "patient.record.changed",
    category: "records",
    actor: { id: `u-${i % 4}`, name: ['Jane "JD" Doe', "O'Neill, Pat", "=SUM(A1)", "日本 太郎"][i % 4] },
    targets: [
      { type: "patient", id: `p-${i % 3}`, name: "Mary Major" },
      { type: "document", id: `d-${i}` },
    ],
    context: { ip: "203.0.113.9" },
    description: ["two\r\nlines", "plain, with comma", "@import", "-2+3", ""][i % 5] || undefined,
    details: { n: i, deep: { list: [1, "two", null] } },
    ...(i % 2 === 0 ? {} : { changes: [{ field: "limit", before: i, after: null }], labels: { site: "north" } }),
    source: "test",
  }));
  await record(server, key, events);
});
afterAll(async () => {
  await server.remove();
  rmSync(directory, { recursive: true, force: true });
});

interface Event {
  readonly id: string;
  readonly ledger: number;
  readonly sequence: number;
  readonly occurred_at: string;
}
const search = async (q: string) => {
  const answer = await call(server, { path: "/v1/events/search", key, body: { q, limit: 1_000 } });
  return answer.json<{ events: Event[] }>().events;
};
const csv = async (request: object): Promise<Record<string, string>[]> =>
  parse(await exported(server, key, { format: "csv", q: ME, ...request }), { columns: true });
const refused = async (request: object) => {
  const answer = await call(server, { path: "/v1/exports", key, body: request });
  return [answer.status, answer.json<{ error: { code: string } }>().error.code];
};

describe("CSV", () => {
  test("a heading and a line for each event, newest first, as search shows them", async () => {
    const text = (await exported(server, key, { format: "csv", q: ME })).toString();
    expect(text.split("\r\n")[0]).toBe(
      "date,time,actor,action,category,description,targets,outcome,ip,id,ledger,sequence",
    );
    expect(text.endsWith("\r\n")).toBe(true);
    const rows = parse(text, { columns: true }) as Record<string, string>[];
    expect(rows.map(({ id }) => id)).toEqual((await search(ME)).map(({ id }) => id));
    const row = rows.find(({ id }) => id === "x-00");
    expect(row).toMatchObject({
      date: "2026-03-28",
      time: "22:00:00",
      actor: 'Jane "JD" Doe (u-0)',
      action: "document.viewed",
      category: "records",
      description: "two\r\nlines",
      targets: "patient Mary Major (p-0); document d-0",
      outcome: "unknown",
      ip: "203.0.113.9",
      ledger: "1",
    });
  });

  test("cells that look like formulas are guarded, unless raw", async () => {
    const guarded = await csv({ columns: ["id", "actor.name", "description"] });
    expect(guarded.find(({ id }) => id === "x-02")).toEqual({
      id: "x-02",
      "actor.name": "'=SUM(A1)",
      description: "'@import",
    });
    for (const row of guarded) for (const cell of Object.values(row)) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
    const raw = await csv({ columns: ["id", "actor.name", "description"], raw: true });
    expect(raw.find(({ id }) => id === "x-02")).toMatchObject({ "actor.name": "=SUM(A1)", description: "@import" });
  });

  test("dates and times are of the zone asked for, over a change of the clock", async () => {
    const rows = await csv({ tz: "Europe/Berlin", order: "asc" });
    const clock = (event: Event) => {
      const parts = new Intl.DateTimeFormat("sv-SE", {
        timeZone: "Europe/Berlin",
        dateStyle: "short",
        timeStyle: "medium",
      });
      return parts.format(new Date(event.occurred_at));
    };
    const events = (await search(ME)).toReversed();
    expect(rows.map(({ date, time }) => `${date} ${time}`)).toEqual(events.map(clock));
    expect(rows.some(({ time }) => time?.startsWith("03:"))).toBe(true);
    expect(rows.filter(({ date }) => date === "2026-03-29").some(({ time }) => time?.startsWith("02:"))).toBe(false);
  });

  test("the file is named by the moment of the request, in the zone", async () => {
    const job = await finishedExport(server, key, { format: "csv", tz: "Pacific/Kiritimati" });
    const [, date, time] = /^AuditLogs_(\d{8})_(\d{6})\.csv$/.exec(job.file?.name ?? "") ?? [];
    const now = new Intl.DateTimeFormat("sv-SE", { timeZone: "Pacific/Kiritimati", dateStyle: "short" });
    expect(date).toBe(now.format(new Date()).replaceAll("-", ""));
    expect(time).toMatch(/^([01]\d|2[0-3])[0-5]\d[0-5]\d$/);
  });

  test("columns by any name that the query language knows, and paths", async () => {
    const columns = [
      "id",
      "user.name",
      "target.id",
      "details.n",
      "details.deep.list",
      "details.deep.list.1",
      "details",
      "labels.site",
      "changes",
      "occurred_at",
      "event_root",
      "tenant",
      "details.absent.path",
    ];
    const row = (await csv({ columns })).find(({ id }) => id === "x-01");
    expect(Object.keys(row ?? {})).toEqual(columns);
    expect(row).toMatchObject({
      "user.name": "O'Neill, Pat",
      "target.id": "p-1; d-1",
      "details.n": "1",
      "details.deep.list": "1; two",
      "details.deep.list.1": "two",
      details: '{"n":1,"deep":{"list":[1,"two",null]}}',
      "labels.site": "north",
      changes: "limit: 1 → null",
      tenant: "acme",
      "details.absent.path": "",
    });
    expect(await refused({ format: "csv", columns: ["id", "colour"] })).toEqual([400, "parameter_invalid"]);
  });

  test("in another order; by a field that cannot be sorted by, refused at once", async () => {
    const numbers = (await csv({ columns: ["details.n"], sort: "details.n", order: "asc" })).map(
      (row) => row["details.n"],
    );
    expect(numbers).toEqual(Array.from({ length: COUNT }, (_, i) => String(i)));
    const actions = (await csv({ sort: "action", order: "desc" })).map(({ action }) => action);
    expect(actions).toEqual(actions.toSorted().toReversed());
    expect(await refused({ format: "csv", sort: "colour" })).toEqual([400, "parameter_invalid"]);
  });
});

describe("NDJSON", () => {
  test("every line is the event byte for byte as the API gives it", async () => {
    const lines = (await exported(server, key, { format: "ndjson", q: ME })).toString().trimEnd().split("\n");
    expect(lines).toHaveLength(COUNT);
    for (const line of lines.filter((_, i) => i % 7 === 0)) {
      const { ledger, sequence } = JSON.parse(line) as Event;
      expect((await call(server, { path: `/v1/events/${ledger}/${sequence}`, key })).text).toBe(line);
    }
    const events = (await call(server, { path: `/v1/events?limit=1000&q=${ME}`, key })).json<{ events: object[] }>()
      .events;
    expect(lines).toEqual(events.map((event) => JSON.stringify(event)));
  });

  test("compressed on request", async () => {
    const plain = await exported(server, key, { format: "ndjson", q: ME });
    const gzip = await finishedExport(server, key, { format: "ndjson", q: ME, compress: "gzip" });
    const zstd = await finishedExport(server, key, { format: "ndjson", q: ME, compress: "zstd" });
    const bytesOf = async ({ file }: ShownExport) => (await call(server, { path: file?.url ?? "", key })).bytes;
    expect(gzip.file?.name).toMatch(/\.ndjson\.gz$/);
    expect(zstd.file?.name).toMatch(/\.ndjson\.zst$/);
    expect(gunzipSync(await bytesOf(gzip)).equals(plain)).toBe(true);
    expect(zstdDecompressSync(await bytesOf(zstd)).equals(plain)).toBe(true);
  });
});

describe("Parquet", () => {
  test("real columns, read back by an engine of its own", async () => {
    const path = join(directory, "events.parquet");
    writeFileSync(path, await exported(server, key, { format: "parquet", q: ME, order: "asc" }));
    const rows = <T>(sql: string) =>
      query(sql.replace("FILE", `file('${path}', Parquet)`), "JSONEachRow")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as T);
    const ids = rows<{ id: string }>("SELECT id FROM FILE").map(({ id }) => id);
    expect(ids).toEqual((await search(ME)).map(({ id }) => id).toReversed());
    const [row] = rows("SELECT * FROM FILE WHERE id = 'x-01'");
    expect(row).toMatchObject({
      occurred_at: "2026-03-29 06:30:00.500",
      ledger: 1,
      action: "patient.record.changed",
      outcome: "unknown",
      outcome_reason: null,
      actor_type: "user",
      actor_id: "u-1",
      actor_name: "O'Neill, Pat",
      ip: "203.0.113.9",
      description: "plain, with comma",
      details: '{"n":1,"deep":{"list":[1,"two",null]}}',
      changes: [{ field: "limit", before: "1", after: "null" }],
      labels: { site: "north" },
      warnings: [],
      inferred: null,
      tenant: "acme",
    });
    expect((row as { targets: object[] }).targets).toMatchObject([
      { type: "patient", id: "p-1", name: "Mary Major" },
      { type: "document", id: "d-1", name: null },
    ]);
    const types = rows<{ name: string; type: string }>("DESCRIBE FILE");
    const typeOf = (name: string) => types.find((each) => each.name === name)?.type;
    expect(["occurred_at", "sequence", "inferred", "targets"].map(typeOf)).toEqual([
      "DateTime64(3, 'UTC')",
      "UInt64",
      "Nullable(Bool)",
      expect.stringContaining("Array(Tuple("),
    ]);
  });

  test("of nothing, still a Parquet file", async () => {
    const path = join(directory, "empty.parquet");
    writeFileSync(path, await exported(server, key, { format: "parquet", q: "action:never.happened" }));
    expect(query(`SELECT count() FROM file('${path}', Parquet)`, "TSV")).toBe("0\n");
  });
});

describe("evidence", () => {
  test.each([{ compact: true }, {}])(
    "a bundle %j that verifies offline, with the key of the log alone",
    async (kind) => {
      const q = `${ME} action:document.viewed`;
      const { log } = (await call(server, { path: "/v1/tenant", key })).json<{
        log: { vkey: string; control_vkey: string };
      }>();
      const job = await finishedExport(server, key, { format: "evidence", q, ...kind });
      expect(job.file?.name).toMatch(/^AuditLogs_\d{8}_\d{6}\.tar$/);
      expect(job.progress).toEqual({ done: COUNT / 2, total: COUNT / 2 });
      const path = join(directory, `${randomUUID()}.tar`);
      writeFileSync(path, (await call(server, { path: job.file?.url ?? "", key })).bytes);
      const report = await verifyPath(path, {
        vkeys: [log.vkey, log.control_vkey].map(parseVkey),
        policies: [],
        known: [],
      });
      expect(report).toMatchObject({ result: "verified", findings: [] });
    },
  );
});

describe("what is in the file", () => {
  test("everything recorded before the request, although search does not show it yet, and nothing later", async () => {
    const mark = `m${randomUUID().replaceAll("-", "")}`;
    await record(
      server,
      key,
      Array.from({ length: 50 }, () => ({ action: "before.request", description: mark })),
      "",
    );
    const asked = await call(server, { path: "/v1/exports", key, body: { format: "ndjson", q: mark } });
    await record(server, key, { action: "after.request", description: mark });
    const job = await untilEnded(server, key, asked.json<ShownExport>().id);
    expect(job.progress).toEqual({ done: 50, total: 50 });
    expect((await search(`${mark} NOT source:cairn`)).length).toBe(51);
  });

  test("only the tenant's own events", async () => {
    const text = (await exported(server, other, { format: "ndjson" })).toString();
    expect(text.trimEnd().split("\n")).toHaveLength(1);
    expect(text).toContain("api_key.created");
    expect(text).not.toContain("Mary Major");
  });

  test("nothing, when nothing matches", async () => {
    expect((await exported(server, key, { format: "ndjson", q: "action:never.happened" })).length).toBe(0);
    const text = (
      await exported(server, key, { format: "csv", q: "action:never.happened", columns: ["id"] })
    ).toString();
    expect(text).toBe("id\r\n");
  });
});

describe("requests that make no sense", () => {
  test.each([
    [{}, "parameter_invalid"],
    [{ format: "pdf" }, "parameter_invalid"],
    [{ format: "csv", colour: "red" }, "parameter_invalid"],
    [{ format: "csv", q: "action:" }, "query_invalid"],
    [{ format: "csv", from: "yesterday" }, "parameter_invalid"],
    [{ format: "csv", tz: "Mars/Olympus" }, "parameter_invalid"],
    [{ format: "csv", tz: "../../etc/passwd" }, "parameter_invalid"],
    [{ format: "csv", columns: [] }, "parameter_invalid"],
    [{ format: "csv", columns: ["__proto__"] }, "parameter_invalid"],
    [{ format: "csv", columns: ["constructor"] }, "parameter_invalid"],
    [{ format: "ndjson", columns: ["id"] }, "parameter_invalid"],
    [{ format: "ndjson", raw: true }, "parameter_invalid"],
    [{ format: "csv", compact: true }, "parameter_invalid"],
    [{ format: "parquet", compress: "gzip" }, "parameter_invalid"],
    [{ format: "evidence", sort: "action" }, "parameter_invalid"],
    [{ format: "csv", order: "up" }, "parameter_invalid"],
    [{ format: "csv", compress: "rar" }, "parameter_invalid"],
  ])("%j", async (request, code) => {
    expect(await refused(request)).toEqual([400, code]);
  });
});

describe("downloads", () => {
  let file: NonNullable<ShownExport["file"]>;
  let whole: Buffer;
  beforeAll(async () => {
    file = (await finishedExport(server, key, { format: "ndjson", q: ME })).file!;
    whole = (await call(server, { path: file.url, key })).bytes;
  });
  const fetchPart = (headers: Record<string, string>, method = "GET") =>
    call(server, { method, path: file.url, key, headers });

  test("what is told of the file is true of it", async () => {
    const answer = await fetchPart({});
    expect(answer.status).toBe(200);
    expect(answer.bytes.length).toBe(file.bytes);
    expect(createHash("sha256").update(answer.bytes).digest("hex")).toBe(file.sha256);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-disposition": `attachment; filename="${file.name}"`,
      "content-length": String(file.bytes),
      "content-type": "application/x-ndjson; charset=utf-8",
      "x-content-type-options": "nosniff",
      "accept-ranges": "bytes",
      etag: `"${file.sha256}"`,
      "cache-control": "private, no-store",
    });
  });

  test("in parts, that together are the whole", async () => {
    const parts: Buffer[] = [];
    for (let at = 0; at < file.bytes; at += 4_000) {
      const last = Math.min(at + 3_999, file.bytes - 1);
      const answer = await fetchPart({ range: `bytes=${at}-${at + 3_999}`, "if-range": `"${file.sha256}"` });
      expect(answer.status).toBe(206);
      expect(answer.headers.get("content-range")).toBe(`bytes ${at}-${last}/${file.bytes}`);
      parts.push(answer.bytes);
    }
    expect(Buffer.concat(parts).equals(whole)).toBe(true);
    expect((await fetchPart({ range: "bytes=-10" })).bytes.equals(whole.subarray(-10))).toBe(true);
    expect((await fetchPart({ range: `bytes=${file.bytes - 5}-` })).bytes.equals(whole.subarray(-5))).toBe(true);
  });

  test("a range of another file's gives the whole of this one", async () => {
    const answer = await fetchPart({ range: "bytes=10-19", "if-range": '"other"' });
    expect([answer.status, answer.bytes.length]).toEqual([200, file.bytes]);
  });

  test("a range beyond the end", async () => {
    const answer = await fetchPart({ range: `bytes=${file.bytes}-` });
    expect(answer.status).toBe(416);
    expect(answer.headers.get("content-range")).toBe(`bytes */${file.bytes}`);
  });

  test("HEAD, and what is known already", async () => {
    const head = await fetchPart({}, "HEAD");
    expect([head.status, head.headers.get("content-length"), head.bytes.length]).toEqual([200, String(file.bytes), 0]);
    const known = await fetchPart({ "if-none-match": `"x", "${file.sha256}"` });
    expect([known.status, known.bytes.length]).toEqual([304, 0]);
  });

  test("the file is there for its owner's eyes only", () => {
    const exportsDir = join(server.dataDir, "exports");
    expect(statSync(exportsDir).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(exportsDir, { recursive: true, encoding: "utf8" })) {
      const { mode } = statSync(join(exportsDir, name));
      expect(mode & 0o077).toBe(0);
    }
  });
});

describe("life of an export", () => {
  test("states, times, list", async () => {
    const asked = await call(server, { path: "/v1/exports", key, body: { format: "csv", q: ME } });
    const job = asked.json<ShownExport>();
    expect(asked.headers.get("location")).toBe(`/v1/exports/${job.id}`);
    expect(job).toMatchObject({ state: "queued", progress: { done: 0, total: 0 }, file: null });
    expect(Date.parse(job.expires_at) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    const done = await untilEnded(server, key, job.id);
    expect(done).toMatchObject({ state: "done", progress: { done: COUNT, total: COUNT }, as_of: job.as_of });
    const { exports } = (await call(server, { path: "/v1/exports", key })).json<{ exports: ShownExport[] }>();
    expect(exports[0]).toEqual(done);
    expect((await call(server, { path: "/v1/exports", key: other })).text).not.toContain(job.id);
  });

  test("many at once: each is made, one after another", async () => {
    const jobs = await Promise.all(
      Array.from({ length: 6 }, (_, i) => endedExport(server, i % 2 === 0 ? key : other, { format: "ndjson", q: ME })),
    );
    expect(jobs.map(({ state }) => state)).toEqual(jobs.map(() => "done"));
  });

  test("deleted: gone, with its file", async () => {
    const { id, file } = await finishedExport(server, key, { format: "ndjson" });
    expect(existsSync(join(server.dataDir, "exports", id))).toBe(true);
    const answer = await call(server, { method: "DELETE", path: `/v1/exports/${id}`, key });
    expect([answer.status, answer.text]).toEqual([204, ""]);
    expect(existsSync(join(server.dataDir, "exports", id))).toBe(false);
    for (const path of [`/v1/exports/${id}`, file?.url ?? ""])
      expect((await call(server, { path, key })).status).toBe(404);
    expect((await call(server, { method: "DELETE", path: `/v1/exports/${id}`, key })).status).toBe(404);
  });

  test("deleted before it is made: it never is", async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      const { id } = (
        await call(server, { path: "/v1/exports", key, body: { format: "parquet" } })
      ).json<ShownExport>();
      ids.push(id);
    }
    const answers = await Promise.all(
      ids.map((id) => call(server, { method: "DELETE", path: `/v1/exports/${id}`, key })),
    );
    expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 204));
    await delay(500);
    const { exports } = (await call(server, { path: "/v1/exports", key })).json<{ exports: ShownExport[] }>();
    expect(exports.filter(({ id }) => ids.includes(id))).toEqual([]);
    for (const id of ids) expect(existsSync(join(server.dataDir, "exports", id))).toBe(false);
  });

  test("deleted while it is downloaded: the download goes on to its end", async () => {
    const big = Array.from({ length: 300 }, (_, i) => ({
      action: "big.event",
      details: { text: "x".repeat(30_000), i },
    }));
    await record(server, key, big);
    const { id, file } = await finishedExport(server, key, { format: "ndjson", q: "action:big.event" });
    expect(file?.bytes).toBeGreaterThan(9_000_000);
    const received = new Promise<Buffer>((resolve, reject) => {
      const headers = { authorization: `Bearer ${key}` };
      get(`${server.url}${file?.url}`, { headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          if (chunks.length > 1) return;
          response.pause();
          call(server, { method: "DELETE", path: `/v1/exports/${id}`, key })
            .then(() => response.resume())
            .catch(reject);
        });
        response.on("end", () => resolve(Buffer.concat(chunks)));
        response.on("error", reject);
      }).on("error", reject);
    });
    const bytes = await received;
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(file?.sha256);
    expect((await call(server, { path: `/v1/exports/${id}`, key })).status).toBe(404);
  });

  test("killed and started again: finished ones are there, the others are made, nothing is left lying", async () => {
    const done = await finishedExport(server, key, { format: "csv", q: ME });
    const before = (await call(server, { path: done.file?.url ?? "", key })).bytes;
    const asked: string[] = [];
    for (const format of ["ndjson", "parquet", "csv"]) {
      const answer = await call(server, { path: "/v1/exports", key, body: { format, q: ME } });
      asked.push(answer.json<ShownExport>().id);
    }
    await server.kill();
    await server.start();
    for (const id of asked) {
      const job = await untilEnded(server, key, id);
      expect(job).toMatchObject({ state: "done", progress: { done: COUNT, total: COUNT } });
    }
    expect((await call(server, { path: done.file?.url ?? "", key })).bytes.equals(before)).toBe(true);
    const { exports } = (await call(server, { path: "/v1/exports", key })).json<{ exports: ShownExport[] }>();
    const theirs = (await call(server, { path: "/v1/exports", key: other })).json<{ exports: ShownExport[] }>().exports;
    const known = new Set([...exports, ...theirs].map(({ id }) => id));
    expect(readdirSync(join(server.dataDir, "exports")).filter((name) => !known.has(name))).toEqual([]);
    expect((await showExport(server, key, done.id)).state).toBe("done");
  });
});
