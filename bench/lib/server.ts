import { type ChildProcess, execFile, spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { endWithUs } from "./children.ts";
import { readMetrics } from "./metrics.ts";

/** The `cairn` command that is measured: this clone's, or that of another clone to compare with. */
export const CAIRN =
  process.env.CAIRN_BENCH_CLI ?? fileURLToPath(new URL("../../apps/server/bin/cairn.mjs", import.meta.url));

/** A server in a process of its own, on a data directory of its own. */
export interface BenchServer {
  readonly pid: number;
  readonly port: number;
  /** Key of the tenant `default`. */
  readonly key: string;
  readonly directory: string;
  readonly dataDir: string;
  /** Stops it and keeps its data. */
  halt(): Promise<void>;
  /** Stops it, if it runs, and removes its data unless it has a directory given by the caller. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Uses and keeps the data in here instead of a temporary directory. */
  readonly directory?: string;
  readonly args?: readonly string[];
  /** Options of Node itself, such as `--cpu-prof`. */
  readonly nodeArgs?: readonly string[];
}

const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

/** Starts a server and waits until it accepts events. */
export async function startServer(options: ServerOptions = {}): Promise<BenchServer> {
  const directory = options.directory ?? mkdtempSync(join(process.env.CAIRN_BENCH_DIR ?? tmpdir(), "cairn-bench-"));
  mkdirSync(directory, { recursive: true });
  const dataDir = join(directory, "data");
  const output = join(directory, "server.log");
  const log = openSync(output, "w");
  const args = [
    ...(options.nodeArgs ?? process.env.CAIRN_BENCH_NODE_ARGS?.split(" ") ?? []),
    CAIRN,
    "serve",
    "--data-dir",
    dataDir,
    "--port",
    "0",
    "--log-level",
    "warn",
  ];
  const child = spawn(process.execPath, [...args, ...(options.args ?? [])], {
    stdio: ["ignore", log, log],
    cwd: directory,
  });
  closeSync(log);
  endWithUs(child);
  const remove = (): void => {
    if (options.directory === undefined) rmSync(directory, { recursive: true, force: true });
  };
  const { port, key } = await readAddress(child, output).catch((error: unknown) => {
    remove();
    throw error;
  });
  return {
    pid: child.pid!,
    port,
    key,
    directory,
    dataDir,
    halt: () => stop(child),
    async stop() {
      await stop(child);
      remove();
    },
  };
}

async function readAddress(child: ChildProcess, output: string): Promise<{ port: number; key: string }> {
  for (const end = Date.now() + START_TIMEOUT_MS; Date.now() < end; await sleep(POLL_MS)) {
    const text = readFileSync(output, "utf8");
    if (child.exitCode !== null) throw new Error(`the server ended with code ${child.exitCode}:\n${text}`);
    const [, port] = /running at https?:\/\/[^:]+:(\d+)/.exec(text) ?? [];
    const [, key] = /Bearer (cairn_[A-Za-z0-9]+)/.exec(text) ?? [];
    if (port === undefined || key === undefined) continue;
    const healthy = await fetch(`http://127.0.0.1:${port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (healthy) return { port: Number(port), key };
  }
  child.kill("SIGKILL");
  throw new Error(`the server did not start:\n${readFileSync(output, "utf8")}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const kill = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(kill);
}

/** Runs a command of `cairn` and gives what it printed. @throws Error when it fails */
export async function runCairn(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [CAIRN, ...args], { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** Makes a key of the whole project, whose events name their tenants and make them on first use. */
export async function projectKey(server: BenchServer): Promise<string> {
  const scopes = "events:write,tenants:create";
  return (await runCairn("keys", "create", "--data-dir", server.dataDir, "--scopes", scopes)).trim();
}

/** Waits until a gauge of the server is at most `limit` and gives how long that took. @throws Error after the timeout */
export async function waitForGauge(
  server: BenchServer,
  gauge: { readonly name: string; readonly limit: number; readonly timeoutMs: number },
): Promise<number> {
  const from = performance.now();
  for (;;) {
    const value = (await readMetrics(server.port)).get(gauge.name);
    const waitedMs = performance.now() - from;
    if (value !== undefined && value <= gauge.limit) return waitedMs;
    if (waitedMs > gauge.timeoutMs) throw new Error(`${gauge.name} is still ${value} after ${gauge.timeoutMs} ms`);
    await sleep(POLL_MS);
  }
}
