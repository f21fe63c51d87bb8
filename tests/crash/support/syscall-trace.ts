import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

export const STRACE = "/usr/bin/strace";
/** Calls by which data reaches a file, a disk or a socket. */
const CALLS = "pwrite64,pwritev,write,writev,sendto,sendmsg,fsync,fdatasync";

/** Attaches to every thread of a process; resolves once it is traced. */
export async function attach(pid: number, file: string): Promise<{ detach(): Promise<void> }> {
  const args = ["-f", "-y", "-s", "32", "-e", `trace=${CALLS}`, "-o", file, "-p", String(pid)];
  const tracer: ChildProcess = spawn(STRACE, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  tracer.stderr?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new Promise<void>((resolve) => tracer.once("close", () => resolve()));
  while (!/attached/.test(said)) {
    if (tracer.exitCode !== null) throw new Error(`strace did not attach: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    async detach() {
      tracer.kill("SIGINT");
      await ended;
    },
  };
}

/** One call as it was entered or left; what takes no time is both at once. */
interface Call {
  readonly thread: string;
  readonly name: string;
  /** Path or address of the file descriptor. */
  readonly target: string;
  readonly text: string;
  readonly phase: "entered" | "left" | "both";
  readonly result: number;
}

/** Reads what strace wrote. */
export function readTrace(file: string): Call[] {
  return existsSync(file) ? parseTrace(readFileSync(file, "utf8")) : [];
}

/** Parses lines of `strace -f -y`: whole calls, unfinished ones, and what became of these. */
export function parseTrace(text: string): Call[] {
  const unfinished = new Map<string, { readonly name: string; readonly target: string }>();
  const calls: Call[] = [];
  for (const line of text.split("\n")) {
    const resumed = /^(\d+) +<\.\.\. (\w+) resumed>.*= (-?\d+)/.exec(line);
    if (resumed !== null) {
      const [, thread = "", name = "", result = ""] = resumed;
      const { target = "" } = unfinished.get(thread) ?? {};
      calls.push({ thread, name, target, text: line, phase: "left", result: Number(result) });
      continue;
    }
    const entered = /^(\d+) +(\w+)\(\d+<(.*?)>(?:,|\)| <unfinished)(.*)$/.exec(line);
    if (entered === null) continue;
    const [, thread = "", name = "", target = ""] = entered;
    if (line.includes("<unfinished ...>")) {
      unfinished.set(thread, { name, target });
      calls.push({ thread, name, target, text: line, phase: "entered", result: 0 });
    } else {
      const result = Number(/= (-?\d+)(?: .*)?$/.exec(line)?.[1] ?? -1);
      calls.push({ thread, name, target, text: line, phase: "both", result });
    }
  }
  return calls;
}

/** What a trace says about the answers that acknowledge events. */
export interface DurabilityReport {
  readonly answers: number;
  /** Answers that left before what they acknowledge was on the disk. */
  readonly early: number;
}

/**
 * Looks, for each answer, for the commit it stands on. Requests must come one after the other over one connection, and
 * each event be so large that nothing else the server writes is mistaken for it: the answer's commit is at least
 * `minBytes` written to the write-ahead log by one thread, and a sync of it by the same thread that has come back.
 */
export function durabilityOf(
  calls: readonly Call[],
  { wal, minBytes }: { readonly wal: string; readonly minBytes: number },
): DurabilityReport {
  let answers = 0;
  let early = 0;
  const written = new Map<string, number>();
  let isDurable = false;
  for (const { thread, name, target, text, phase, result } of calls) {
    if (target.endsWith(wal)) {
      if (/^p?write/.test(name) && phase !== "entered") written.set(thread, (written.get(thread) ?? 0) + result);
      if (/sync$/.test(name) && phase !== "entered" && result === 0) {
        if ((written.get(thread) ?? 0) >= minBytes) isDurable = true;
        written.set(thread, 0);
      }
    }
    if (phase === "left" || !/TCP|socket/.test(target) || !text.includes("HTTP/1.1 200")) continue;
    answers++;
    if (!isDurable) early++;
    isDurable = false;
    written.clear();
  }
  return { answers, early };
}
