import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Report } from "./lib/report.ts";
import { updateTable } from "./lib/table.ts";

// Runs benchmarks one after another, keeps their reports in bench/out and brings the table of docs/performance.md up to
// date: `node bench/run.ts [quick|all|NAME…] [-- options of each]`.

const QUICK = ["prepare", "ingest", "single", "ack-latency", "index-lag", "postgres"];
const ALL = [...QUICK, "search", "disk", "verify", "exports", "tenants", "protocols", "portal"];
const SETS: Readonly<Record<string, readonly string[]>> = { quick: QUICK, all: ALL };

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const DOCUMENT = here("../docs/performance.md");

const words = process.argv.slice(2);
const dashes = words.indexOf("--");
const chosen = (dashes === -1 ? words : words.slice(0, dashes)).flatMap((word) => SETS[word] ?? [word]);
const passedOn = dashes === -1 ? [] : words.slice(dashes + 1);
const unknown = chosen.find((name) => !existsSync(here(`./${name}.ts`)));
if (unknown !== undefined || chosen.length === 0) {
  process.stderr.write(`Usage: node bench/run.ts ${Object.keys(SETS).join("|")}|${ALL.join("|")} [-- options]\n`);
  process.exit(2);
}

mkdirSync(here("./out"), { recursive: true });
const reports = new Map<string, Report>();
for (const name of chosen) {
  process.stderr.write(`\n## ${name}\n`);
  const text = await run(name);
  if (text === undefined) {
    process.exitCode = 1;
    continue;
  }
  writeFileSync(here(`./out/${name}.json`), text);
  reports.set(name, JSON.parse(text) as Report);
}
writeFileSync(DOCUMENT, updateTable(readFileSync(DOCUMENT, "utf8"), reports));

/** Runs one benchmark and gives what it printed; undefined when it failed, which it has explained on standard error. */
async function run(name: string): Promise<string | undefined> {
  const child = spawn(process.execPath, [here(`./${name}.ts`), ...passedOn], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((resolve) => child.once("close", resolve));
  return code === 0 ? output : undefined;
}
