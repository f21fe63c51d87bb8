import {
  appendFileSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, errorOf } from "../api/support/call.ts";
import { type SourceServer, startSourceServer } from "./support/server.ts";
import { logged, makeSource, rejects, sample, showSource, until } from "./support/sources.ts";

let root: string;
let server: SourceServer;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "cairn-watched-"));
  server = await startSourceServer({ CAIRN_WATCH_DIR: root });
});
afterAll(async () => {
  await server.remove();
  rmSync(root, { recursive: true, force: true });
});

let tenants = 0;

/** A tenant of its own with a directory of its own and a source that watches it. */
async function watching(settings: object, prepare: (directory: string) => void = () => undefined) {
  const tenant = `folder-${++tenants}`;
  const key = await server.createKey(tenant);
  const directory = join(root, "default", tenant);
  mkdirSync(directory, { recursive: true });
  prepare(directory);
  const body = { kind: "folder", name: "files", settings: { interval_seconds: 1, settle_seconds: 1, ...settings } };
  const source = await makeSource(server, key, body);
  return {
    ...{ tenant, key, directory, id: source.id, source },
    at: (name: string) => join(directory, name),
    counts: (wanted: Readonly<Record<string, number>>) =>
      until(
        async () => (await showSource(server, key, source.id)).counts,
        (found) => Object.entries(wanted).every(([name, count]) => found[name] === count),
      ),
  };
}

const event = (n: number) => `${JSON.stringify({ action: "line.written", occurred_at: timeOf(n), details: { n } })}\n`;
const timeOf = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString();
const events = (count: number, from = 0) => Array.from({ length: count }, (_, i) => event(from + i)).join("");
const numbers = async (key: string) => (await logged(server, key)).map(({ details }) => (details as { n: number }).n);
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);
/** Longer than two looks and the time that a file has to stand still. */
const AWHILE_MS = 3_500;

describe("files of lines", () => {
  test("are followed as they grow; half a line waits for its other half", async () => {
    const { key, at, counts, source } = await watching({ format: "cairn", pattern: "*.ndjson" }, (directory) =>
      writeFileSync(join(directory, "a.ndjson"), events(3)),
    );
    expect(source).toMatchObject({ arrives: "folder", url: null });
    await counts({ created: 3 });
    const [half, rest] = [event(3).slice(0, 30), event(3).slice(30)];
    appendFileSync(at("a.ndjson"), half);
    writeFileSync(at("other.txt"), "no event\n");
    await delay(AWHILE_MS);
    expect((await showSource(server, key, source.id)).counts).toMatchObject({ received: 3 });
    appendFileSync(at("a.ndjson"), rest + event(4));
    await counts({ received: 5, created: 5 });
    // A last line that is whole needs no end once the file stands still.
    appendFileSync(at("a.ndjson"), event(5).trimEnd());
    await counts({ created: 6 });
    appendFileSync(at("a.ndjson"), `\n${event(6)}`);
    await counts({ received: 7, created: 7 });
    expect(await numbers(key)).toEqual(upTo(7));
  });

  test("a last line of which nobody can tell whether it is whole is said to wait", async () => {
    const { key, id, at, counts } = await watching({ format: "declarative", preset: "http" }, (directory) =>
      writeFileSync(join(directory, "access.log"), sample("presets/combined.log").trimEnd()),
    );
    const lines = sample("presets/combined.log").trimEnd().split("\n").length;
    await counts({ received: lines - 1 });
    const { warnings } = await until(
      () => showSource(server, key, id),
      (shown) => shown.warnings.length > 0,
    );
    expect(warnings).toEqual(["access.log: the last line has no end; it is read once it has one"]);
    appendFileSync(at("access.log"), "\n");
    await counts({ received: lines });
    await until(
      () => showSource(server, key, id),
      (shown) => shown.warnings.length === 0,
    );
  });

  test("renamed and begun anew, also away from the pattern, nothing is lost or read twice", async () => {
    const { key, at, counts } = await watching({ format: "cairn", pattern: "app.log" });
    writeFileSync(at("app.log"), events(10));
    await counts({ created: 10 });
    appendFileSync(at("app.log"), events(5, 10));
    renameSync(at("app.log"), at("app.log.1"));
    appendFileSync(at("app.log.1"), events(5, 15));
    writeFileSync(at("app.log"), events(10, 20));
    await counts({ received: 30, created: 30 });
    expect((await numbers(key)).toSorted((a, b) => a - b)).toEqual(upTo(30));
  });

  test("copied and cut to nothing: the copy is known, the new beginning is read", async () => {
    const { key, at, counts } = await watching({ format: "cairn", pattern: "app.log*" });
    writeFileSync(at("app.log"), events(10));
    await counts({ created: 10 });
    appendFileSync(at("app.log"), events(5, 10));
    copyFileSync(at("app.log"), at("app.log.1"));
    truncateSync(at("app.log"));
    appendFileSync(at("app.log"), events(3, 15));
    await counts({ created: 18 });
    // The writer kept its place: what it writes stands behind a hole.
    truncateSync(at("app.log"));
    truncateSync(at("app.log"), 5_000);
    appendFileSync(at("app.log"), events(2, 18));
    const counted = await counts({ created: 20 });
    expect(counted).toMatchObject({ rejected: 0, conflict: 0 });
    expect((await numbers(key)).toSorted((a, b) => a - b)).toEqual(upTo(20));
  });

  test("a file in the place of another is a new one, even when it begins alike", async () => {
    const { key, at, counts } = await watching({ format: "cairn", pattern: "report.ndjson" });
    writeFileSync(at("report.ndjson"), events(5));
    await counts({ created: 5 });
    // Written over, longer than before: the first line is the same.
    writeFileSync(at("report.ndjson"), event(0) + events(9, 100));
    await counts({ created: 14 });
    writeFileSync(at("next"), event(0) + events(3, 200));
    renameSync(at("next"), at("report.ndjson"));
    await counts({ created: 17 });
    expect(new Set(await numbers(key)).size).toBe(17);
  });

  test("bad lines are kept with their file and line, and their neighbours go in", async () => {
    const bad = ["{no json", '{"action": 7}', "[1]", "x".repeat(1_200_000), '{"action": "fine.again"}'];
    const { key, id, counts } = await watching({ format: "cairn" }, (directory) =>
      writeFileSync(join(directory, "a\u202e\n.ndjson"), `${events(2)}${bad.join("\n")}\n${event(2)}`),
    );
    await counts({ received: 8, created: 4, rejected: 4 });
    const kept = await rejects(server, key, id, 4);
    const places = kept.map(({ error }) => [error.line, error.file, error.code]);
    expect(places.toSorted((a, b) => Number(a[0]) - Number(b[0]))).toEqual([
      [3, "a\ufffd\ufffd.ndjson", "json_invalid"],
      [4, "a\ufffd\ufffd.ndjson", "field_type"],
      [5, "a\ufffd\ufffd.ndjson", "not_an_object"],
      [6, "a\ufffd\ufffd.ndjson", "too_large"],
    ]);
  });

  test("CSV rows with line ends in quotes are followed across reads, below the header that came first", async () => {
    const header = sample("presets/ehr.csv").split("\n", 1)[0] ?? "";
    const columns = header.split(",");
    const row = (n: number) =>
      columns
        .map((name) => {
          if (name === "access_time") return `2026-01-02 03:04:${String(n).padStart(2, "0")}`;
          return name === "reason" ? `"line one of ${n}\nand ""two"", too"` : `${name} ${n}`;
        })
        .join(",");
    const { key, at, counts } = await watching({ format: "declarative", preset: "ehr", zone: "UTC" });
    writeFileSync(at("ehr.csv"), `${header}\r\n${row(1)}\r\n`);
    await counts({ created: 1 });
    const second = row(2);
    const cut = second.indexOf("\n") + 1;
    appendFileSync(at("ehr.csv"), second.slice(0, cut));
    await delay(AWHILE_MS);
    appendFileSync(at("ehr.csv"), `${second.slice(cut)}\r\n${row(3)},one too many\r\n${row(4)}\r\n`);
    await counts({ received: 4, created: 3, rejected: 1 });
    // Another file begins with the same header and row: what differs is another event.
    writeFileSync(at("ehr-2.csv"), `${header}\n${row(1).replace("line one", "line uno")}\n`);
    await counts({ created: 4 });
    const texts = JSON.stringify(await logged(server, key));
    for (const n of [1, 2, 4]) expect(texts).toContain(`of ${n}\\nand \\"two\\", too`);
  });

  test("lines that say no time are events of their file; those that do are known in a copy", async () => {
    const { at, counts } = await watching({ format: "cairn" });
    writeFileSync(at("1"), `{"action": "backup.done"}\n${event(1)}`);
    await counts({ created: 2 });
    writeFileSync(at("2"), `{"action": "backup.done"}\n${event(1)}`);
    await counts({ received: 4, created: 3, duplicate: 1 });
  });

  test("syslog messages stand on lines, too", async () => {
    const { key, counts } = await watching({ format: "syslog", zone: "Europe/Zurich" }, (directory) =>
      writeFileSync(join(directory, "messages"), sample("syslog/messages.txt")),
    );
    await counts({ created: sample("syslog/messages.txt").trim().split("\n").length });
    expect((await logged(server, key))[2]?.action).toBe("syslog.sshd");
  });
});

describe("files that are read as a whole", () => {
  test("are taken once they stand still: documents, packed or not, and audit messages", async () => {
    const records = JSON.parse(sample("cloudtrail/api-calls.json")) as { Records: object[] };
    const { at, counts, id, key } = await watching({ format: "cloudtrail" });
    const text = JSON.stringify(records, null, 2);
    writeFileSync(at("trail.json"), text.slice(0, 200));
    await delay(500);
    appendFileSync(at("trail.json"), text.slice(200));
    await counts({ created: records.Records.length, rejected: 0 });
    writeFileSync(at("trail.json.gz"), gzipSync(text));
    await counts({ duplicate: records.Records.length });
    writeFileSync(at("broken.gz"), gzipSync(text).subarray(0, 100));
    await counts({ rejected: 1 });
    expect((await rejects(server, key, id))[0]?.error).toMatchObject({ file: "broken.gz", code: "line_invalid" });
  });

  test("a packed log is what it was before it was packed", async () => {
    const { at, counts } = await watching({ format: "cairn", pattern: "app.log*" });
    writeFileSync(at("app.log"), events(10));
    await counts({ created: 10 });
    writeFileSync(at("app.log.2.gz"), gzipSync(events(10) + event(10).trimEnd()));
    await counts({ received: 21, created: 11, duplicate: 10 });
  });

  test("audit messages in XML, one a file", async () => {
    const { counts } = await watching({ format: "dicom", pattern: "*.xml" }, (directory) => {
      for (const name of ["start", "stop", "pdq"])
        writeFileSync(join(directory, `${name}.xml`), sample(`dicom-atna/${name}.xml`));
    });
    await counts({ received: 3, created: 3 });
  });
});

describe("a folder", () => {
  test("is the tenant's own: nothing leads out of it", async () => {
    const secret = join(root, "secret.ndjson");
    writeFileSync(secret, event(1));
    const { key, directory, counts, tenant } = await watching({ format: "cairn", path: "in" }, (own) => {
      mkdirSync(join(own, "in"));
      symlinkSync(secret, join(own, "in", "link.ndjson"));
      symlinkSync(root, join(own, "out"));
      writeFileSync(join(own, "in", "own.ndjson"), event(2));
    });
    await counts({ received: 1, created: 1 });
    for (const path of ["../other", "in/../../other", "/etc", "./in", "..", "a//b"]) {
      const settings = { format: "cairn", path };
      const answer = await call(server, { path: "/v1/sources", key, body: { kind: "folder", name: "x", settings } });
      expect([path, answer.status]).toEqual([path, 400]);
    }
    const away = await makeSource(server, key, {
      ...{ kind: "folder", name: "away" },
      settings: { format: "cairn", path: "out", interval_seconds: 1 },
    });
    const { problem } = await until(
      () => showSource(server, key, away.id),
      (shown) => shown.problem !== null,
    );
    expect(problem?.message).toBe("the folder leads out of the tenant's own");
    // Neither does another project's tenant of the same name see it.
    const other = await server.createKey(tenant, "elsewhere");
    const theirs = await makeSource(server, other, {
      ...{ kind: "folder", name: "same name" },
      settings: { format: "cairn", path: "in", interval_seconds: 1 },
    });
    const shown = await until(
      () => showSource(server, other, theirs.id),
      (found) => found.problem !== null,
    );
    expect(shown.problem?.message).toBe(`the directory elsewhere/${tenant} is not there`);
    expect(JSON.stringify(shown)).not.toContain(directory);
  });

  test("that goes away is a problem, and goes on when it is back", async () => {
    const { key, id, directory, at, counts } = await watching({ format: "cairn" });
    writeFileSync(at("a"), events(3));
    await counts({ created: 3 });
    renameSync(directory, `${directory}-away`);
    await until(
      () => showSource(server, key, id),
      (shown) => shown.problem !== null,
    );
    appendFileSync(join(`${directory}-away`, "a"), events(2, 3));
    renameSync(`${directory}-away`, directory);
    await counts({ received: 5, created: 5 });
    expect((await showSource(server, key, id)).problem).toBeNull();
  });

  test("with names that are no text, links, directories and thousands of files", async () => {
    const count = 3_000;
    const { key, counts } = await watching({ format: "cairn" }, (directory) => {
      for (let n = 0; n < count; n++) writeFileSync(join(directory, `f${n}`), event(n));
      writeFileSync(Buffer.concat([Buffer.from(`${directory}/`), Buffer.from([0xff, 0xfe, 0x0a])]), event(count));
      mkdirSync(join(directory, "directory"));
      linkSync(join(directory, "f0"), join(directory, "hard-link"));
      symlinkSync(join(directory, "nowhere"), join(directory, "dangling"));
    });
    await counts({ received: count + 1, created: count + 1 });
    expect((await numbers(key)).toSorted((a, b) => a - b)).toEqual(upTo(count + 1));
  });

  test("is looked at without recording when it is tried", async () => {
    const { key, id, at, counts } = await watching({ format: "cairn" });
    await call(server, { method: "PATCH", path: `/v1/sources/${id}`, key, body: { enabled: false } });
    writeFileSync(at("a"), `${events(3)}no event\n`);
    writeFileSync(at("b"), `[${events(2, 3).trim().replaceAll("\n", ",")}]`);
    const tried = await call(server, { path: `/v1/sources/${id}/test`, key, body: {} });
    expect(tried.json()).toMatchObject({ ok: false, count: 5, refused: 1 });
    await call(server, { method: "PATCH", path: `/v1/sources/${id}`, key, body: { enabled: true } });
    await counts({ received: 6, created: 5, rejected: 1 });
  });

  test("two definitions, or one where it means nothing, are refused", async () => {
    const key = await server.createKey("refused");
    for (const settings of [
      { format: "declarative" },
      { format: "cairn", preset: "ehr" },
      { format: "nothing" },
      { format: "cairn", pattern: "a/b" },
    ]) {
      const answer = await call(server, { path: "/v1/sources", key, body: { kind: "folder", name: "x", settings } });
      expect(errorOf(answer)).toMatchObject({ status: 400, error: { code: "parameter_invalid" } });
    }
  });
});

test("a file of long ago is read like one of today", async () => {
  const { counts, key } = await watching({ format: "cairn" }, (directory) => {
    writeFileSync(join(directory, "old"), events(2));
    utimesSync(join(directory, "old"), 1, 1);
    expect(readFileSync(join(directory, "old")).length).toBeGreaterThan(0);
  });
  await counts({ created: 2 });
  expect(await numbers(key)).toEqual([0, 1]);
});
