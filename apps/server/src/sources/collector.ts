import type { EventInput, Json } from "@cairn/event";
import type { RecordPlace } from "./folder/map-records.ts";
import type { TenantPlace } from "./folder/own-directory.ts";
import type { Outbound } from "./outbound.ts";
import type { RefusedRecord } from "./refused-record.ts";

/** What a look at another system's log has to know. */
export interface Look {
  /** Where the last look ended; undefined at the first. */
  readonly checkpoint: Json | undefined;
  /** When the other side last answered well, Unix milliseconds. */
  readonly lastPolledAtMs: number | undefined;
  readonly nowMs: number;
  /** Ends the look when the server stops. */
  readonly signal: AbortSignal;
}

/** What a look has found. */
export interface Collected {
  readonly events: readonly EventInput[];
  readonly refused?: readonly RefusedRecord[];
  readonly skipped?: number;
  /** Of files: where each event stands. */
  readonly places?: readonly RecordPlace[];
  /** Why there is nothing to be found at the moment; it is looked again as usual. */
  readonly problem?: string;
  /** Where the next look begins: stored once the events are durable, so that a crash repeats and never skips. */
  readonly state: Json;
  /** When to look again; 0: there is more already. */
  readonly nextInMs: number;
  /** For so long the other side wants to be left alone: its allowance is used up. */
  readonly pauseMs?: number;
  /** For the owner of the source. */
  readonly warnings: readonly string[];
}

/**
 * Looks once. The same checkpoint gives the same events again.
 * @throws OutboundError when the other side refuses, wants to be left alone for a while, or cannot be reached
 */
export type Collector = (look: Look) => Promise<Collected>;

/** What collectors are made with. */
export interface CollectorParts {
  /** Of the tenant, where there are watched folders. */
  readonly place?: TenantPlace;
  readonly outbound: Outbound;
  readonly secrets: Readonly<Record<string, string>>;
  /** Turns a page into events; others get their turn meanwhile. @throws OutboundError when it is no page */
  readonly map: (body: string) => Promise<{
    readonly events: readonly EventInput[];
    readonly refused: readonly RefusedRecord[];
  }>;
}

const DEFAULT_INTERVAL_SECONDS = 30;

/** Time between two looks when there is nothing more to fetch. */
export function intervalMs(intervalSeconds: number | undefined): number {
  return (intervalSeconds ?? DEFAULT_INTERVAL_SECONDS) * 1_000;
}

/** Where a collector begins that has no checkpoint, Unix milliseconds. */
export function startOf(startAt: string | undefined, fallbackMs: number): number {
  const startMs = startAt === undefined ? Number.NaN : Date.parse(startAt);
  return Number.isNaN(startMs) ? fallbackMs : Math.max(startMs, 0);
}
