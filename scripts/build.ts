// Builds the page and the viewer for other products into apps/portal/dist, and the server into apps/server/dist, when
// their sources are not those that were built last. `npm start` and `npm test` call it each time, so doing nothing has to be quick.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { buildServer } from "./build-server.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const portal = join(root, "apps/portal");
const viewer = join(root, "packages/viewer");
const dist = join(portal, "dist");
const STAMP = ".built-from";

/** All that the page and the viewer are made of. Its dependencies are in the lock file. */
const SOURCES = [
  "apps/portal/src",
  "apps/portal/index.html",
  "apps/portal/used-link.html",
  "apps/portal/tsconfig.json",
  "apps/portal/vite.config.ts",
  "packages/event/src",
  "packages/merkle/src",
  "packages/viewer/element",
  "packages/viewer/src",
  "packages/viewer/tsconfig.json",
  "packages/viewer/vite.config.ts",
  "package-lock.json",
  "scripts/build.ts",
  "tsconfig.json",
];
const BUILD = ["build", "--logLevel", "warn", "--emptyOutDir", "--outDir"];
/** Files that a browser can be sent compressed. */
const COMPRESSIBLE = /\.(?:html|js|css|svg)$/;

await buildServer();
const sources = digestOfSources();
if (!isBuiltFrom(sources)) {
  const startedAt = performance.now();
  if (await build()) console.log(`Built the page in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
  else process.exitCode = 1;
}

function digestOfSources(): string {
  const hash = createHash("sha256");
  for (const path of SOURCES.flatMap(filesOf)) {
    hash
      .update(`${relative(root, path)}\0`)
      .update(readFileSync(path))
      .update("\0");
  }
  return hash.digest("hex");
}

function filesOf(path: string): string[] {
  const full = join(root, path);
  if (/\.[a-z]+$/.test(path)) return [full];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(?:test|fixture)\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function isBuiltFrom(digest: string): boolean {
  const stamp = join(dist, STAMP);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === digest;
}

/** Tells whether it worked; the tools have said why not. */
async function build(): Promise<boolean> {
  const staging = join(root, ".cache", `portal-${process.pid}`);
  const aside = `${staging}-viewer`;
  try {
    const codes = await Promise.all([
      run("typescript/bin/tsc", { args: ["-p", join(portal, "tsconfig.json")], cwd: portal }),
      run("typescript/bin/tsc", { args: ["-p", join(viewer, "tsconfig.json")], cwd: viewer }),
      run("vite/bin/vite.js", { args: [...BUILD, staging], cwd: portal }),
      run("vite/bin/vite.js", { args: [...BUILD, aside], cwd: viewer }),
    ]);
    if (codes.some((code) => code !== 0)) return false;
    cpSync(join(aside, "viewer.js"), join(staging, "viewer.js"));
    compress(staging);
    writeFileSync(join(staging, STAMP), sources);
    publish(staging);
    return true;
  } finally {
    for (const path of [staging, aside]) rmSync(path, { recursive: true, force: true });
  }
}

/** Runs one of the project's tools. */
function run(tool: string, { args, cwd }: { readonly args: readonly string[]; readonly cwd: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, "node_modules", tool), ...args], {
      cwd,
      stdio: "inherit",
    });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

/** Compresses once, as small as it gets, rather than at each request. */
function compress(directory: string): void {
  for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
    if (!COMPRESSIBLE.test(name)) continue;
    const path = join(directory, name);
    const bytes = readFileSync(path);
    const size = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: size }));
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

/** Puts the finished build in place at once: whoever reads meanwhile finds the old one or the new one. */
function publish(staging: string): void {
  mkdirSync(dist, { recursive: true });
  const old = `${staging}-old`;
  renameSync(dist, old);
  try {
    renameSync(staging, dist);
  } catch {
    // Another file system below .cache.
    cpSync(staging, dist, { recursive: true });
  }
  rmSync(old, { recursive: true, force: true });
}
