/** What is to happen when the process ends. */
export interface ExitHooks {
  /** Sends what is pending, for at most the given time; true when nothing is left. */
  readonly flush: () => Promise<unknown>;
  readonly hasPending: () => boolean;
  /** Refuses what is still unsent; called when nothing asynchronous can happen any more. */
  readonly abandon: () => void;
}

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/**
 * Installs handlers that flush when the event loop runs dry and on SIGTERM and SIGINT, and that refuse what is left at the
 * very end. Returns what takes them off again.
 *
 * After flushing, a signal is raised again unless the program has a handler of its own, which then decides.
 */
export function installExitHooks(hooks: ExitHooks): () => void {
  function onBeforeExit(): void {
    if (hooks.hasPending()) void hooks.flush();
  }

  function onSignal(signal: NodeJS.Signals): void {
    const isOurs = process.listenerCount(signal) === 1;
    void hooks.flush().finally(() => {
      if (!isOurs) return;
      uninstall();
      process.kill(process.pid, signal);
    });
  }

  function onExit(): void {
    if (hooks.hasPending()) hooks.abandon();
  }

  function uninstall(): void {
    process.off("beforeExit", onBeforeExit);
    process.off("exit", onExit);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }

  process.on("beforeExit", onBeforeExit);
  process.on("exit", onExit);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return uninstall;
}
