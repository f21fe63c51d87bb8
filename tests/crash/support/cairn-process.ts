import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createTcpServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const CAIRN = fileURLToPath(new URL("../../../apps/server/bin/cairn.mjs", import.meta.url));
/** Longer than a start takes while other tests have the machine. */
const START_TIMEOUT_MS = 90_000;
const OUTPUT_CHARS = 20_000;

/** A data directory with its state directory, and what has been learnt of it. */
export interface Home {
  readonly dataDir: string;
  readonly stateDir: string;
  remove(): void;
}

/** Makes a place for an instance. */
export function createHome(below: string = tmpdir()): Home {
  const root = mkdtempSync(join(below, "cairn-crash-"));
  return {
    dataDir: join(root, "data"),
    stateDir: join(root, "data-state"),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Program and arguments put in front of the server's: a tracer, a limit. */
  readonly under?: readonly string[];
  /** Gives it a search engine of its own instead of one that never answers. */
  readonly engine?: "embedded";
}

/** A running `cairn serve`. */
export interface CairnProcess {
  readonly url: string;
  /** Key of the first tenant. */
  readonly key: string;
  readonly pid: number;
  /** Resolves when the process has ended, however that came. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  output(): string;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** How a server ended that never got to serve. */
export class StartFailure extends Error {
  readonly code: number | null;
  readonly output: string;

  constructor(code: number | null, output: string) {
    super(`the server ended with ${code}\n${output}`);
    this.code = code;
    this.output = output;
  }
}

/** Starts a server and waits until it accepts events. @throws StartFailure when it ends before */
export async function startCairn(home: Home, options: StartOptions = {}): Promise<CairnProcess> {
  const args = [
    CAIRN,
    "serve",
    "--data-dir",
    home.dataDir,
    "--port",
    "0",
    "--log-level",
    process.env.CAIRN_TEST_LOG ?? "error",
  ];
  const [program = process.execPath, ...before] = [...(options.under ?? []), process.execPath];
  const child = spawn(program, [...before, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      ...(options.engine === "embedded" ? {} : { CAIRN_CLICKHOUSE_URL: await silentEngine() }),
      ...options.env,
    },
  });
  let output = "";
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-OUTPUT_CHARS);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const ended = endOf(child);
  const greeting = await untilGreeting(child, () => output);
  const [, url = "", key = ""] = greeting;
  return {
    url: url.replace("localhost", "127.0.0.1"),
    key,
    pid: child.pid!,
    ended,
    output: () => output,
    async kill(signal = "SIGKILL") {
      child.kill(signal);
      await ended;
    },
  };
}

function endOf(child: ChildProcess): Promise<{ readonly code: number | null; readonly signal: string | null }> {
  return new Promise((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
}

const GREETING = /running at (http\S+)[\s\S]*Bearer (cairn_\w+)[\s\S]*rollback guard/;

async function untilGreeting(child: ChildProcess, output: () => string): Promise<RegExpExecArray> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const greeting = GREETING.exec(output());
    if (greeting !== null) return greeting;
    if (child.exitCode !== null || child.signalCode !== null) throw new StartFailure(child.exitCode, output());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill("SIGKILL");
  throw new Error(`the server did not start in time\n${output()}`);
}

/** Runs another command of `cairn` on the same directories. */
export function runCairn(
  home: Home,
  args: readonly string[],
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [CAIRN, ...args, "--data-dir", home.dataDir, "--state-dir", home.stateDir],
      { maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
  });
}

let silent: { readonly server: Server; readonly url: string } | undefined;

/**
 * A search engine that takes connections and never answers: these tests are about the record, which must not notice, and
 * a real engine would cost each start more than the server itself.
 */
async function silentEngine(): Promise<string> {
  if (silent === undefined) {
    const server = createTcpServer((socket) => socket.on("error", () => undefined));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    server.unref();
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    silent = { server, url: `http://127.0.0.1:${address.port}` };
  }
  return silent.url;
}
