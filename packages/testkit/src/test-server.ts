import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const CAIRN = fileURLToPath(new URL("../../../apps/server/bin/cairn.mjs", import.meta.url));
/** Longer than a first start takes while other tests have the machine. */
const START_TIMEOUT_MS = 90_000;
/** Longer than the server gives itself. */
const STOP_TIMEOUT_MS = 30_000;
const LOOK_MS = 50;
/** What is kept of the server's output, for the message of a test that fails. */
const OUTPUT_CHARS = 20_000;

/** How a server is started. */
export interface StartServerOptions {
  /** Further arguments of `cairn serve`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Which key is made. */
export interface TestKeyOptions {
  /** Absent: a key of the whole project. */
  readonly tenant?: string;
  readonly project?: string;
  readonly scopes: readonly string[];
  readonly expiresDays?: number;
}

/** A real server in a process of its own, on a free port of this machine, with directories that nobody else has. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly stateDir: string;
  /** Process that runs now. */
  readonly pid: number;
  /** The last of what the server has printed. */
  output(): string;
  /** Makes an API key by `cairn keys create`, and its project and tenant when they are new. */
  createKey(options: TestKeyOptions): Promise<string>;
  /** Starts the server again in its directories, after `stop` or `kill`. */
  start(): Promise<void>;
  /** Asks the server to stop and gives its exit code. */
  stop(): Promise<number | null>;
  /** Ends the process at once (`SIGKILL`). */
  kill(): Promise<void>;
  /** Ends the process and removes its directories. */
  remove(): Promise<void>;
}

/** Starts a server and waits until search answers. */
export async function startServer(options: StartServerOptions = {}): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), "cairn-test-"));
  const dataDir = join(directory, "data");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = [CAIRN, "serve", "--data-dir", dataDir, "--port", String(port), "--log-level", "warn"];
  let child: ChildProcess | undefined;
  let output = "";
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-OUTPUT_CHARS);
  };

  const server: TestServer = {
    url,
    port,
    dataDir,
    stateDir: `${dataDir}-state`,
    get pid() {
      if (child?.pid === undefined) throw new Error("the server does not run");
      return child.pid;
    },
    output: () => output,
    async createKey({ tenant, project, scopes, expiresDays }) {
      const { stdout } = await promisify(execFile)(process.execPath, [
        ...[CAIRN, "keys", "create", "--data-dir", dataDir, "--scopes", scopes.join(",")],
        ...(tenant === undefined ? [] : ["--tenant", tenant]),
        ...(project === undefined ? [] : ["--project", project]),
        ...(expiresDays === undefined ? [] : ["--expires-days", String(expiresDays)]),
      ]);
      return stdout.trim();
    },
    async start() {
      const next = spawn(process.execPath, [...args, ...(options.args ?? [])], {
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, ...options.env },
      });
      next.stdout?.on("data", keep);
      next.stderr?.on("data", keep);
      child = next;
      await untilReady(next, url).catch((error: Error) => {
        throw new Error(`${error.message}\n${output}`);
      });
    },
    async stop() {
      return end(child, "SIGTERM");
    },
    async kill() {
      await end(child, "SIGKILL");
    },
    async remove() {
      await end(child, "SIGTERM");
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

/** A port that was free a moment ago: the server must keep it over a restart, so it cannot take any. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("no port is free");
  return address.port;
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline; await delay(LOOK_MS)) {
    if (child.exitCode !== null) throw new Error(`the server ended with code ${child.exitCode}`);
    const isReady = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
  }
  child.kill("SIGKILL");
  throw new Error(`the server was not ready within ${START_TIMEOUT_MS / 1_000} s`);
}

async function end(child: ChildProcess | undefined, signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  const code = await ended;
  clearTimeout(timer);
  return code;
}
