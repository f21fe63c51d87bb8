import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { type FakeCairn, startFakeCairn } from "@cairn/sdk/testing";
import { describe, expect, test } from "vitest";
import { runCli } from "../command/run-cli.ts";
import { captureIo } from "../testing/capture-io.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../testing/temporary-directory.ts";
import { importCommand } from "./import-command.ts";

const SAMPLES = new URL("../../testdata/cloudtrail/", import.meta.url);

async function setUp() {
  const fake = await startFakeCairn();
  const directory = await temporaryDirectory();
  return {
    fake,
    directory,
    async [Symbol.asyncDispose]() {
      await fake.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

async function run(
  { fake }: { readonly fake: FakeCairn },
  argv: readonly string[],
  options: Parameters<typeof captureIo>[0] = {},
) {
  const io = captureIo({ ...options, env: { CAIRN_URL: fake.url, CAIRN_KEY: fake.key, ...options.env } });
  const code = await runCli(["import", ...argv], [importCommand], io);
  return { code, out: io.out(), err: io.err() };
}

async function write(directory: TemporaryDirectory, name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(directory.file(name), content);
  return directory.file(name);
}

function lines(count: number, make: (i: number) => object = (i) => ({ action: "a.b", details: { i } })): string {
  return Array.from({ length: count }, (_, i) => `${JSON.stringify(make(i))}\n`).join("");
}

describe("cairn import", () => {
  test("a second import creates nothing, though no event has an id", async () => {
    await using it = await setUp();
    const path = await write(it.directory, "x.ndjson", lines(1_234));
    expect(await run(it, [path])).toEqual({
      code: 0,
      out: expect.stringMatching(/^1 file: 1234 recorded, 0 recorded before, 0 refused in /) as string,
      err: "",
    });
    const again = await run(it, [path, "--json"]);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.out)).toMatchObject({ created: 0, duplicate: 1_234, refused: 0 });
    expect(it.fake.events.length).toBe(1_234);
    expect(it.fake.events.every(({ id }) => /^sha256:[0-9a-f]{64}$/.test(id))).toBe(true);
  });

  test("equal lines are different events, the same ones each time", async () => {
    await using it = await setUp();
    const path = await write(
      it.directory,
      "x.ndjson",
      lines(50, () => ({ action: "a.b" })),
    );
    await run(it, [path]);
    expect(it.fake.events.length).toBe(50);
    await run(it, [path]);
    expect(it.fake.events.length).toBe(50);
  });

  test("CloudTrail files, plain and compressed", async () => {
    await using it = await setUp();
    const name = "218007301253_CloudTrail_us-east-1_20230710T1225Z_4iD2boYSOwmb6sWd.json";
    const plain = await readFile(new URL(name, SAMPLES));
    const paths = [
      await write(it.directory, "a.json", plain),
      await write(it.directory, "b.json.gz", gzipSync(plain)),
      await write(it.directory, "c.json.zst", zstdCompressSync(plain)),
    ];
    const { code, out } = await run(it, [...paths, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ files: 3, created: 12, duplicate: 24 });
    expect(it.fake.events[0]).toMatchObject({ source: "cloudtrail" });
  });

  test("a directory stands for its files, which share requests", async () => {
    await using it = await setUp();
    const { code, out } = await run(it, [fileURLToPath(SAMPLES), "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ files: 5, created: 285, refused: 0 });
    expect(it.fake.requests.length).toBe(1);
  });

  test("standard input", async () => {
    await using it = await setUp();
    const { code } = await run(it, ["-", "--source", "pipe"], { stdin: Buffer.from(lines(3)) });
    expect(code).toBe(0);
    expect(it.fake.events.map(({ source }) => source)).toEqual(["pipe", "pipe", "pipe"]);
  });

  test("errors name file and line, whoever found them; the rest goes in", async () => {
    await using it = await setUp();
    const text = '{"action":"a.b"}\n{"action":"NOT"}\n{broken\n\n{"action":"a.c","acton":1}\n{"action":"a.d"}\n';
    const path = await write(it.directory, "x.ndjson", text);
    const refusedPath = it.directory.file("refused.ndjson");
    const { code, err } = await run(it, [path, "--refused", refusedPath]);
    expect(code).toBe(1);
    expect(it.fake.events.map(({ action }) => action)).toEqual(["a.b", "a.d"]);
    expect(err.split("\n")).toEqual([
      expect.stringMatching(`^${path}:2: field_format: .* \\(at /action\\)$`),
      expect.stringMatching(`^${path}:3:2: json_invalid: `),
      expect.stringMatching(`^${path}:5: field_unknown: .* \\(at /acton\\)$`),
      "",
    ]);
    const kept = (await readFile(refusedPath, "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(kept).toMatchObject([
      { file: path, line: 2, code: "field_format", record: { action: "NOT" } },
      { file: path, line: 3, code: "json_invalid" },
      { file: path, line: 5, code: "field_unknown", pointer: "/acton" },
    ]);
  });

  test("only so many errors are shown, all are counted", async () => {
    await using it = await setUp();
    const path = await write(
      it.directory,
      "x.ndjson",
      lines(30, () => ({ action: "NO" })),
    );
    const { err, out } = await run(it, [path, "--max-errors", "5"]);
    expect(err.trimEnd().split("\n").length).toBe(6);
    expect(err).toContain("and 25 more");
    expect(out).toContain("30 refused");
  });

  test("a conflict is refused", async () => {
    await using it = await setUp();
    const path = await write(it.directory, "x.ndjson", '{"id":"1","action":"a.b"}\n{"id":"1","action":"a.c"}\n');
    const { code, err } = await run(it, [path]);
    expect(code).toBe(1);
    expect(err).toContain(":2: conflict: ");
  });

  test("goes on from where it was", async () => {
    await using it = await setUp();
    const path = await write(it.directory, "x.ndjson", lines(1_000));
    const state = it.directory.file("state.json");
    // Batch by batch, and the third fails for good.
    const argv = [path, "--resume", state, "--batch-events", "100", "--concurrency", "1", "--json"];
    it.fake.faults.push({ kind: "delay", delayMs: 0 }, { kind: "delay", delayMs: 0 }, { kind: "answer", status: 403 });
    const first = await run(it, argv);
    expect(first.code).toBe(1);
    expect(it.fake.events.length).toBe(200);
    const second = await run(it, argv);
    expect(second.code).toBe(0);
    expect(JSON.parse(second.out)).toMatchObject({ created: 800, duplicate: 0, skipped: 200 });
    const third = await run(it, argv);
    expect(JSON.parse(third.out)).toMatchObject({ created: 0, skipped: 1_000 });
    // Another file by the same name is begun anew.
    await write(
      it.directory,
      "x.ndjson",
      lines(5, (i) => ({ action: "new.one", details: i })),
    );
    expect(JSON.parse((await run(it, argv)).out)).toMatchObject({ created: 5, skipped: 0 });
  });

  test("lost answers and breaks on the way create nothing twice", async () => {
    await using it = await setUp();
    const path = await write(it.directory, "x.ndjson", lines(1_000));
    it.fake.faults.push({ kind: "drop_after" }, { kind: "drop_before" }, { kind: "answer", status: 503 });
    const { code, out } = await run(it, [path, "--batch-events", "100", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ created: 900, duplicate: 100, refused: 0 });
    expect(it.fake.events.length).toBe(1_000);
  });

  test("a server that is not there is exit code 3", async () => {
    await using directory = await temporaryDirectory();
    const path = await write(directory, "x.ndjson", lines(1));
    const io = captureIo({ env: { CAIRN_URL: "http://127.0.0.1:1", CAIRN_KEY: "k" } });
    expect(await runCli(["import", path], [importCommand], io)).toBe(3);
    expect(io.err()).toMatch(/^cairn: http:\/\/127\.0\.0\.1:1 cannot be reached: /);
  });

  test("compressed data that is cut short is said, and what came before it is in", async () => {
    await using it = await setUp();
    const whole = gzipSync(Buffer.from(lines(20_000)));
    const path = await write(it.directory, "x.ndjson.gz", whole.subarray(0, whole.length - 100));
    const { code, err } = await run(it, [path]);
    expect(code).toBe(1);
    expect(err).toMatch(/content_encoding_invalid: the compressed data is damaged or cut short/);
    expect(it.fake.events.length).toBeGreaterThan(0);
  });

  test("a progress bar on a terminal only", async () => {
    await using it = await setUp();
    const path = await write(it.directory, "x.ndjson", lines(2_000));
    expect((await run(it, [path])).err).toBe("");
    const { err } = await run(it, [path], { isTerminal: true });
    expect(err).toMatch(/\[[#-]{24}\] +\d+ % /);
    expect(err.endsWith("\r\u001b[2K")).toBe(true);
  });

  test.each([
    [[], /give at least one file/],
    [["/nonexistent/file"], /ENOENT/],
    [["x", "--format", "clodtrail"], /did you mean cloudtrail/],
    [["x", "--map", "column"], /not NAME=VALUE/],
    [["x", "--batch-events", "1001"], /at most 1000/],
    [["x", "--concurrency", "0"], /not a whole number from 1 up/],
    [["x", "--confurrency", "2"], /did you mean --concurrency/],
  ])("%j is a usage error", async (argv, message) => {
    await using it = await setUp();
    const { code, err } = await run(it, argv);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  test("URL and key are asked for", async () => {
    const io = captureIo();
    expect(await runCli(["import", "x"], [importCommand], io)).toBe(2);
    expect(io.err()).toContain("--url is missing");
  });
});
