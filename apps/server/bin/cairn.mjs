#!/usr/bin/env node
// The launcher. Cairn's sources are TypeScript that Node 24 and newer run as they are; where they were bundled and have
// not changed since, the bundle starts in a third of the time. Under an older Node this hands over to the one that the npm
// package `node` brought along.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";

const root = new URL("../../../", import.meta.url);

/** The bundle that scripts/build-server.ts made, unless something it was made of has changed. */
function bundled() {
  const dist = new URL("apps/server/dist/", root);
  try {
    const { directory, madeOf } = JSON.parse(readFileSync(new URL("current.json", dist), "utf8"));
    const isUnchanged = madeOf.every(([path, mtimeMs, bytes]) => {
      const stat = statSync(new URL(path, root), { throwIfNoEntry: false });
      return stat?.mtimeMs === mtimeMs && stat.size === bytes;
    });
    const main = new URL(`${directory}/main.js`, dist);
    return isUnchanged && existsSync(main) ? main.href : undefined;
  } catch {
    return undefined; // none was made
  }
}

const [major = 0] = process.versions.node.split(".").map(Number);
if (major >= 24) {
  // Stripping types and compiling take half of a start, so both are kept: with the dependencies, where nobody else may write.
  // Threads and child processes hear of it by the environment.
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL("node_modules/.cache/cairn", root));
  nodeModule.enableCompileCache(process.env.NODE_COMPILE_CACHE);
  const { main } = await import(bundled() ?? "../src/main.ts");
  process.exitCode = await main(process.argv.slice(2));
} else {
  const node = fileURLToPath(new URL("node_modules/node/bin/node", root));
  if (!existsSync(node)) {
    console.error(
      `Cairn needs Node 24 or newer; this is ${process.version}. Run \`npm install\` in the clone first: it brings one.`,
    );
    process.exit(2);
  }
  const { status, signal } = spawnSync(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  if (signal !== null) process.kill(process.pid, signal);
  process.exit(status ?? 1);
}
