import type { ChildProcess } from "node:child_process";

const running = new Set<ChildProcess>();
let isWatching = false;

/** Makes sure that a child does not outlive this process, however this process ends short of `kill -9`. */
export function endWithUs(child: ChildProcess): void {
  running.add(child);
  child.once("exit", () => running.delete(child));
  if (isWatching) return;
  isWatching = true;
  process.once("exit", () => {
    for (const one of running) one.kill("SIGKILL");
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(130));
}
