import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { resolve as resolvePath } from "node:path";
import { ENGINE_USER } from "./authentication.ts";
import { type EngineClientOptions, type EngineConnection, engineClientOptions } from "./connection.ts";
import { engineLayout } from "./engine-core.ts";
import { type EngineProcess, launchEngine, type ProcessEnd } from "./engine-process.ts";
import { EngineStartError } from "./errors.ts";
import { type EngineLimits, resolveEngineLimits } from "./limits.ts";
import type { ListenAddress, StartMessage } from "./messages.ts";
import { identifyProcess } from "./process-identity.ts";

/** How to start an embedded engine. */
export type EmbeddedEngineOptions = Readonly<{
  /** The engine's own directory; it is made if need be. */
  path: string;
  limits?: Partial<EngineLimits>;
  /** Unix niceness of the engine's process, 0 to 19. Default 15: ingest goes before search when the machine is full. */
  niceness?: number;
  /** Default `socket`, a Unix socket below `path`; `loopback` is taken by itself where the path is too long for one. */
  listen?: "socket" | "loopback";
  /** Longest wait for the first answer. Default 60,000. */
  startTimeoutMs?: number;
  /** How long an earlier engine in the same directory may take to leave by itself. Default 3,000. */
  lockGraceMs?: number;
  /** Receives what the engine's process prints, and notes on its restarts. */
  onLog?: (line: string) => void;
  /** The module the process runs, where it is not beside this one (a bundle). */
  entry?: URL;
}>;

/** An unplanned end of the engine's process, and when the next one starts. */
export type EngineExit = ProcessEnd & Readonly<{ restartInMs: number }>;

/** A running embedded engine. It stays at the same address when its process has to be started again. */
export type EmbeddedEngine = Readonly<{
  url: string;
  /** URL, credentials and socket as plain data. */
  connection: EngineConnection;
  /** Makes options for `createClient` of `@clickhouse/client`. */
  clientOptions: () => EngineClientOptions;
  /** The process that runs now; undefined between two. */
  readonly pid: number | undefined;
  /** Calls `listener` at every unplanned end; returns what takes it off again. */
  onExit: (listener: (exit: EngineExit) => void) => () => void;
  /** Lets statements under way finish for 5 s, then ends the process for good. */
  stop: () => Promise<void>;
}>;

const RESTART_MIN_MS = 100;
const RESTART_MAX_MS = 30_000;
/** A process that lived so long did not die of its start; the next wait is short again. */
const STEADY_AFTER_MS = 60_000;
/** More than the process takes to drain and close. */
const STOP_TIMEOUT_MS = 10_000;
/** `sun_path` of sockaddr_un holds 104 bytes on macOS and 108 on Linux, the closing NUL included. */
const MAX_SOCKET_PATH_BYTES = 103;

/**
 * Starts the embedded search engine: chDB in a process of its own, behind ClickHouse's HTTP protocol.
 *
 * The process gets a random password and a low priority, and ends by itself when this process does, however that ends.
 * When it dies it is started again, after 0.1 s and then twice as long each time up to 30 s; meanwhile clients see
 * ordinary connection errors.
 *
 * @throws EngineUnavailableError where chDB cannot run
 * @throws EngineLockedError while another live server uses the directory
 * @throws EngineStartError when the first process does not come up
 */
export async function startEmbeddedEngine(options: EmbeddedEngineOptions): Promise<EmbeddedEngine> {
  const { startTimeoutMs = 60_000, niceness = 15, lockGraceMs = 3_000, onLog = () => undefined } = options;
  const directory = resolvePath(options.path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const owner = await identifyProcess(process.pid);
  if (owner === undefined) throw new EngineStartError("This system does not tell when a process was started");
  const password = randomBytes(24).toString("base64url");
  const limits = resolveEngineLimits(options.limits);
  const entry = options.entry ?? hostEntry();

  const launch = (listen: ListenAddress): Promise<EngineProcess> => {
    const start: StartMessage = { type: "start", directory, listen, password, limits, niceness, lockGraceMs, owner };
    return launchEngine({ entry, start, startTimeoutMs, onLog });
  };

  // Owned by this supervisor: `current` is the live process, `restart` the wait for the next one or its launch.
  const listeners = new Set<(exit: EngineExit) => void>();
  let current: EngineProcess | undefined = await launch(firstAddress(directory, options.listen ?? "socket"));
  const { listen } = current;
  let backOffMs = RESTART_MIN_MS;
  let stopping: Promise<void> | undefined;
  let restart: { timer?: NodeJS.Timeout; launching?: Promise<void> } = {};

  const scheduleRestart = (end: ProcessEnd) => {
    const restartInMs = backOffMs;
    backOffMs = Math.min(backOffMs * 2, RESTART_MAX_MS);
    onLog(`search engine ended (${end.signal ?? `exit ${end.code}`}), starting it again in ${restartInMs} ms`);
    const timer = setTimeout(() => {
      restart = { launching: relaunch() };
    }, restartInMs);
    restart = { timer };
    for (const listener of listeners) listener({ ...end, restartInMs });
  };

  const relaunch = async () => {
    try {
      current = await launch(listen);
      watch(current);
    } catch (error) {
      onLog(error instanceof Error ? error.message : String(error));
      if (stopping === undefined) scheduleRestart({ code: 1, signal: null });
    }
  };

  const watch = (running: EngineProcess) => {
    const startedMs = performance.now();
    void running.ended.then((end) => {
      current = undefined;
      if (stopping !== undefined) return;
      if (performance.now() - startedMs > STEADY_AFTER_MS) backOffMs = RESTART_MIN_MS;
      scheduleRestart(end);
    });
  };

  const shutDown = async () => {
    clearTimeout(restart.timer);
    await restart.launching;
    await current?.stop({ timeoutMs: STOP_TIMEOUT_MS });
  };

  watch(current);
  const connection = connectionTo(listen, password);
  return {
    url: connection.url,
    connection,
    clientOptions: () => engineClientOptions(connection),
    get pid() {
      return current?.pid;
    },
    onExit: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: () => {
      stopping ??= shutDown();
      return stopping;
    },
  };
}

/** The host runs as source beside the sources, and compiled beside compiled code. */
function hostEntry(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "./host.ts" : "./host.js", import.meta.url);
}

function firstAddress(directory: string, wanted: "socket" | "loopback"): ListenAddress {
  const { socket } = engineLayout(directory);
  if (wanted === "socket" && Buffer.byteLength(socket) <= MAX_SOCKET_PATH_BYTES)
    return { kind: "socket", path: socket };
  return { kind: "loopback", port: 0 };
}

function connectionTo(listen: ListenAddress, password: string): EngineConnection {
  const credentials = { username: ENGINE_USER, password };
  if (listen.kind === "loopback") return { url: `http://127.0.0.1:${listen.port}`, ...credentials };
  return { url: "http://localhost", socketPath: listen.path, ...credentials };
}
