import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** Names one process for good: numbers are used again, but not together with a start time. */
export type ProcessIdentity = Readonly<{ pid: number; startTime: string }>;

/**
 * Reads who runs under a process id now.
 *
 * @returns undefined when nobody does, or only a dead process its parent has not collected yet
 */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  const startTime = process.platform === "linux" ? await linuxStartTime(pid) : await psStartTime(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

/** Tells whether that very process still runs. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  return (await identifyProcess(identity.pid))?.startTime === identity.startTime;
}

/** `/proc/<pid>/stat`, proc(5): field 3 is the state, field 20 the number of threads, field 22 the start in clock ticks since boot. */
async function linuxStartTime(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The name in field 2 may hold blanks and brackets; fields are counted from its last bracket.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state] = fields;
    // Of a process that was killed, the first thread may be dead before the last one has let go of its files and their locks.
    if ((state === "Z" && Number(fields[17]) <= 1) || state === "X") return undefined;
    const bootId = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
    return `${bootId}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

async function psStartTime(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      env: { LC_ALL: "C", TZ: "UTC", PATH: process.env.PATH },
    });
    const line = stdout.trim();
    return line === "" || line.startsWith("Z") ? undefined : line.replace(/^\S+\s+/, "");
  } catch {
    return undefined;
  }
}
