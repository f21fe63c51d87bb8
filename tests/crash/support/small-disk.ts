import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Room for what the server wants to keep free, and a little more. */
const DISK_BYTES = 2_400 * 1024 ** 2;

/** A file system of its own. */
export interface SmallDisk {
  readonly path: string;
  /** Takes space until this much is left. */
  fill(leaveBytes: number): void;
  /** Gives the space back. */
  free(): void;
  remove(): void;
}

/** Makes a small file system in a file; undefined where that is not allowed or not possible. */
export function createSmallDisk(): SmallDisk | undefined {
  const root = mkdtempSync(join(tmpdir(), "cairn-disk-"));
  const image = join(root, "image");
  const path = join(root, "mount");
  try {
    closeSync(openSync(image, "w"));
    truncateSync(image, DISK_BYTES); // sparse: it takes no space until it is used
    mkdirSync(path);
    run("mkfs.ext4", ["-q", "-m", "0", image]);
    run("mount", ["-o", "loop", image, path]);
  } catch {
    rmSync(root, { recursive: true, force: true });
    return undefined;
  }
  const ballast = join(path, "ballast");
  return {
    path,
    fill(leaveBytes) {
      // In ever smaller pieces: what the file system needs for itself is not known beforehand.
      for (let piece = 1024 ** 3; piece >= 4_096; ) {
        const { bavail, bsize } = statfsSync(path);
        const size = existsSync(ballast) ? statSync(ballast).size : 0;
        if (
          bavail * bsize - leaveBytes < piece ||
          !tryRun("fallocate", ["-o", String(size), "-l", String(piece), ballast])
        )
          piece /= 2;
      }
    },
    free: () => rmSync(ballast, { force: true }),
    remove() {
      run("umount", [path]);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function tryRun(program: string, args: readonly string[]): boolean {
  try {
    run(program, args);
    return true;
  } catch {
    return false;
  }
}

function run(program: string, args: readonly string[]): void {
  execFileSync(program, args, { stdio: "pipe" });
}
