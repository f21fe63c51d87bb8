import { type ChildProcess, fork } from "node:child_process";
import { EngineLockedError, EngineStartError, EngineUnavailableError } from "./errors.ts";
import { isFromEngine, type ListenAddress, type StartMessage, type ToEngine } from "./messages.ts";

/** How an engine's process ended. */
export type ProcessEnd = Readonly<{ code: number | null; signal: NodeJS.Signals | null }>;

/** One running process of an engine. */
export type EngineProcess = Readonly<{
  pid: number;
  listen: ListenAddress;
  /** Settles when the process is gone. */
  ended: Promise<ProcessEnd>;
  /** Asks it to end in order, and ends it after `timeoutMs`. */
  stop: (options: { timeoutMs: number }) => Promise<ProcessEnd>;
}>;

/** What a process needs besides its first message. */
export type LaunchOptions = Readonly<{
  entry: URL;
  start: StartMessage;
  startTimeoutMs: number;
  /** Receives what the process writes to its outputs, line by line. */
  onLog: (line: string) => void;
}>;

/** Last output kept for the message of a failed start. */
const TAIL_CHARACTERS = 2_000;

/** Threads that Node needs beside those that wait for the engine: files, compression. */
const SPARE_POOL_THREADS = 6;

/**
 * Starts an engine's process and waits until it answers.
 *
 * @throws EngineUnavailableError, EngineLockedError or EngineStartError; the process is gone then
 */
export async function launchEngine(options: LaunchOptions): Promise<EngineProcess> {
  const { entry, start, startTimeoutMs, onLog } = options;
  const child = fork(entry, [], {
    execArgv: [],
    env: childEnvironment(start.limits.sessions),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let tail = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      tail = (tail + text).slice(-TAIL_CHARACTERS);
      for (const line of text.split("\n")) if (line.trim() !== "") onLog(line);
    });
  }
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", (error) => {
      tail += error.message;
      resolve({ code: null, signal: null });
    });
  });
  send(child, start);
  try {
    const listen = await firstWord(child, { ended, startTimeoutMs, tailText: () => tail });
    const stop: EngineProcess["stop"] = async ({ timeoutMs }) => {
      send(child, { type: "stop" });
      const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
      const end = await ended;
      clearTimeout(timer);
      return end;
    };
    return { pid: child.pid ?? 0, listen, ended, stop };
  } catch (error) {
    child.kill("SIGKILL");
    await ended;
    throw error;
  }
}

/** The server's environment holds its secrets; the engine gets only what a program needs to load. */
function childEnvironment(sessions: number): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    TZ: "UTC",
    UV_THREADPOOL_SIZE: String(sessions + 1 + SPARE_POOL_THREADS),
    // The engine's allocator gives freed pages back after 0.2 s, not 10 s: 570 MB instead of 700 at the peak of a bulk
    // load of 100,000-row blocks with text indexes, at the same speed.
    JE_MALLOC_CONF: "dirty_decay_ms:200,muzzy_decay_ms:0",
  };
  for (const name of ["PATH", "TMPDIR", "LANG", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"]) {
    if (process.env[name] !== undefined) env[name] = process.env[name];
  }
  return env;
}

function send(child: ChildProcess, message: ToEngine): void {
  if (child.connected) child.send(message, () => undefined);
}

function firstWord(
  child: ChildProcess,
  watch: Readonly<{ ended: Promise<ProcessEnd>; startTimeoutMs: number; tailText: () => string }>,
): Promise<ListenAddress> {
  return new Promise((resolve, reject) => {
    const said = () => (watch.tailText() === "" ? "" : `: ${watch.tailText().trim()}`);
    const timer = setTimeout(() => {
      reject(new EngineStartError(`The search engine did not answer within ${watch.startTimeoutMs} ms${said()}`));
    }, watch.startTimeoutMs);
    child.once("message", (message) => {
      clearTimeout(timer);
      if (!isFromEngine(message)) reject(new EngineStartError("The search engine sent an unknown message"));
      else if (message.type === "ready") resolve(message.listen);
      else if (message.reason === "unavailable") reject(new EngineUnavailableError(unwrapReason(message.message)));
      else if (message.reason === "locked") reject(new EngineLockedError(message.message));
      else reject(new EngineStartError(`The search engine did not start: ${message.message}${said()}`));
    });
    void watch.ended.then(({ code, signal }) => {
      clearTimeout(timer);
      // An illegal instruction: the library is built for newer processors.
      if (signal === "SIGILL") reject(new EngineUnavailableError("this processor lacks instructions that chDB needs"));
      else
        reject(new EngineStartError(`The search engine ended while starting (${signal ?? `exit ${code}`})${said()}`));
    });
  });
}

/** The child's error has the advice in its message already. */
function unwrapReason(message: string): string {
  return /cannot run here: (.*)\. Point --clickhouse-url/s.exec(message)?.[1] ?? message;
}
