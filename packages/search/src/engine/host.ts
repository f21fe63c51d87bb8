import { readdirSync, readFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setPriority } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { forgetDirectory, recordDirectory, takeOverDirectory } from "./directory-lock.ts";
import { type EngineCore, openEngineCore } from "./engine-core.ts";
import { EngineLockedError, EngineUnavailableError } from "./errors.ts";
import { createEngineServer } from "./http-server.ts";
import { loadChdb } from "./load-chdb.ts";
import { type FromEngine, isToEngine, type ListenAddress, type StartMessage } from "./messages.ts";
import { createStatementRunner } from "./statement-runner.ts";

/** This file is the entry of an engine's process; `engine-process.ts` starts it and talks to it over its channel. */

/** Statements under way get so long to finish when the engine is stopped in order. */
const DRAIN_MS = 5_000;
/** Closing takes milliseconds; beyond this the process ends itself, which the engine's files survive. */
const CLOSE_MS = 3_000;

type Host = Readonly<{ directory: string; core: EngineCore; server: Server }>;

let host: Host | undefined;
let ending = false;

// A terminal and a service manager signal the whole group; the server decides when its engine ends, after its own followers.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
process.on("disconnect", () => void end("orphaned"));
process.on("message", (message) => {
  if (!isToEngine(message)) return;
  if (message.type === "stop") void end("stopped");
  else void start(message);
});

async function start(message: StartMessage): Promise<void> {
  try {
    lowerPriority(message.niceness);
    const chdb = await loadChdb();
    await takeOverDirectory(message.directory, { graceMs: message.lockGraceMs });
    const core = await openEngineCore(chdb, message.directory, message.limits);
    lowerMergesSoon();
    await recordDirectory(message.directory, message.owner);
    const { pool, control, spool } = core;
    const { limits, password } = message;
    const runner = createStatementRunner({ pool, control, limits, onWedged: endAtOnce });
    const server = createEngineServer({ runner, spool, limits, password });
    const listen = await listenOn(server, message.listen);
    host = { directory: message.directory, core, server };
    tell({ type: "ready", listen });
  } catch (error) {
    const reason =
      error instanceof EngineUnavailableError ? "unavailable" : error instanceof EngineLockedError ? "locked" : "error";
    tell({ type: "failed", reason, message: error instanceof Error ? error.message : String(error) });
    await delay(FLUSH_MS);
    process.exit(1);
  }
}

/** Lets a message reach the channel before the process ends. */
const FLUSH_MS = 50;

function tell(message: FromEngine): void {
  // The channel may close at any moment; `disconnect` deals with it.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/**
 * Lowers the priority of every thread there is; threads made later inherit it.
 *
 * On Linux a priority belongs to a thread, and Node has several before any of our code runs.
 */
function lowerPriority(niceness: number): void {
  try {
    if (process.platform === "linux") {
      for (const thread of readdirSync("/proc/self/task")) setPriority(Number(thread), niceness);
    } else setPriority(niceness);
  } catch {
    // A lower priority is a courtesy to ingest, not a condition.
  }
}

/** What the engine calls the threads that merge. */
const MERGE_THREAD = "MergeMutate";
const MERGE_NICENESS = 19;
/** They are made with the first table. */
const MERGE_LOOK_MS = 1_000;

/**
 * Lowers the priority of merges below that of inserts and searches: those are waited for. The engine's own setting for this
 * (`os_threads_nice_value_merge_mutate`) does nothing in chDB 3.4.0.
 */
function lowerMergesSoon(): void {
  if (process.platform !== "linux") return;
  const timer = setInterval(() => {
    try {
      if (lowerMerges() > 0) clearInterval(timer);
    } catch {
      clearInterval(timer);
    }
  }, MERGE_LOOK_MS);
  timer.unref();
}

/** Gives how many threads there were. */
function lowerMerges(): number {
  const threads = readdirSync("/proc/self/task").filter(
    (thread) => readFileSync(`/proc/self/task/${thread}/comm`, "utf8").trim() === MERGE_THREAD,
  );
  for (const thread of threads) setPriority(Number(thread), MERGE_NICENESS);
  return threads.length;
}

async function listenOn(server: Server, listen: ListenAddress): Promise<ListenAddress> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    if (listen.kind === "socket") server.listen(listen.path, resolve);
    else server.listen(listen.port, "127.0.0.1", resolve);
  });
  if (listen.kind === "socket") return listen;
  return { kind: "loopback", port: (server.address() as AddressInfo).port };
}

/** Ends the process without the library's own farewell, which waits for statements. Its files survive that at any moment. */
function endAtOnce(): void {
  process.kill(process.pid, "SIGKILL");
}

/** Ends the process: in order when stopped, at once when the server is gone and nobody waits for an answer. */
async function end(why: "stopped" | "orphaned"): Promise<void> {
  if (ending) return;
  ending = true;
  if (host !== undefined) {
    const { core, directory, server } = host;
    server.close();
    server.closeIdleConnections();
    const deadline = performance.now() + (why === "stopped" ? DRAIN_MS : 0);
    while (core.pool.busyCount() > 0 && performance.now() < deadline) await delay(10);
    server.closeAllConnections();
    if (why === "orphaned") endAtOnce();
    setTimeout(endAtOnce, CLOSE_MS);
    core.close();
    await forgetDirectory(directory);
  }
  process.exit(0);
}
