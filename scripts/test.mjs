// `npm test`: install what is missing, then format check, lint, types, and every test. The last line counts them.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installDependencies, projectEnvironment, projectNode, root, run } from "./install.mjs";

/** Tests that may be skipped in CI, each with the reason. Any other skip fails the run. */
const EXPECTED_SKIPS = JSON.parse(readFileSync(join(root, "scripts/expected-skips.json"), "utf8"));

installDependencies();
const env = projectEnvironment();
const node = projectNode();
const bin = (name) => join(root, "node_modules", name);

installPeers();
const steps = [
  [
    "format and lint",
    [bin("@biomejs/biome/bin/biome"), "ci", `--colors=${process.stdout.isTTY ? "force" : "off"}`, "."],
  ],
  ["types", [bin("typescript/bin/tsc"), "-p", "tsconfig.json"]],
  ["types of the portal", [bin("typescript/bin/tsc"), "-p", "apps/portal/tsconfig.json", "--noEmit"]],
  ["types of the viewer", [bin("typescript/bin/tsc"), "-p", "packages/viewer/tsconfig.json", "--noEmit"]],
];
if (existsSync(join(root, "scripts/build.ts"))) steps.push(["build", [join(root, "scripts/build.ts")]]);
for (const [name, args] of steps) {
  console.log(`\n— ${name}`);
  if (run(node, args, { env }) !== 0) fail(`${name} failed`);
}

console.log("\n— tests");
const results = join(root, "test-results/vitest.json");
mkdirSync(join(root, "test-results"), { recursive: true });
rmSync(results, { force: true });
const filters = process.argv.slice(2);
const code = run(
  node,
  [
    bin("vitest/vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${results}`,
    ...filters,
  ],
  { env },
);
if (!existsSync(results)) fail("the test runner ended without results");
const report = JSON.parse(readFileSync(results, "utf8"));
const skipped = report.testResults.flatMap((file) =>
  file.assertionResults
    .filter((test) => test.status !== "passed" && test.status !== "failed")
    .map((test) => test.fullName),
);
const unexpected = skipped.filter((name) => !Object.keys(EXPECTED_SKIPS).some((prefix) => name.startsWith(prefix)));
for (const name of skipped) console.log(`SKIPPED: ${name}`);
const broken = report.testResults.filter(
  (file) => file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"),
);
for (const file of broken) console.log(`BROKEN FILE: ${file.name}: ${file.message}`);
const isCi = process.env.CI === "true";
if (isCi) for (const name of unexpected) console.log(`UNEXPECTED SKIP: ${name}`);
const failed = report.numFailedTests + broken.length + (isCi ? unexpected.length : 0);
console.log(`\n${report.numPassedTests} passed, ${failed} failed, ${skipped.length} skipped`);
process.exit(failed === 0 && code === 0 ? 0 : 1);

function fail(why) {
  console.log(`\n${why}\n0 passed, 1 failed`);
  process.exit(1);
}

/** Real peers of the tests that come from the system's packages: installed where that is possible, else their tests skip. */
function installPeers() {
  const wanted = [
    ["chromium", "/usr/bin/chromium"],
    // The same browser without windows, at two thirds of the work; where there is none, the other one is used.
    ["chromium-headless-shell", "/usr/lib/chromium/chromium-headless-shell"],
    ["strace", "/usr/bin/strace"],
  ];
  const missing = wanted.filter(([, path]) => !existsSync(path)).map(([name]) => name);
  if (missing.length === 0) return;
  const apt = "/usr/bin/apt-get";
  if (!existsSync(apt) || process.getuid?.() !== 0) {
    console.log(`not installed, and what nothing takes the place of will be skipped: ${missing.join(", ")}`);
    return;
  }
  console.log(`Installing ${missing.join(", ")} …`);
  const quiet = { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
  spawnSync(apt, ["update"], quiet);
  for (const name of missing) spawnSync(apt, ["install", "-y", "--no-install-recommends", name], quiet);
}
