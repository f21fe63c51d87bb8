import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type EmbeddedEngine,
  type EmbeddedEngineOptions,
  type EngineExit,
  startEmbeddedEngine,
} from "./embedded-engine.ts";
import { EngineLockedError } from "./errors.ts";
import { identifyProcess } from "./process-identity.ts";

// Engines that are stopped, killed and orphaned, as they are in real life.

const log = { level: ClickHouseLogLevel.OFF };
/** Polls long enough for a machine that is busy with other tests. */
const soon = { timeout: 20_000, interval: 50 };
let directory: string;
const engines: EmbeddedEngine[] = [];
const servers: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "cairn-life-"));
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.kill("SIGKILL");
  await Promise.all(engines.splice(0).map((engine) => engine.stop()));
  await rm(directory, { recursive: true, force: true });
});

async function start(options: Partial<EmbeddedEngineOptions> = {}): Promise<EmbeddedEngine> {
  const engine = await startEmbeddedEngine({ path: directory, niceness: 0, ...options });
  engines.push(engine);
  return engine;
}

/** Starts an engine under a server process of its own, and returns both process ids. */
async function startUnderServer(): Promise<{ serverPid: number; enginePid: number }> {
  const module = new URL("./embedded-engine.ts", import.meta.url).href;
  const program = `import { startEmbeddedEngine } from ${JSON.stringify(module)};
    const engine = await startEmbeddedEngine({ path: ${JSON.stringify(directory)} });
    console.log(engine.pid);`;
  const server = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  servers.push(server);
  const [line] = (await once(server.stdout, "data")) as [Buffer];
  return { serverPid: server.pid ?? 0, enginePid: Number(line.toString()) };
}

/** A dead process that nobody has collected yet still has its number. */
const isAlive = async (pid: number): Promise<boolean> => (await identifyProcess(pid)) !== undefined;

async function ask(engine: EmbeddedEngine, query: string): Promise<number> {
  const client = createClient({ ...engine.clientOptions(), log });
  try {
    const result = await client.query({ query: `SELECT toUInt32((${query})) AS n`, format: "JSONEachRow" });
    return (await result.json<{ n: number }>())[0]?.n ?? -1;
  } finally {
    await client.close();
  }
}

async function tell(engine: EmbeddedEngine, query: string, values?: Readable): Promise<void> {
  const client = createClient({ ...engine.clientOptions(), log });
  try {
    const { stream } = await client.exec(values === undefined ? { query } : { query, values });
    for await (const _ of stream);
  } finally {
    await client.close();
  }
}

const TABLE = "CREATE TABLE kept (a UInt64, s String) ENGINE = MergeTree ORDER BY a SETTINGS fsync_after_insert = 1";

describe("stop and start", () => {
  test("keeps the data, clears the run directory and leaves no process", async () => {
    const first = await start();
    await tell(first, TABLE);
    await tell(first, "INSERT INTO kept SELECT number, '' FROM numbers(1000)");
    const { pid = 0 } = first;
    await first.stop();
    expect(await isAlive(pid)).toBe(false);
    expect(first.pid).toBe(undefined);
    await expect(ask(first, "SELECT 1")).rejects.toThrow(/ENOENT|ECONNREFUSED/);
    await writeFile(join(directory, "run", "insert-99"), "left behind");
    const second = await start();
    expect(await ask(second, "SELECT count() FROM kept")).toBe(1000);
    expect(await readdir(join(directory, "run"))).not.toContain("insert-99");
    expect(second.connection.password).not.toBe(first.connection.password);
  });

  test("lets a statement under way finish", async () => {
    const engine = await start();
    await tell(engine, TABLE);
    const insert = tell(
      engine,
      "INSERT INTO kept SELECT number, toString(sleepEachRow(0.2)) FROM numbers(10) SETTINGS max_block_size = 1",
    );
    await expect
      .poll(() => ask(engine, "SELECT count() FROM system.processes WHERE query LIKE 'INSERT%'"), soon)
      .toBe(1);
    await engine.stop();
    await insert;
    expect(await ask(await start(), "SELECT count() FROM kept")).toBe(10);
  });
});

describe("death", () => {
  test("of the engine brings a new one at the same address", async () => {
    const engine = await start();
    await tell(engine, TABLE);
    const { pid = 0, url } = engine;
    const exited = new Promise<{ exit: EngineExit; failure: unknown }>((resolve) => {
      const off = engine.onExit((exit) => {
        off();
        ask(engine, "SELECT 1").catch((failure: unknown) => resolve({ exit, failure }));
      });
    });
    process.kill(pid, "SIGKILL");
    const { exit, failure } = await exited;
    expect(exit).toMatchObject({ signal: "SIGKILL", restartInMs: 100 });
    expect(String(failure)).toMatch(/ECONN|ENOENT|socket hang up/);
    await expect.poll(() => ask(engine, "SELECT count() FROM kept").catch(() => -1), soon).toBe(0);
    expect(engine.url).toBe(url);
    expect(engine.pid).not.toBe(pid);
  });

  test("over and over makes the waits longer, until it is stopped", async () => {
    const entry = join(directory, "short-lived.mjs");
    await writeFile(
      entry,
      'process.on("message", (m) => { process.send({ type: "ready", listen: m.listen }); setTimeout(() => process.exit(5), 20); });',
    );
    const engine = await start({ entry: pathToFileURL(entry) });
    const waits: number[] = [];
    const enough = new Promise<void>((resolve) => {
      engine.onExit(({ code, restartInMs }) => {
        expect(code).toBe(5);
        if (waits.push(restartInMs) === 3) resolve();
      });
    });
    await enough;
    expect(waits).toEqual([100, 200, 400]);
    await engine.stop();
    await delay(600);
    expect(waits).toHaveLength(3);
    expect(engine.pid).toBe(undefined);
  });

  test("in the middle of an insert leaves all or nothing of a block, and no file", async () => {
    const engine = await start({ listen: "loopback" });
    await tell(engine, TABLE);
    const rows = '{"a":1,"s":"some text that takes a while to parse"}\n'.repeat(2_000_000);
    const body = Readable.from([Buffer.from(rows)], { objectMode: false });
    const insert = tell(engine, "INSERT INTO kept FORMAT JSONEachRow", body).catch((error: unknown) => error);
    const spooledBytes = async () => (await stat(join(directory, "run", "insert-1")).catch(() => undefined))?.size ?? 0;
    await expect.poll(spooledBytes, { timeout: 20_000, interval: 5 }).toBe(rows.length);
    process.kill(engine.pid ?? 0, "SIGKILL");
    expect(await insert).toBeInstanceOf(Error);
    await expect.poll(() => ask(engine, "SELECT 1").catch(() => -1), soon).toBe(1);
    const kept = await ask(engine, "SELECT count() FROM kept");
    expect([0, 1_048_449, 2_000_000]).toContain(kept);
    expect((await readdir(join(directory, "run"))).filter((name) => name.startsWith("insert-"))).toEqual([]);
  });

  test("of the server takes the engine along", async () => {
    const { serverPid, enginePid } = await startUnderServer();
    expect(await isAlive(enginePid)).toBe(true);
    process.kill(serverPid, "SIGKILL");
    await expect.poll(() => isAlive(enginePid), soon).toBe(false);
    expect(await ask(await start(), "SELECT 1")).toBe(1);
  });

  test("of the server, with an engine that hangs, lets the next server take over", async () => {
    const { serverPid, enginePid } = await startUnderServer();
    process.kill(enginePid, "SIGSTOP");
    process.kill(serverPid, "SIGKILL");
    const next = await start({ lockGraceMs: 300 });
    expect(await ask(next, "SELECT 1")).toBe(1);
    expect(await isAlive(enginePid)).toBe(false);
  });
});

describe("a directory in use", () => {
  test("is refused while its server lives", async () => {
    const { serverPid, enginePid } = await startUnderServer();
    const refused = start({ lockGraceMs: 100 });
    await expect(refused).rejects.toThrow(EngineLockedError);
    await expect(refused).rejects.toThrow(new RegExp(`process ${enginePid} of the running server ${serverPid}`));
    expect(await isAlive(enginePid)).toBe(true);
  });

  test("is refused by the engine's own lock when the record is lost", async () => {
    await startUnderServer();
    await rm(join(directory, "engine.pid"));
    await expect(start()).rejects.toThrow(/Another server instance in same directory is already running/);
    expect(await readFile(join(directory, "engine.xml"), "utf8")).toContain("max_server_memory_usage");
  });
});
