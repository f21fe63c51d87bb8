import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forgetDirectory, recordDirectory, takeOverDirectory } from "./directory-lock.ts";
import { EngineLockedError } from "./errors.ts";
import { identifyProcess, isRunning, type ProcessIdentity } from "./process-identity.ts";

let directory: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "cairn-lock-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await rm(directory, { recursive: true, force: true });
});

async function sleeper(): Promise<ProcessIdentity> {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  children.push(child);
  await once(child, "spawn");
  const identity = await identifyProcess(child.pid ?? 0);
  if (identity === undefined) throw new Error("sleep does not run");
  return identity;
}

async function dead(): Promise<ProcessIdentity> {
  const identity = await sleeper();
  const child = children.at(-1);
  child?.kill("SIGKILL");
  if (child !== undefined) await once(child, "exit");
  return identity;
}

const record = (engine: unknown, owner: unknown) =>
  writeFile(join(directory, "engine.pid"), JSON.stringify({ version: 1, engine, owner }));

describe("identifyProcess", () => {
  test("tells one process from another under the same number", async () => {
    const identity = await sleeper();
    expect(await isRunning(identity)).toBe(true);
    expect(await isRunning({ ...identity, startTime: "earlier" })).toBe(false);
    expect(await identifyProcess(2 ** 30)).toBe(undefined);
  });

  test("takes a process that ended but was not collected for gone", async () => {
    expect(await isRunning(await dead())).toBe(false);
  });
});

describe("takeOverDirectory", () => {
  const takeOver = () => takeOverDirectory(directory, { graceMs: 100 });

  test("finds nothing in the way: no record, a damaged one, a dead engine", async () => {
    await takeOver();
    for (const text of ["", "{", "null", '{"version":2}', '{"version":1,"engine":{"pid":-1,"startTime":"x"}}']) {
      await writeFile(join(directory, "engine.pid"), text);
      await takeOver();
    }
    await record(await dead(), await dead());
    await takeOver();
  });

  test("ends an engine whose server is gone", async () => {
    const engine = await sleeper();
    await record(engine, await dead());
    await takeOver();
    expect(await isRunning(engine)).toBe(false);
  });

  test("never touches a process that only inherited the number", async () => {
    const innocent = await sleeper();
    await record({ ...innocent, startTime: "another start" }, await dead());
    await takeOver();
    expect(await isRunning(innocent)).toBe(true);
  });

  test("leaves the engine of a living server alone", async () => {
    const engine = await sleeper();
    await record(engine, await sleeper());
    await expect(takeOver()).rejects.toThrow(EngineLockedError);
    expect(await isRunning(engine)).toBe(true);
  });
});

describe("recordDirectory", () => {
  test("names this process, and is taken away again", async () => {
    const owner = await sleeper();
    await recordDirectory(directory, owner);
    const written = JSON.parse(await readFile(join(directory, "engine.pid"), "utf8"));
    expect(written).toEqual({ version: 1, owner, engine: await identifyProcess(process.pid) });
    await forgetDirectory(directory);
    await forgetDirectory(directory);
    expect(await readdir(directory)).toEqual([]);
  });
});
