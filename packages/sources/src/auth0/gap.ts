import type { EventInput } from "@cairn/event";
import { gapEvent } from "../core/gap-event.ts";
import { AUTH0_SOURCE } from "./auth0.ts";
import { timeOfLogId } from "./log-id.ts";

/** What a poller knows when it comes back. */
export interface Auth0Return {
  /** `log_id` of the last event it has. */
  readonly checkpoint: string;
  /** `log_id` of the oldest event returned; undefined when there was none. */
  readonly oldest: string | undefined;
  /** For how long the plan of the Auth0 tenant keeps logs: 1, 5, 10 or 30 days. */
  readonly retentionDays: number;
  readonly nowMs: number;
}

const DAY_MS = 86_400_000;

/**
 * Tells what is missing after a pause longer than Auth0's retention, as an event; undefined when nothing can be. A pause
 * within the retention leaves no gap, however long nothing happened.
 */
export function auth0Gap({ checkpoint, oldest, retentionDays, nowMs }: Auth0Return): EventInput | undefined {
  const fromMs = timeOfLogId(checkpoint);
  const keptSinceMs = nowMs - retentionDays * DAY_MS;
  if (fromMs === undefined || fromMs >= keptSinceMs) return undefined;
  const toMs = (oldest === undefined ? undefined : timeOfLogId(oldest)) ?? keptSinceMs;
  return gapEvent({
    source: AUTH0_SOURCE,
    fromMs,
    toMs: Math.max(fromMs, toMs),
    reason: `Auth0 keeps logs for ${retentionDays} days`,
    details: { checkpoint, ...(oldest === undefined ? {} : { oldest }), retention_days: retentionDays },
  });
}
