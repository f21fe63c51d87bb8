import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const CACHE = fileURLToPath(new URL("../../../node_modules/.cache/ringcentral-python/", import.meta.url));
const REQUIREMENTS = fileURLToPath(new URL("./requirements.txt", import.meta.url));
const PACKAGES = "packages";
const INSTALL_TIMEOUT_MS = 300_000;
const RUN_TIMEOUT_MS = 60_000;

/** The package `ringcentral` of PyPI, or the reason why it cannot be had. */
export type PythonPeer =
  | {
      readonly ok: true;
      /** Runs a script beside this file and gives what it prints. */
      run(script: string, env: Readonly<Record<string, string>>): Promise<string>;
    }
  | { readonly ok: false; readonly reason: string };

/**
 * Finds the package in the cache, or installs it there with pip, in the versions of `requirements.txt`: no network is needed
 * from the second time on, and nothing of the system is changed.
 */
export async function findPythonPeer(): Promise<PythonPeer> {
  const packages = join(CACHE, PACKAGES);
  if (!existsSync(packages)) {
    try {
      await install(packages);
    } catch (error) {
      return { ok: false, reason: `Python's package ringcentral cannot be had: ${(error as Error).message.trim()}` };
    }
  }
  return {
    ok: true,
    async run(script, env) {
      const path = fileURLToPath(new URL(`./${script}`, import.meta.url));
      const { stdout } = await run("python3", [path], {
        timeout: RUN_TIMEOUT_MS,
        // A proxy of this machine must not be asked for the server under test.
        env: { PATH: process.env.PATH, PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: "1", NO_PROXY: "*", ...env },
      });
      return stdout;
    },
  };
}

async function install(target: string): Promise<void> {
  mkdirSync(CACHE, { recursive: true });
  const unfinished = mkdtempSync(join(CACHE, "installing-"));
  try {
    const quiet = ["--quiet", "--no-input", "--disable-pip-version-check"];
    const args = ["-m", "pip", "install", ...quiet, "--no-deps", "--target", unfinished, "-r", REQUIREMENTS];
    await run("python3", args, { timeout: INSTALL_TIMEOUT_MS });
    // Another run may have been faster.
    if (!existsSync(target)) renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
