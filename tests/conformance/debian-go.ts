import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheOf, unpackedPackages } from "../support/debian-packages.ts";

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
const NAME = "debian-go";
const BUILD_TIMEOUT_MS = 180_000;

/** Go as Debian packages it, or the reason why it cannot be had. */
export type DebianGo =
  | {
      readonly ok: true;
      /** Builds a program from the Go files of a directory, which are to be in the form of gofmt and pass vet. */
      build(sourceDirectory: string, output: string): Promise<void>;
    }
  | { readonly ok: false; readonly reason: string };

/** Finds Go in the system, or among Debian's packages. */
export async function findDebianGo(): Promise<DebianGo> {
  if (isComplete("/")) return goBelow("/");
  const unpacked = await unpackedPackages({ name: NAME, packages: PACKAGES, isComplete });
  return unpacked.ok ? goBelow(unpacked.root) : unpacked;
}

function isComplete(root: string): boolean {
  return existsSync(join(root, COMPILER)) && existsSync(join(root, LIBRARY));
}

function goBelow(root: string): DebianGo {
  const home = cacheOf({ name: NAME });
  const cache = join(home, "build");
  const environment = {
    PATH: process.env.PATH,
    HOME: home,
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
