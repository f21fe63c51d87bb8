import { createEventGenerator, type EventGenerator } from "@cairn/testkit";

const DAY_MS = 86_400_000;
/** How far back loaded history reaches. */
const HISTORY_DAYS = 90;

/** Events that happen now, of a seed that no other run has: identities must not repeat in one data directory. */
export function liveEvents(
  options: { readonly names?: string; readonly tenants?: number; readonly tenantOf?: (made: number) => number } = {},
): EventGenerator {
  return createEventGenerator({
    seed: Date.now(),
    times: { kind: "live", nowMs: Date.now },
    names: options.names === "ascii" ? "ascii" : "some_beyond_ascii",
    ...(options.tenants === undefined ? {} : { tenants: options.tenants }),
    ...(options.tenantOf === undefined ? {} : { tenantOf: options.tenantOf }),
  });
}

/** Events of the last 90 days, in the order in which they happened. */
export function historyEvents(events: number): EventGenerator {
  const nowMs = Date.now();
  return createEventGenerator({
    seed: nowMs,
    times: { kind: "spread", fromMs: nowMs - HISTORY_DAYS * DAY_MS, toMs: nowMs, events },
  });
}
