import { setTimeout as sleep } from "node:timers/promises";
import { asFailure, CairnClientError, type CairnFailure } from "../errors.ts";
import { isRetryable, type RetryPolicy, retryDelayMs } from "./backoff.ts";

/** Told of every failure that will be tried again. */
export type RetryListener = (failure: { readonly error: CairnFailure; readonly delayMs: number }) => void;

/** Makes a call again while that can help, and as long as the policy lets it. Throws the last failure. */
export async function withRetries<T>(
  call: () => Promise<T>,
  options: {
    readonly policy: RetryPolicy;
    readonly signal?: AbortSignal | undefined;
    readonly onRetry?: RetryListener | undefined;
  },
): Promise<T> {
  const startedMs = performance.now();
  for (let attempt = 0; ; attempt++) {
    try {
      return await call();
    } catch (thrown) {
      const error = asFailure(thrown);
      const delayMs = retryDelayMs(options.policy, { attempt, error, random: Math.random });
      const isOver = performance.now() - startedMs + delayMs > options.policy.giveUpAfterMs;
      if (isOver || !isRetryable(error)) throw error;
      options.onRetry?.({ error, delayMs });
      await pause(delayMs, options.signal);
    }
  }
}

/** Waits; throws `aborted` as soon as the signal says so. */
export async function pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(delayMs, undefined, signal === undefined ? {} : { signal });
  } catch (cause) {
    throw new CairnClientError("aborted", "the call was aborted", { cause });
  }
}
