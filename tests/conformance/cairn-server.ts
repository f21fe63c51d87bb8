import { type ChildProcess, execFile, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const CAIRN = fileURLToPath(new URL("../../apps/server/bin/cairn.mjs", import.meta.url));
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 50;

/** A real server, in a process and on a data directory of its own. */
export interface CairnServer {
  readonly url: string;
  readonly dataDir: string;
  /** Makes a key with `cairn keys create`, and its tenant when that is new. */
  createKey(tenant: string): Promise<string>;
  /** Ends the process and removes its data. */
  stop(): Promise<void>;
}

/** Starts `cairn serve` on a free port and waits until it accepts events. */
export async function startCairn(): Promise<CairnServer> {
  const directory = mkdtempSync(join(tmpdir(), "cairn-conformance-"));
  const dataDir = join(directory, "data");
  const output = join(directory, "server.log");
  const log = openSync(output, "w");
  const child = spawn(process.execPath, [CAIRN, "serve", "--data-dir", dataDir, "--port", "0", "--log-level", "warn"], {
    stdio: ["ignore", log, log],
    cwd: directory,
  });
  closeSync(log);
  return {
    url: await waitForUrl(child, output),
    dataDir,
    async createKey(tenant) {
      const args = ["keys", "create", "--data-dir", dataDir, "--tenant", tenant, "--scopes"];
      const scopes = "events:write,events:read,exports";
      const { stdout } = await promisify(execFile)(process.execPath, [CAIRN, ...args, scopes]);
      return stdout.trim();
    },
    async stop() {
      await end(child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function waitForUrl(child: ChildProcess, output: string): Promise<string> {
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    const text = readFileSync(output, "utf8");
    if (child.exitCode !== null) throw new Error(`the server ended with code ${child.exitCode}:\n${text}`);
    const [, url] = /running at (http:\S+)/.exec(text) ?? [];
    if (url === undefined) continue;
    const isUp = await fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return url;
  }
  child.kill("SIGKILL");
  throw new Error(`the server did not start:\n${readFileSync(output, "utf8")}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const kill = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(kill);
}
