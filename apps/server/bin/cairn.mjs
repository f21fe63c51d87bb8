#!/usr/bin/env node
// The launcher. Cairn's sources are TypeScript that Node 24 and newer run as they are; under an older Node this hands
// over to the one that the npm package `node` brought along.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";

const [major = 0] = process.versions.node.split(".").map(Number);
if (major >= 24) {
  // Stripping types and compiling take half of a start, so both are kept: with the dependencies, where nobody else may write.
  // Threads and child processes hear of it by the environment.
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL("../../../node_modules/.cache/cairn", import.meta.url));
  nodeModule.enableCompileCache(process.env.NODE_COMPILE_CACHE);
  const { main } = await import("../src/main.ts");
  process.exitCode = await main(process.argv.slice(2));
} else {
  const bundled = fileURLToPath(new URL("../../../node_modules/node/bin/node", import.meta.url));
  if (!existsSync(bundled)) {
    console.error(
      `Cairn needs Node 24 or newer; this is ${process.version}. Run \`npm install\` in the clone first: it brings one.`,
    );
    process.exit(2);
  }
  const { status, signal } = spawnSync(bundled, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  if (signal !== null) process.kill(process.pid, signal);
  process.exit(status ?? 1);
}
