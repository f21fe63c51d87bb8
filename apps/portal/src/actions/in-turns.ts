const AT_A_TIME = 3;

let running = 0;
const waiting: (() => void)[] = [];

/** Runs a task when fewer than three others are running: a table of a hundred rows must not ask a hundred things at once. */
export async function inTurns<T>(task: () => Promise<T>): Promise<T> {
  if (running >= AT_A_TIME) await new Promise<void>((resolve) => waiting.push(resolve));
  running++;
  try {
    return await task();
  } finally {
    running--;
    waiting.shift()?.();
  }
}
