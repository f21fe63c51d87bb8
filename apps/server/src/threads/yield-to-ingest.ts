import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";

/** How much a thread gives way when there is less of the machine than everybody wants: nice 5 gets a third of nice 0. */
const NICENESS = 5;

/**
 * Lets this thread give way to those that acknowledge events: what it does can be caught up with later. On Linux every
 * thread has a priority of its own; elsewhere, and where it is forbidden, nothing changes.
 */
export function yieldToIngest(): void {
  if (process.platform !== "linux") return;
  try {
    // Read by this thread itself: "<process>/task/<thread>".
    const thread = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    if (Number.isSafeInteger(thread) && thread !== process.pid) setPriority(thread, NICENESS);
  } catch {
    // Without /proc, or in a sandbox: it works as well, only less evenly.
  }
}
