// Bundles the server and its command into apps/server/dist, when its sources are not those that were bundled last. Loading
// two thousand modules in eight threads is nine tenths of a start. The launcher takes the bundle only while the sources
// are as they were, so whoever edits them runs what they see.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { type Plugin, rolldown } from "rolldown";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "apps/server/dist");
const threads = join(root, "apps/server/src/threads");
/** What the launcher reads: where the bundle is, and of which files it was made. */
const CURRENT = join(dist, "current.json");
/** A server that runs loads some of its files late: they stay for that long. */
const KEPT_BUILDS = 3;

/** Files that are started by their name: the program, its threads, the child process of the search engine. */
function entries(): Record<string, string> {
  const names = readdirSync(threads).filter((name) => name.endsWith("-thread.ts"));
  return {
    main: join(root, "apps/server/src/main.ts"),
    host: join(root, "packages/search/src/engine/host.ts"),
    "scan-thread": join(root, "packages/cli/src/verify/lines/scan-thread.ts"),
    ...Object.fromEntries(names.map((name) => [name.slice(0, -".ts".length), join(threads, name)])),
  };
}

/** Packages with libraries of their own in machine code stay where they are. */
const EXTERNAL = [/^chdb(?:\/|$)/, /^@chdb\//, /^@node-rs\//];

/** Entries stand beside each other in the bundle, and are JavaScript there. */
const entryUrls: Plugin = {
  name: "entry-urls",
  transform: (code) => ({ code: code.replaceAll(/\.ts(["`]), import\.meta\.url\)/g, ".js$1, import.meta.url)") }),
};

/** A file that went into a bundle: path from the root, milliseconds of its last change, bytes. */
type Ingredient = readonly [path: string, mtimeMs: number, bytes: number];

interface Current {
  readonly directory: string;
  readonly madeOf: readonly Ingredient[];
}

/** Bundles the server if something it is made of has changed. */
export async function buildServer(): Promise<void> {
  if (isCurrent()) return;
  const startedAt = performance.now();
  const bundle = await rolldown({ input: entries(), platform: "node", external: EXTERNAL, plugins: [entryUrls] });
  const name = `build-${Date.now().toString(36)}-${process.pid}`;
  const { output } = await bundle.write({ dir: join(dist, name), format: "esm", entryFileNames: "[name].js" });
  const modules = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
  const files = new Set([
    ...modules.filter((id) => existsSync(id)),
    ...OTHER_INGREDIENTS.map((path) => join(root, path)),
  ]);
  const current: Current = { directory: name, madeOf: [...files].filter(isOurs).map(ingredient) };
  writeFileSync(`${CURRENT}.new`, JSON.stringify(current));
  renameSync(`${CURRENT}.new`, CURRENT);
  removeOld();
  console.log(`Built the server in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s.`);
}

/** What decides about a bundle without being in it. The versions of its dependencies are in the lock file. */
const OTHER_INGREDIENTS = ["package-lock.json", "scripts/build-server.ts"];

function isOurs(path: string): boolean {
  return !path.includes(`${sep}node_modules${sep}`);
}

function ingredient(path: string): Ingredient {
  const { mtimeMs, size } = statSync(path);
  return [relative(root, path), mtimeMs, size];
}

function isCurrent(): boolean {
  if (!existsSync(CURRENT)) return false;
  const { directory, madeOf } = JSON.parse(readFileSync(CURRENT, "utf8")) as Current;
  if (!existsSync(join(dist, directory))) return false;
  return madeOf.every(([path, mtimeMs, bytes]) => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    return stat?.mtimeMs === mtimeMs && stat.size === bytes;
  });
}

function removeOld(): void {
  mkdirSync(dist, { recursive: true });
  const builds = readdirSync(dist)
    .filter((name) => name.startsWith("build-"))
    .sort((a, b) => statSync(join(dist, b)).mtimeMs - statSync(join(dist, a)).mtimeMs);
  for (const name of builds.slice(KEPT_BUILDS)) rmSync(join(dist, name), { recursive: true, force: true });
}
