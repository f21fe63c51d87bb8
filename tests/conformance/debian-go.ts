import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** All that the verifier is built from: the compiler, and Go's own packages for signed notes and transparency logs. */
const PACKAGES = [
  "golang-1.19-go",
  "golang-1.19-src",
  "golang-golang-x-mod-dev",
  "golang-golang-x-xerrors-dev",
  "golang-golang-x-crypto-dev",
];
const COMPILER = "usr/lib/go-1.19/bin/go";
const FORMATTER = "usr/lib/go-1.19/bin/gofmt";
const LIBRARY = "usr/share/gocode/src/golang.org/x/mod/sumdb/note/note.go";
const CACHE = fileURLToPath(new URL("../../node_modules/.cache/debian-go/", import.meta.url));
const BUILD_TIMEOUT_MS = 180_000;

/** Go as Debian packages it, or the reason why it cannot be had. */
export type DebianGo =
  | {
      readonly ok: true;
      /** Builds a program from the Go files of a directory, which are to be in the form of gofmt and pass vet. */
      build(sourceDirectory: string, output: string): Promise<void>;
    }
  | { readonly ok: false; readonly reason: string };

/**
 * Finds Go in the system, or in the cache, or downloads Debian's packages into the cache. They are only unpacked, so that
 * it takes no rights of an administrator, and no network from the second time on.
 */
export async function findDebianGo(): Promise<DebianGo> {
  const unpacked = join(CACHE, "root");
  const found = ["/", unpacked].find((root) => isComplete(root));
  if (found !== undefined) return goBelow(found);
  try {
    await unpackPackages(unpacked);
  } catch (error) {
    return { ok: false, reason: `Debian's packages of Go cannot be had: ${(error as Error).message.trim()}` };
  }
  return isComplete(unpacked)
    ? goBelow(unpacked)
    : { ok: false, reason: "Debian's packages of Go do not hold what they should" };
}

function isComplete(root: string): boolean {
  return existsSync(join(root, COMPILER)) && existsSync(join(root, LIBRARY));
}

function goBelow(root: string): DebianGo {
  const cache = join(CACHE, "build");
  const environment = {
    PATH: process.env.PATH,
    HOME: CACHE,
    GOROOT: join(root, "usr/lib/go-1.19"),
    GOPATH: join(root, "usr/share/gocode"),
    GOCACHE: cache,
    // Packages come from the directories above and from nowhere else, and no C compiler is needed.
    GO111MODULE: "off",
    GOPROXY: "off",
    CGO_ENABLED: "0",
  };
  return {
    ok: true,
    async build(sourceDirectory, output) {
      mkdirSync(cache, { recursive: true });
      const files = readdirSync(sourceDirectory).filter((name) => name.endsWith(".go"));
      const options = { cwd: sourceDirectory, env: environment, timeout: BUILD_TIMEOUT_MS };
      const { stdout: unformatted } = await run(join(root, FORMATTER), ["-l", ...files], options);
      if (unformatted !== "") throw new Error(`not formatted by gofmt:\n${unformatted}`);
      await run(join(root, COMPILER), ["vet", ...files], options);
      await run(join(root, COMPILER), ["build", "-o", output, ...files], options);
    },
  };
}

async function unpackPackages(target: string): Promise<void> {
  const downloads = mkdtempSync(join(tmpdir(), "debian-go-"));
  mkdirSync(CACHE, { recursive: true });
  const unfinished = mkdtempSync(join(CACHE, "unpacking-"));
  try {
    await download(downloads);
    for (const file of readdirSync(downloads)) await run("dpkg", ["-x", join(downloads, file), unfinished]);
    // Another run may have been faster.
    if (!isComplete(target)) renameSync(unfinished, target);
  } finally {
    rmSync(downloads, { recursive: true, force: true });
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function download(directory: string): Promise<void> {
  const get = () => run("apt-get", ["download", ...PACKAGES], { cwd: directory });
  try {
    await get();
  } catch (error) {
    // A fresh machine has no lists of packages yet; only its administrator can fetch them.
    if (process.getuid?.() !== 0) throw error;
    await run("apt-get", ["update"]);
    await get();
  }
}
