import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** A command that ran to its end. */
export interface TimedRun {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly exitCode: number | null;
  readonly output: string;
}

/** Runs a command and measures it. Whatever its exit code, it is told; the caller judges. */
export async function timeCommand(file: string, args: readonly string[]): Promise<TimedRun> {
  const from = performance.now();
  const before = childCpuSeconds();
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { seconds: (performance.now() - from) / 1_000, cpuSeconds: childCpuSeconds() - before, exitCode, output };
}

/** Ticks per second of the times in `/proc`, on every platform that has it. */
const TICKS = 100;

/** CPU time of all children that have ended (proc(5): cutime and cstime, the 16th and 17th field of `stat`). */
function childCpuSeconds(): number {
  const text = readFileSync("/proc/self/stat", "utf8");
  // The second field is a name in parentheses, which may hold blanks.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / TICKS;
}
