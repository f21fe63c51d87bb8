/** A signal that fires after a time, or when the caller's does. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Ends the waiting. Must be called: it lets go of the caller's signal, which may outlive thousands of requests. */
  clear(): void;
}

/** Starts a deadline. `AbortSignal.any` would do, but long-lived sources leak with it on older Node versions. */
export function startDeadline(timeoutMs: number, callerSignal: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DOMException("the time is up", "TimeoutError")), timeoutMs);
  const onAbort = () => controller.abort(callerSignal?.reason);
  if (callerSignal?.aborted === true) onAbort();
  else callerSignal?.addEventListener("abort", onAbort, { once: true });
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      callerSignal?.removeEventListener("abort", onAbort);
    },
  };
}
