import { readFile, rename, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { EngineLockedError } from "./errors.ts";
import { identifyProcess, isRunning, type ProcessIdentity } from "./process-identity.ts";

/**
 * The record beside the data that names the process which has it open, and the server that started that process.
 *
 * Two engines never share a directory: chDB holds a kernel lock on its `status` file. The record only tells whom to wait
 * for, and whom to end.
 */
type DirectoryRecord = Readonly<{ version: 1; engine: ProcessIdentity; owner: ProcessIdentity }>;

const RECORD_NAME = "engine.pid";
const POLL_MS = 50;
/** An ended process gives its memory back before it is gone; this is more than that takes. */
const KILL_WAIT_MS = 5_000;

/**
 * Makes sure that no earlier engine has the directory open.
 *
 * It waits `graceMs` for the recorded process to go by itself, as it does when its server has died. One that stays
 * although its server is gone is ended; one whose server is alive is left alone, or two servers would end each other's
 * engines for ever. A process that only inherited the number is never touched.
 *
 * @throws EngineLockedError when another live server uses the directory
 */
export async function takeOverDirectory(directory: string, options: { graceMs: number }): Promise<void> {
  const record = await readRecord(directory);
  if (record === undefined) return;
  const isOver = async () => !(await isRunning(record.engine));
  if (await waitUntil(isOver, options.graceMs)) return;
  if (await isRunning(record.owner)) {
    throw new EngineLockedError(
      `The search index in ${directory} is in use by process ${record.engine.pid} of the running server ${record.owner.pid}. ` +
        "Stop that server first, or use another data directory.",
    );
  }
  if (!(await isOver())) process.kill(record.engine.pid, "SIGKILL");
  if (await waitUntil(isOver, KILL_WAIT_MS)) return;
  throw new EngineLockedError(
    `Process ${record.engine.pid} holds the search index in ${directory} and cannot be ended.`,
  );
}

/** Records this process as the one that has the directory open. */
export async function recordDirectory(directory: string, owner: ProcessIdentity): Promise<void> {
  const engine = await identifyProcess(process.pid);
  if (engine === undefined) return;
  const record: DirectoryRecord = { version: 1, engine, owner };
  const path = join(directory, RECORD_NAME);
  await writeFile(`${path}.new`, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** Takes the record away when the engine closes in order. */
export async function forgetDirectory(directory: string): Promise<void> {
  await unlink(join(directory, RECORD_NAME)).catch(() => undefined);
}

/** Reads the record; a missing or damaged one is no record, for the kernel lock decides in the end. */
async function readRecord(directory: string): Promise<DirectoryRecord | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(directory, RECORD_NAME), "utf8"));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is DirectoryRecord {
  if (typeof value !== "object" || value === null) return false;
  const { version, engine, owner } = value as Partial<Record<string, unknown>>;
  return version === 1 && isIdentity(engine) && isIdentity(owner);
}

function isIdentity(value: unknown): value is ProcessIdentity {
  if (typeof value !== "object" || value === null) return false;
  const { pid, startTime } = value as Partial<Record<string, unknown>>;
  return Number.isSafeInteger(pid) && Number(pid) > 1 && typeof startTime === "string";
}

async function waitUntil(condition: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() >= deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}
