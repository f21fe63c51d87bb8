import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const CACHE = fileURLToPath(new URL("../../node_modules/.cache/", import.meta.url));
/** Another test may be fetching the lists of packages at the same time. */
const LOCK_TIMEOUT_MS = 120_000;
const LOCK_RETRY_MS = 1_000;

/** Programs out of Debian's packages, and where they belong in the cache. */
export interface DebianPackages {
  /** Directory in the cache. */
  readonly name: string;
  readonly packages: readonly string[];
  /** Tells whether everything that is needed lies below a directory. */
  readonly isComplete: (root: string) => boolean;
}

/** Directory of what belongs to these packages. */
export function cacheOf({ name }: Pick<DebianPackages, "name">): string {
  return join(CACHE, name);
}

/**
 * Gives the directory in which packages lie unpacked, or the reason why they cannot be had. They are downloaded into the
 * cache and unpacked, not installed: that takes no rights of an administrator, and no network from the second time on.
 */
export async function unpackedPackages(
  wanted: DebianPackages,
): Promise<{ readonly ok: true; readonly root: string } | { readonly ok: false; readonly reason: string }> {
  const root = join(cacheOf(wanted), "root");
  try {
    if (!wanted.isComplete(root)) await unpack(wanted, root);
  } catch (error) {
    return { ok: false, reason: `Debian's packages cannot be had: ${(error as Error).message.trim()}` };
  }
  return wanted.isComplete(root)
    ? { ok: true, root }
    : { ok: false, reason: "Debian's packages do not hold what they should" };
}

async function unpack({ name, packages, isComplete }: DebianPackages, target: string): Promise<void> {
  const downloads = mkdtempSync(join(tmpdir(), `${name}-`));
  const cache = cacheOf({ name });
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, "unpacking-"));
  try {
    await download(packages, downloads);
    for (const file of readdirSync(downloads)) await run("dpkg", ["-x", join(downloads, file), unfinished]);
    // Another run may have been faster.
    if (!isComplete(target)) renameSync(unfinished, target);
  } finally {
    rmSync(downloads, { recursive: true, force: true });
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function download(packages: readonly string[], directory: string): Promise<void> {
  const get = () => run("apt-get", ["download", ...packages], { cwd: directory });
  try {
    await get();
  } catch (error) {
    // A fresh machine has no lists of packages yet; only its administrator can fetch them.
    if (process.getuid?.() !== 0) throw error;
    await updateLists();
    await get();
  }
}

async function updateLists(): Promise<void> {
  for (const giveUpAt = performance.now() + LOCK_TIMEOUT_MS; ; await sleep(LOCK_RETRY_MS)) {
    try {
      await run("apt-get", ["update"]);
      return;
    } catch (error) {
      if (!/could not get lock/i.test((error as Error).message) || performance.now() > giveUpAt) throw error;
    }
  }
}
