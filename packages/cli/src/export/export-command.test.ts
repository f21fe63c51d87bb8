import { createHash } from "node:crypto";
import { readdir, readFile, symlink, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { type FakeCairnOptions, type FakeRequest, startFakeCairn } from "@cairn/sdk/testing";
import { describe, expect, test } from "vitest";
import { runCli } from "../command/run-cli.ts";
import { buildBundle } from "../testing/build-bundle.ts";
import { captureIo } from "../testing/capture-io.ts";
import { packTar, tarHeader } from "../testing/memory-files.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { verifyCommand } from "../verify/verify-command.ts";
import { exportCommand } from "./export-command.ts";

/** A server that makes one file. */
async function setUp(
  file: { readonly name: string; readonly bytes: Uint8Array; readonly sha256?: string },
  options: { readonly serve?: (request: FakeRequest, response: ServerResponse, serve: () => void) => void } = {},
) {
  const bytes = Buffer.from(file.bytes);
  const sha256 = file.sha256 ?? createHash("sha256").update(bytes).digest("hex");
  const job = { id: "j1", state: "queued", progress: { done: 0, total: 9 }, file: null, as_of: {}, expires_at: "x" };
  const done = {
    ...job,
    state: "done",
    file: { name: file.name, bytes: bytes.length, sha256, url: "/v1/exports/j1/file" },
  };
  const requests: FakeRequest[] = [];
  let polls = 0;
  const routes: FakeCairnOptions["routes"] = {
    "POST /v1/exports"(request, response) {
      requests.push(request);
      response.writeHead(202).end(JSON.stringify(job));
    },
    "GET /v1/exports/j1"(_, response) {
      response.end(JSON.stringify(polls++ === 0 ? { ...job, state: "running" } : done));
    },
    "GET /v1/exports/j1/file"(request, response) {
      requests.push(request);
      const serve = () => {
        const start = Number(/^bytes=(\d+)-$/.exec(String(request.headers.range))?.[1] ?? 0);
        const range = { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
        response.writeHead(start === 0 ? 200 : 206, { etag: '"1"', ...(start === 0 ? {} : range) });
        response.end(bytes.subarray(start));
      };
      if (options.serve === undefined) serve();
      else options.serve(request, response, serve);
    },
  };
  const fake = await startFakeCairn({ routes });
  const directory = await temporaryDirectory();
  return {
    requests,
    out: directory.file("out"),
    directory,
    async run(argv: readonly string[]) {
      const io = captureIo({ env: { CAIRN_URL: fake.url, CAIRN_KEY: fake.key, CAIRN_OUT: directory.file("out") } });
      const code = await runCli(["export", ...argv], [exportCommand], io);
      return { code, out: io.out(), err: io.err() };
    },
    async [Symbol.asyncDispose]() {
      await fake.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

const TABLE = Buffer.from("id,action\n1,a.b\n".repeat(20_000));

describe("cairn export", () => {
  test("waits for the job and fetches its file", async () => {
    await using it = await setUp({ name: "AuditLogs_20260304_050607.csv", bytes: TABLE });
    const { code, out } = await it.run([
      "--q",
      "action:a.b",
      "--columns",
      "id, action",
      "--from",
      "2026-01-01T00:00:00Z",
      "--json",
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ id: "j1", bytes: TABLE.length, files: 1 });
    expect(await readFile(`${it.out}/AuditLogs_20260304_050607.csv`)).toEqual(TABLE);
    expect(await readdir(it.out)).toEqual(["AuditLogs_20260304_050607.csv"]);
    expect(JSON.parse(it.requests[0]?.body.toString() ?? "")).toEqual({
      q: "action:a.b",
      from: "2026-01-01T00:00:00Z",
      format: "csv",
      columns: ["id", "action"],
    });
  });

  test("goes on where a break left off", async () => {
    let breaks = 0;
    await using it = await setUp(
      { name: "x.csv", bytes: TABLE },
      {
        serve(_, response, serve) {
          if (breaks++ >= 2) return serve();
          const start = breaks === 1 ? 0 : 100_000;
          response.writeHead(breaks === 1 ? 200 : 206, {
            etag: '"1"',
            "content-length": TABLE.length - start,
            ...(breaks === 1 ? {} : { "content-range": `bytes ${start}-x/x` }),
          });
          response.write(TABLE.subarray(start, start + 100_000), () => setTimeout(() => response.destroy(), 20));
        },
      },
    );
    expect((await it.run([])).code).toBe(0);
    expect(await readFile(`${it.out}/x.csv`)).toEqual(TABLE);
    const ranges = it.requests.slice(1).map(({ headers }) => [headers.range, headers["if-range"]]);
    expect(ranges).toEqual([
      [undefined, undefined],
      ["bytes=100000-", '"1"'],
      ["bytes=200000-", '"1"'],
    ]);
  });

  test("a later run goes on with --job", async () => {
    await using it = await setUp({ name: "x.csv", bytes: TABLE });
    const { mkdir } = await import("node:fs/promises");
    await mkdir(it.out);
    await writeFile(`${it.out}/x.csv.part`, TABLE.subarray(0, 1_000));
    expect((await it.run(["--job", "j1"])).code).toBe(0);
    expect(await readFile(`${it.out}/x.csv`)).toEqual(TABLE);
    expect(it.requests.map(({ method, headers }) => [method, headers.range])).toEqual([["GET", "bytes=1000-"]]);
  });

  test("a file with another digest is not passed off as the export", async () => {
    await using it = await setUp({ name: "x.csv", bytes: TABLE, sha256: "00".repeat(32) });
    const { code, err } = await it.run([]);
    expect(code).toBe(1);
    expect(err).toContain("has not the digest");
    expect(await readdir(it.out)).toEqual(["x.csv.damaged"]);
  });

  test("an empty file is a file", async () => {
    await using it = await setUp({ name: "x.csv", bytes: Buffer.alloc(0) });
    expect((await it.run([])).code).toBe(0);
    expect(await readFile(`${it.out}/x.csv`, "utf8")).toBe("");
  });

  test.each(["../../evil.csv", "..\\evil.csv", "/tmp/evil.csv"])(
    "the server's name %j is only a name",
    async (name) => {
      await using it = await setUp({ name, bytes: TABLE });
      expect((await it.run([])).code).toBe(0);
      expect(await readdir(it.out)).toEqual(["evil.csv"]);
    },
  );

  test.each(["", ".", "..", ".bashrc", "a/"])("the server's name %j is refused or made plain", async (name) => {
    await using it = await setUp({ name, bytes: TABLE });
    const { code } = await it.run([]);
    expect([0, 1]).toContain(code);
    expect(await readdir(it.directory.path)).toEqual(["out"]);
    expect((await readdir(it.out)).filter((file) => file.startsWith("."))).toEqual([]);
  });

  test("evidence is unpacked, and verifies", async () => {
    const bundle = buildBundle({ kind: "full", size: 10, chosen: [1] });
    for (const files of [
      bundle.files,
      new Map([...bundle.files].map(([path, bytes]) => [`evidence-1/${path}`, bytes])),
    ]) {
      await using it = await setUp({ name: "evidence.tar", bytes: packTar(files) });
      const { code, out } = await it.run(["--evidence", "--compact", "--q", "x"]);
      expect(code).toBe(0);
      expect(out).toContain(`${bundle.files.size} files of evidence.tar`);
      expect(JSON.parse(it.requests[0]?.body.toString() ?? "")).toEqual({ q: "x", format: "evidence", compact: true });
      const io = captureIo();
      const keys = [bundle.eventLog.vkey, bundle.controlLog.vkey].flatMap((vkey) => ["--key", vkey]);
      expect(await runCli(["verify", it.out, ...keys], [verifyCommand], io)).toBe(0);
    }
  });

  test.each([
    ["a path that leads out", [tarHeader({ path: "../evil", size: 0, type: "0" })]],
    ["a link", [tarHeader({ path: "a", size: 0, type: "2" })]],
    ["a file twice", [tarHeader({ path: "a", size: 0, type: "0" }), tarHeader({ path: "a", size: 0, type: "0" })]],
  ])("evidence with %s is refused before anything is unpacked", async (_, blocks) => {
    const archive = Buffer.concat([tarHeader({ path: "good", size: 0, type: "0" }), ...blocks, Buffer.alloc(1_024)]);
    await using it = await setUp({ name: "evidence.tar", bytes: archive });
    expect((await it.run(["--evidence"])).code).toBe(1);
    expect(await readdir(it.out)).toEqual(["evidence.tar"]);
    expect(await readdir(it.directory.path)).toEqual(["out"]);
  });

  test("evidence goes into an empty directory only", async () => {
    await using it = await setUp({ name: "evidence.tar", bytes: TABLE });
    const { mkdir } = await import("node:fs/promises");
    await mkdir(it.out);
    await symlink("/etc/passwd", `${it.out}/manifest.json`);
    const { code, err } = await it.run(["--evidence"]);
    expect(code).toBe(2);
    expect(err).toContain("is not empty");
    expect(it.requests).toEqual([]);
  });

  test.each([
    [["--format", "cvs"], /did you mean csv/],
    [["--compact"], /goes with --evidence/],
    [["--evidence", "--format", "csv"], /does not go with/],
    [["action:x"], /goes behind --q/],
  ])("%j is a usage error", async (argv, message) => {
    await using it = await setUp({ name: "x", bytes: TABLE });
    const { code, err } = await it.run(argv);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});
