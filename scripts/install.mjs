// Installs what package-lock.json says, when that has not been done yet. Runs under Node 20 and newer, before anything
// else of the project can.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Root of the clone. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** The Node that the project runs on: the one the npm package `node` brings, or this one when it is new enough. */
export function projectNode() {
  const bundled = join(root, "node_modules/node/bin/node");
  return existsSync(bundled) ? bundled : process.execPath;
}

/** Runs a program and gives its exit code; output goes where ours goes. */
export function run(program, args, options = {}) {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: "inherit", ...options });
  if (error !== undefined) {
    console.error(`cannot run ${program}: ${error.message}`);
    return 1;
  }
  return status ?? 1;
}

/** Installs the dependencies if the lock file is not the one they were installed from. */
export function installDependencies() {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const stamp = join(root, "node_modules/.cairn-installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  console.log("Installing dependencies (the search engine and a current Node among them: about 800 MB) …");
  const npm = process.env.npm_execpath;
  // Not `npm ci`: it refuses a lock file that lacks optional packages of platforms a mirror does not carry.
  // And errors only: under Node 20 it would warn of every test peer that wants the Node which is just being installed.
  const args = ["install", "--no-save", "--no-fund", "--no-audit", "--loglevel=error"];
  const code = npm === undefined ? run("npm", args) : run(process.execPath, [npm, ...args]);
  if (code !== 0) {
    console.error("The installation failed; see above. Is the npm registry reachable, and is there 1 GB of free disk?");
    process.exit(code);
  }
  if (!existsSync(join(root, "node_modules/node/bin/node")) && Number(process.versions.node.split(".")[0]) < 24) {
    console.error(
      "The npm package `node` did not bring a Node for this platform. Install Node 24 or newer and run again.",
    );
    process.exit(1);
  }
  writeFileSync(stamp, lock);
}

/** Environment in which the project's own tools come first. */
export function projectEnvironment() {
  const bin = join(root, "node_modules/.bin");
  return { ...process.env, PATH: `${bin}:${process.env.PATH ?? ""}` };
}
