import { type Collector, type CollectorParts, startOf } from "../collector.ts";
import { createRingCentralApi, type RingCentralApi } from "./api.ts";
import { collectAuditTrail } from "./audit-trail.ts";
import { collectMessages } from "./message-store.ts";

/** Settings of a source that asks RingCentral. */
export interface RingCentralSettings {
  readonly url: string;
  readonly client_id: string;
  readonly interval_seconds?: number;
}

const AUDIT_SECONDS = 900;
const MESSAGE_SECONDS = 60;
/** Up to five light calls a look, of fifty a minute. */
const SHORTEST_MESSAGE_SECONDS = 10;

/** Reads the audit trail of an account. */
export function createAuditTrailCollector(
  settings: RingCentralSettings & { readonly start_at?: string },
  parts: CollectorParts,
): Collector {
  const api = apiOf(settings, parts);
  const startMs = settings.start_at === undefined ? undefined : startOf(settings.start_at, 0);
  const intervalMs = (settings.interval_seconds ?? AUDIT_SECONDS) * 1_000;
  return (look) => collectAuditTrail(api, look, { map: parts.map, startMs, intervalMs });
}

/** Follows the messages of the extension that the JWT is of. */
export function createMessageCollector(
  settings: RingCentralSettings & { readonly retention_days?: number },
  parts: CollectorParts,
): Collector {
  const api = apiOf(settings, parts);
  const seconds = Math.max(settings.interval_seconds ?? MESSAGE_SECONDS, SHORTEST_MESSAGE_SECONDS);
  const options = { retentionDays: settings.retention_days, intervalMs: seconds * 1_000 };
  let last: { readonly state: string; readonly atMs: number } | undefined;
  return async (look) => {
    // Only what follows on it: what a look found is stored after it, or not at all.
    const previousLookMs = last?.state === JSON.stringify(look.checkpoint) ? last?.atMs : undefined;
    const collected = await collectMessages(api, look, { ...options, previousLookMs });
    last = { state: JSON.stringify(collected.state), atMs: look.nowMs };
    return collected;
  };
}

function apiOf(
  { url, client_id: clientId }: RingCentralSettings,
  { outbound, secrets }: CollectorParts,
): RingCentralApi {
  const { client_secret: clientSecret = "", jwt = "" } = secrets;
  return createRingCentralApi(outbound, { url, clientId, clientSecret, jwt });
}
