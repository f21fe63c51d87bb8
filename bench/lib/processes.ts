import { readdirSync, readFileSync } from "node:fs";
import { round } from "./report.ts";

/** Bytes of a page on the platforms that have `/proc`. */
const PAGE_BYTES = 4_096;
const MIB = 1024 * 1024;
const SAMPLE_MS = 250;
/** Adding up shares walks every page table, and finding children every thread: the watch must not be a load itself. */
const LOOKS_PER_SHARE = 12;

/** CPU time of threads, nanoseconds, by `process/thread`. */
export type CpuTimes = ReadonlyMap<string, number>;

/** A process and all below it. */
export function processTree(pid: number): number[] {
  const tree = [pid];
  for (const own of tree) {
    for (const thread of list(`/proc/${own}/task`)) {
      const children = read(`/proc/${own}/task/${thread}/children`) ?? "";
      tree.push(...children.split(" ").filter(Boolean).map(Number));
    }
  }
  return tree;
}

/**
 * Reads the CPU time that each thread of the processes has used; threads of one name are added up. `names` renames
 * processes: the first is `server`, its children are what they were started for.
 */
export function cpuTimes(root: number): CpuTimes {
  const times = new Map<string, number>();
  for (const pid of processTree(root)) {
    for (const thread of list(`/proc/${pid}/task`)) {
      const name = read(`/proc/${pid}/task/${thread}/comm`)?.trim();
      const schedule = read(`/proc/${pid}/task/${thread}/schedstat`);
      if (name === undefined || schedule === undefined) continue;
      const label = pid === root ? threadLabel(name) : "index process";
      times.set(label, (times.get(label) ?? 0) + Number(schedule.split(" ")[0]));
    }
  }
  return times;
}

/** What was used between two readings, microseconds per event; what is below 0.005 is left out. */
export function cpuPerEvent(before: CpuTimes, after: CpuTimes, events: number): Record<string, number> {
  const result: Record<string, number> = {};
  let sum = 0;
  for (const [name, ns] of after) {
    const us = (ns - (before.get(name) ?? 0)) / 1_000 / events;
    sum += us;
    if (us >= 0.005) result[name] = round(us);
  }
  return { ...result, sum: round(sum) };
}

/** CPU time that the live threads of one process have used, milliseconds. */
export function processCpuMs(pid: number): number {
  let ns = 0;
  for (const thread of list(`/proc/${pid}/task`))
    ns += Number(read(`/proc/${pid}/task/${thread}/schedstat`)?.split(" ")[0] ?? 0);
  return ns / 1e6;
}

function threadLabel(name: string): string {
  if (name === "node-MainThread" || name === "node") return "main";
  if (name.startsWith("node-V8Worker")) return "garbage collection and compilation";
  if (name.startsWith("libuv-worker")) return "libuv";
  return name;
}

/** Peaks of the memory of a process tree since the watch began, MiB. */
export interface MemoryPeaks {
  /** Resident memory of all processes added up: what two processes share counts twice. */
  readonly sum: number;
  /** The same with shared pages divided among those who share them; looked at less often. */
  readonly proportionalSum: number;
  readonly byProcess: Readonly<Record<string, number>>;
}

/** Watches the memory of a process tree. */
export function watchMemory(root: number): { stop(): MemoryPeaks } {
  let [peakSum, peakProportional, looks] = [0, 0, 0];
  const peaks = new Map<string, number>();
  let tree: readonly number[] = [];
  const look = (): void => {
    let [sum, proportional] = [0, 0];
    const withShares = looks++ % LOOKS_PER_SHARE === 0;
    if (withShares) tree = processTree(root);
    for (const pid of tree) {
      const pages = Number(read(`/proc/${pid}/statm`)?.split(" ")[1] ?? 0);
      const resident = pages * PAGE_BYTES;
      sum += resident;
      if (withShares) proportional += proportionalBytes(pid);
      const label = pid === root ? "server" : "index process";
      peaks.set(label, Math.max(peaks.get(label) ?? 0, resident));
    }
    peakSum = Math.max(peakSum, sum);
    peakProportional = Math.max(peakProportional, proportional);
  };
  look();
  const timer = setInterval(look, SAMPLE_MS);
  return {
    stop() {
      clearInterval(timer);
      const byProcess = [...peaks].map(([label, bytes]) => [label, round(bytes / MIB)]);
      return {
        sum: round(peakSum / MIB),
        proportionalSum: round(peakProportional / MIB),
        byProcess: Object.fromEntries(byProcess),
      };
    },
  };
}

function proportionalBytes(pid: number): number {
  const [, kib] = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? "") ?? [];
  return Number(kib ?? 0) * 1_024;
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return []; // it ended meanwhile
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // it ended meanwhile
  }
}
