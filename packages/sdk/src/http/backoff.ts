import { CairnApiError, CairnClientError } from "../errors.ts";

/** How failed requests are repeated. */
export interface RetryPolicy {
  /** Upper bound of the first pause; it doubles with every further one. */
  readonly baseDelayMs: number;
  /** Longest pause, unless the server asks for a longer one. */
  readonly maxDelayMs: number;
  /** After this long the last failure is final. */
  readonly giveUpAfterMs: number;
}

/** Statuses that say nothing about the request itself. 500 is among them: events carry an id, so repeating is safe. */
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504, 507]);

/** A server that asks for more than this is not coming back by itself; the event is better refused while somebody looks. */
const MAX_RETRY_AFTER_MS = 15 * 60_000;

/** Tells whether sending the same thing again can succeed. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof CairnApiError) return RETRYABLE_STATUSES.has(error.status);
  return error instanceof CairnClientError && error.code === "unreachable";
}

/**
 * Gives the pause before the next attempt: full jitter below a doubling bound, so that many clients do not come back at
 * once; never less than `Retry-After`.
 */
export function retryDelayMs(
  policy: RetryPolicy,
  failure: { readonly attempt: number; readonly error: unknown; readonly random: () => number },
): number {
  const bound = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** Math.min(failure.attempt, 30));
  const asked = failure.error instanceof CairnApiError ? (failure.error.retryAfterSeconds ?? 0) * 1_000 : 0;
  return Math.min(asked, MAX_RETRY_AFTER_MS) + failure.random() * bound;
}

/** Reads `Retry-After`: seconds or an HTTP date (RFC 9110 §10.2.3). Gives seconds, or undefined. */
export function parseRetryAfter(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header);
  const dateMs = Date.parse(header);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, (dateMs - nowMs) / 1_000);
}
