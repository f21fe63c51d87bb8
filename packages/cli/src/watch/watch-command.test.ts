import { readdir, readFile, writeFile } from "node:fs/promises";
import { type FakeCairnOptions, startFakeCairn } from "@cairn/sdk/testing";
import { describe, expect, test } from "vitest";
import { runCli } from "../command/run-cli.ts";
import { commitEvent } from "../testing/build-events.ts";
import { buildLog, type Files, type TestLog } from "../testing/build-log.ts";
import { captureIo } from "../testing/capture-io.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { watchCommand } from "./watch-command.ts";

const ORIGIN = "cairn-test/l0g";
const ENTRIES = Array.from({ length: 700 }, (_, sequence) => commitEvent(sequence, ORIGIN).entry);

/** A server whose log a test can replace. */
async function setUp() {
  const controlLog = buildLog(`${ORIGIN}/control`, ENTRIES.slice(0, 3));
  const state: { log: TestLog; files: Files; control: Files; origin: string } = {
    log: buildLog(ORIGIN, ENTRIES.slice(0, 300)),
    files: new Map(),
    control: controlLog.files(),
    origin: ORIGIN,
  };
  const serve = (log: TestLog) => {
    state.log = log;
    state.files = log.files();
  };
  serve(state.log);
  const routes: FakeCairnOptions["routes"] = {
    "GET /v1/tenant"(_, response) {
      const log = {
        id: "l0g",
        origin: state.origin,
        vkey: state.log.vkey,
        control_vkey: controlLog.vkey,
        ledger: 1,
        size: 1,
        checkpoint_size: 1,
      };
      response.end(JSON.stringify({ tenant: "t", project: "p", log }));
    },
    "GET /log/l0g/"(request, response) {
      const path = request.url.pathname.slice("/log/l0g/".length);
      const bytes = path.startsWith("control/")
        ? state.control.get(path.slice("control/".length))
        : state.files.get(path);
      if (bytes === undefined) response.writeHead(404).end('{"error":{"code":"not_found","message":"no"}}');
      else response.end(bytes);
    },
  };
  const fake = await startFakeCairn({ routes });
  const directory = await temporaryDirectory();
  return {
    state,
    serve,
    fake,
    controlLog,
    directory,
    async run(argv: readonly string[] = []) {
      const io = captureIo({ env: { CAIRN_URL: fake.url, CAIRN_KEY: fake.key } });
      const code = await runCli(["watch", "--out", directory.path, "--once", ...argv], [watchCommand], io);
      return { code, out: io.out(), err: io.err() };
    },
    async [Symbol.asyncDispose]() {
      await fake.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

const grown = (size: number) => buildLog(ORIGIN, ENTRIES.slice(0, size));

describe("cairn watch", () => {
  test("keeps checkpoints of both logs, and a policy that verify takes", async () => {
    await using it = await setUp();
    const first = await it.run();
    expect(first.code).toBe(0);
    expect(first.err).toContain(it.state.log.vkey);
    it.serve(grown(512));
    expect((await it.run()).out).toContain("512 entries, consistent with 1 kept checkpoints");
    it.serve(grown(700));
    const third = await it.run(["--json"]);
    expect(third.code).toBe(0);
    expect(third.err).toBe("");
    const sightings = third.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(sightings).toMatchObject([
      { origin: ORIGIN, kind: "grown", size: 700, compared: 2 },
      { origin: `${ORIGIN}/control`, kind: "unchanged", size: 3 },
    ]);
    expect((await readdir(it.directory.file("cairn-test-l0g"))).sort()).toEqual([
      "checkpoint.300",
      "checkpoint.512",
      "checkpoint.700",
    ]);
    expect(await readFile(it.directory.file("policy.txt"), "utf8")).toBe(
      `log ${it.state.log.vkey}\nlog ${it.controlLog.vkey}\nquorum none\n`,
    );
  });

  test("a rollback is exit code 4, and what was served is kept as proof", async () => {
    await using it = await setUp();
    await it.run();
    it.serve(grown(200));
    const { code, out } = await it.run();
    expect(code).toBe(4);
    expect(out).toMatch(/TAMPERED \(rollback\): the log has 200 entries, it had 300 in .*checkpoint\.300/);
    const names = await readdir(it.directory.file("cairn-test-l0g"));
    const accusation = names.find((name) => name.startsWith("contradiction."));
    expect(await readFile(it.directory.file(`cairn-test-l0g/${accusation}`))).toEqual(it.state.files.get("checkpoint"));
  });

  test.each([300, 301, 700])("a rewritten history of %i entries is a fork", async (size) => {
    await using it = await setUp();
    await it.run();
    const entries = ENTRIES.slice(0, size).map((entry) => Buffer.from(entry));
    entries[17]?.writeUInt8(0xff, 30);
    it.serve(buildLog(ORIGIN, entries));
    const { code, out } = await it.run();
    expect(code).toBe(4);
    expect(out).toContain("TAMPERED (fork)");
  });

  test("tiles of the old history under a new checkpoint do not help", async () => {
    await using it = await setUp();
    await it.run();
    const entries = ENTRIES.slice(0, 700).map((entry) => Buffer.from(entry));
    entries[17]?.writeUInt8(0xff, 30);
    const forked = buildLog(ORIGIN, entries);
    it.serve(grown(700));
    it.state.files.set("checkpoint", forked.checkpoint(700));
    expect((await it.run()).code).toBe(4);
  });

  test("a checkpoint signed by another key is not believed, whatever the server says of its keys", async () => {
    await using it = await setUp();
    await it.run();
    it.serve(buildLog(ORIGIN, ENTRIES.slice(0, 400), 2));
    const { code, out } = await it.run();
    expect(code).toBe(4);
    expect(out).toContain("TAMPERED (signature)");
  });

  test("a log that is gone, or that hides its tiles, is noticed", async () => {
    await using it = await setUp();
    await it.run();
    it.state.files = new Map();
    expect((await it.run()).out).toContain("TAMPERED (rollback)");
    it.serve(grown(700));
    for (const path of [...it.state.files.keys()]) if (path.startsWith("tile/0/")) it.state.files.delete(path);
    expect((await it.run()).out).toContain("TAMPERED (unproven)");
  });

  test("a rewritten control log is noticed", async () => {
    await using it = await setUp();
    await it.run();
    it.state.control = buildLog(`${ORIGIN}/control`, ENTRIES.slice(1, 5)).files();
    const { code, out } = await it.run();
    expect(code).toBe(4);
    expect(out).toContain(`${ORIGIN}/control: TAMPERED (fork)`);
  });

  test("another log in its place is noticed", async () => {
    await using it = await setUp();
    await it.run();
    it.state.origin = `${ORIGIN}/e2`;
    const { code, out } = await it.run();
    expect(code).toBe(4);
    expect(out).toContain("another log than the one that is watched");
  });

  test("keys can be given from the start", async () => {
    await using it = await setUp();
    const wrong = buildLog(ORIGIN, [], 2).vkey;
    expect((await it.run(["--vkey", wrong])).code).toBe(4);
    await using again = await setUp();
    const right = ["--vkey", again.state.log.vkey, "--vkey", again.controlLog.vkey];
    expect(await again.run(right)).toMatchObject({ code: 0, err: "" });
    expect((await again.run(["--vkey", "nonsense"])).code).toBe(2);
  });

  test("a kept checkpoint that somebody has changed is said, not overlooked", async () => {
    await using it = await setUp();
    await it.run();
    await writeFile(it.directory.file("cairn-test-l0g/checkpoint.300"), "rubbish");
    const { code, err } = await it.run();
    expect(code).toBe(1);
    expect(err).toContain("is damaged");
  });

  test("a server that is away is exit code 3 with --once, and waited for without", async () => {
    await using it = await setUp();
    await it.run();
    await it.fake.close();
    expect((await it.run()).code).toBe(3);
    const io = captureIo({ env: { CAIRN_URL: it.fake.url, CAIRN_KEY: it.fake.key } });
    const ended = runCli(["watch", "--out", it.directory.path, "--interval", "1"], [watchCommand], io);
    await expect.poll(io.err, { timeout: 10_000 }).toContain("trying again later");
    io.abort();
    expect(await ended).toBe(0);
  });
});
