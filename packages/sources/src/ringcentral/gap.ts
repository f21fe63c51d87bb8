import type { EventInput } from "@cairn/event";
import { gapEvent } from "../core/gap-event.ts";
import { RINGCENTRAL_SOURCE } from "./audit-trail.ts";

/** The audit trail holds this many records per account, and so many days of them. */
export const AUDIT_TRAIL_CAP = { records: 10_000, days: 180 } as const;

/** What a collector knows when it comes back. */
export interface AuditTrailReturn {
  /** Unix milliseconds of the newest record it has. */
  readonly newestKnownMs: number;
  /** Unix milliseconds of the oldest record that is there. */
  readonly oldestThereMs: number;
  /** `paging.totalFound` of the whole account. */
  readonly totalFound: number;
  readonly nowMs: number;
}

const DAY_MS = 86_400_000;

/**
 * Tells what the audit trail has let go of before it was collected, as an event; undefined when nothing can be missing. The
 * account's cap and its 180 days both push old records out.
 */
export function auditTrailGap({
  newestKnownMs,
  oldestThereMs,
  totalFound,
  nowMs,
}: AuditTrailReturn): EventInput | undefined {
  if (oldestThereMs <= newestKnownMs) return undefined;
  const isFull = totalFound >= AUDIT_TRAIL_CAP.records;
  const isOld = newestKnownMs < nowMs - AUDIT_TRAIL_CAP.days * DAY_MS;
  if (!isFull && !isOld) return undefined;
  const limit = isFull ? `${AUDIT_TRAIL_CAP.records} records` : `${AUDIT_TRAIL_CAP.days} days`;
  return gapEvent({
    source: RINGCENTRAL_SOURCE,
    fromMs: newestKnownMs,
    toMs: oldestThereMs,
    reason: `the audit trail holds no more than ${limit} of an account`,
    details: { oldest_record: new Date(oldestThereMs).toISOString(), total_found: totalFound },
  });
}
