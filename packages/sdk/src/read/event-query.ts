import type { RecordedEvent } from "@cairn/event";

/** What to look for, and when. Times are on `occurred_at`. */
export interface EventFilter {
  /** A query of `docs/query-language.md`; everything when absent. */
  readonly q?: string;
  /** RFC 3339, inclusive. */
  readonly from?: string;
  /** RFC 3339, exclusive. */
  readonly to?: string;
}

/** A search. */
export interface EventQuery extends EventFilter {
  readonly sort?: "occurred_at";
  readonly order?: "asc" | "desc";
  /** Events a page, at most 1,000; the server's choice (50) when absent. */
  readonly limit?: number;
  readonly cursor?: string;
  readonly signal?: AbortSignal;
}

/** A place in a tenant's event log up to which an answer is complete. */
export interface LedgerPosition {
  readonly ledger: number;
  readonly sequence: number;
}

/** One page of a search. */
export interface EventPage {
  readonly events: readonly RecordedEvent[];
  /** Cursor of the next page; null on the last. */
  readonly next: string | null;
  readonly as_of: LedgerPosition;
  readonly total: { readonly count: number; readonly exact: boolean };
}

/** Most frequent values of fields. */
export interface FacetQuery extends EventFilter {
  readonly fields: readonly string[];
  /** Values a field; 10 when absent. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/** Most frequent values, by field. */
export interface Facets {
  readonly facets: Readonly<Record<string, readonly { readonly value: string; readonly count: number }[]>>;
  readonly as_of: LedgerPosition;
}

/** Counts over time. */
export interface HistogramQuery extends EventFilter {
  readonly interval?: "auto" | "minute" | "hour" | "day" | "week" | "month";
  /** IANA time zone in which days and longer begin. */
  readonly tz?: string;
  readonly signal?: AbortSignal;
}

/** Counts over time. */
export interface Histogram {
  readonly interval: string;
  readonly buckets: readonly { readonly from: string; readonly count: number }[];
  readonly as_of: LedgerPosition;
}
