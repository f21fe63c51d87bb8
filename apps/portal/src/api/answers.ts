import type { RecordedEvent } from "@cairn/event";

/** Names an event: epoch of the ledger, index of the entry. */
export interface Place {
  readonly ledger: number;
  readonly sequence: number;
}

/** One page of a search. */
export interface EventPage {
  readonly events: readonly RecordedEvent[];
  /** Cursor of the next page. */
  readonly next: string | null;
  /** Last event that search has seen. */
  readonly as_of: Place;
  /** How many events match; null when it was not asked for. */
  readonly total: Total | null;
}

/** A count, up to where the server counts. */
export interface Total {
  readonly count: number;
  readonly exact: boolean;
}

/** Whose log this is, and what a verifier has to know of it. */
export interface TenantAnswer {
  readonly tenant: string;
  readonly name?: string;
  readonly project: string;
  readonly log: TenantLog;
}

export interface TenantLog {
  readonly id: string;
  readonly origin: string;
  readonly vkey: string;
  readonly ledger: number;
  /** Events committed. */
  readonly size: number;
  /** Events under the newest published checkpoint. */
  readonly checkpoint_size: number;
}
