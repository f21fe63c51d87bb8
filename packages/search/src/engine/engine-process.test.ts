import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchEngine } from "./engine-process.ts";
import { EngineLockedError, EngineStartError, EngineUnavailableError } from "./errors.ts";
import { resolveEngineLimits } from "./limits.ts";
import { loadChdb } from "./load-chdb.ts";
import type { StartMessage } from "./messages.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cairn-launch-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const start: StartMessage = {
  type: "start",
  directory: "/nowhere",
  listen: { kind: "loopback", port: 0 },
  password: "secret",
  limits: resolveEngineLimits(),
  niceness: 0,
  lockGraceMs: 0,
  owner: { pid: 2, startTime: "" },
};

/** Starts a small program in place of the engine. */
async function launch(program: string, startTimeoutMs = 10_000) {
  const file = join(directory, `host-${Math.random().toString(36).slice(2)}.mjs`);
  await writeFile(file, program);
  const lines: string[] = [];
  const running = await launchEngine({
    entry: pathToFileURL(file),
    start,
    startTimeoutMs,
    onLog: (line) => lines.push(line),
  });
  return { running, lines };
}

const answering = (message: string) =>
  `process.on("message", (m) => { if (m.type === "start") process.send(${message}); });`;

describe("launchEngine", () => {
  test("waits for the first word and stops in order", async () => {
    const { running } = await launch(
      `${answering('{ type: "ready", listen: m.listen }')} process.on("message", (m) => m.type === "stop" && process.exit(3));`,
    );
    expect(running.listen).toEqual(start.listen);
    expect(await running.stop({ timeoutMs: 10_000 })).toEqual({ code: 3, signal: null });
  });

  test("ends a process that does not stop", async () => {
    const { running } = await launch(answering('{ type: "ready", listen: m.listen }'));
    expect(await running.stop({ timeoutMs: 50 })).toEqual({ code: null, signal: "SIGKILL" });
  });

  test("keeps the environment of the server to itself", async () => {
    process.env.CAIRN_TEST_SECRET = "hidden";
    const { running, lines } = await launch(
      `console.log(JSON.stringify(process.env)); ${answering('{ type: "ready", listen: m.listen }')}`,
    );
    await running.stop({ timeoutMs: 50 });
    delete process.env.CAIRN_TEST_SECRET;
    expect(lines.join("")).toContain('"TZ":"UTC"');
    expect(lines.join("")).not.toContain("hidden");
  });

  test("says what to do where chDB cannot run", async () => {
    const failed = launch(
      answering('{ type: "failed", reason: "unavailable", message: "no native binding for win32-x64" }'),
    );
    await expect(failed).rejects.toThrow(EngineUnavailableError);
    await expect(failed).rejects.toThrow(
      /no native binding for win32-x64\. Point --clickhouse-url at .* glibc Linux or macOS/,
    );
    await expect(launch("process.kill(process.pid, 'SIGILL'); setTimeout(() => {}, 1000);")).rejects.toThrow(
      EngineUnavailableError,
    );
  });

  test("passes on a lock and other failures with their last words", async () => {
    await expect(launch(answering('{ type: "failed", reason: "locked", message: "in use" }'))).rejects.toThrow(
      EngineLockedError,
    );
    await expect(launch('console.error("disk on fire"); setTimeout(() => process.exit(9), 50);')).rejects.toThrow(
      /ended while starting \(exit 9\): disk on fire/,
    );
    await expect(launch("setTimeout(() => {}, 60_000);", 100)).rejects.toThrow(/did not answer within 100 ms/);
    await expect(launch("process.send(7); setTimeout(() => {}, 60_000);")).rejects.toThrow(EngineStartError);
  });
});

describe("loadChdb", () => {
  test("turns a missing package into the typed error", async () => {
    const missing = loadChdb("chdb-is-not-installed");
    await expect(missing).rejects.toThrow(EngineUnavailableError);
    await expect(missing).rejects.toMatchObject({ code: "engine_unavailable" });
  });
});
