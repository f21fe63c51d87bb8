import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";
import { basename } from "node:path";

/** What a benchmark prints: one JSON object. */
export interface Report {
  /** The question of docs/performance.md that it answers. */
  readonly question: string;
  readonly command: string;
  readonly at: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  /** Load average of the last minute when it began and when it ended: what others did with the machine. */
  readonly load: { readonly before: number; readonly after: number };
  /**
   * CPU time of a piece of work that is always the same, microseconds, before and after: how fast a core was. Neighbours
   * on the same physical core slow it down without showing in anybody's CPU time.
   */
  readonly calibrationUs: { readonly before: number; readonly after: number };
  readonly results: Readonly<Record<string, unknown>>;
}

/** What the numbers were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
}

/** Runs a benchmark and prints its report on standard output. Progress goes to standard error. */
export async function answerQuestion(
  question: string,
  measure: () => Promise<Readonly<Record<string, unknown>>>,
): Promise<void> {
  const before = loadAverage();
  const calibrationBefore = calibrate();
  const at = new Date().toISOString();
  const results = await measure();
  const report: Report = {
    question,
    command: ["node", `bench/${basename(process.argv[1] ?? "")}`, ...process.argv.slice(2)].join(" "),
    at,
    machine: machine(),
    versions: versions(),
    load: { before, after: loadAverage() },
    calibrationUs: { before: calibrationBefore, after: calibrate() },
    results,
  };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
}

/** Tells people what goes on. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Rounds for reading: three significant digits, or whole numbers beyond 1,000. */
export function round(value: number): number {
  return Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(3));
}

const CALIBRATION_ROUNDS = 3_000;

/** Parses and writes the same JSON again and again. The kernel counts CPU time in ticks: only a long run tells it well. */
function calibrate(): number {
  const text = JSON.stringify(
    Array.from({ length: 200 }, (_, i) => ({ id: `doc-${i}`, n: i / 7, list: [i, "x", null] })),
  );
  const from = process.threadCpuUsage();
  for (let i = 0; i < CALIBRATION_ROUNDS; i++) JSON.stringify(JSON.parse(text));
  const { user, system } = process.threadCpuUsage(from);
  return round((user + system) / CALIBRATION_ROUNDS);
}

function machine(): Machine {
  const [first] = cpus();
  return {
    cpu: first?.model ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: round(totalmem() / 2 ** 30),
    kernel: release(),
  };
}

function versions(): Record<string, string> {
  return { node: process.version, cairn: readVersion(), commit: readCommit() };
}

function readVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

function readCommit(): string {
  try {
    const directory = new URL("../..", import.meta.url).pathname;
    const git = (...args: string[]) => execFileSync("git", ["-C", directory, ...args], { encoding: "utf8" }).trim();
    return `${git("rev-parse", "--short", "HEAD")}${git("status", "--porcelain") === "" ? "" : " with changes"}`;
  } catch {
    return "unknown";
  }
}

function loadAverage(): number {
  return round(loadavg()[0] ?? 0);
}
