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
  /** Last event that search has seen; null behind a wall. */
  readonly as_of: Place | null;
  /** How many events match; null when it was not asked for. */
  readonly total: Total | null;
}

/** A count, up to where the server counts. */
export interface Total {
  readonly count: number;
  readonly exact: boolean;
}

/** How many matches have a value of a field. */
export interface FacetValue {
  readonly value: string;
  readonly count: number;
  /** Set where the value is a person. */
  readonly ref?: string;
  /** Of a person who is not forgotten: what they are called now, and by what events know them. */
  readonly name?: string;
  readonly id?: string;
  readonly email?: string;
  /** Of a target: its type. */
  readonly type?: string;
  /** Of a target: an event in which its name can be read. */
  readonly example?: Place;
}

export interface FacetsAnswer {
  readonly facets: Readonly<Record<string, readonly FacetValue[]>>;
}

export type Interval = "minute" | "hour" | "day" | "week" | "month";

/** Counts over time; stretches without events are left out. */
export interface HistogramAnswer {
  readonly interval: Interval;
  readonly buckets: readonly { readonly from: string; readonly count: number }[];
  readonly as_of: Place;
}

/** What the catalog says of an action. */
export interface ActionDefinition {
  readonly action: string;
  readonly version: number;
  readonly category?: string;
  readonly verb?: string;
  readonly description?: string;
  readonly strict?: boolean;
  readonly first_seen_at: string | null;
  /** Time of its newest event; null when there is none, absent while search cannot be asked. */
  readonly last_seen_at?: string | null;
}

/** The catalog, and the actions that came in without being in it. */
export interface ActionsAnswer {
  /** The code that changing it is refused with; null when whoever asks may. */
  readonly write_refusal: string | null;
  readonly actions: readonly ActionDefinition[];
  readonly new: readonly {
    readonly action: string;
    readonly first_seen_at: string;
    readonly last_seen_at?: string | null;
  }[];
}

export interface Category {
  readonly id: string;
  readonly name: string;
}

export const EXPORT_FORMATS = ["csv", "ndjson", "parquet", "evidence"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What is asked to be exported; times are RFC 3339. */
export interface ExportOrder {
  readonly format: ExportFormat;
  readonly q?: string;
  readonly from?: string;
  readonly to?: string;
  readonly columns?: readonly string[];
  readonly sort?: string;
  readonly order?: "asc" | "desc";
  readonly tz?: string;
  readonly compact?: boolean;
}

/** An export, asked for or made. */
export interface ExportJob {
  readonly id: string;
  readonly state: "queued" | "running" | "done" | "failed";
  readonly format: ExportFormat;
  readonly q?: string;
  /** RFC 3339. */
  readonly from?: string;
  readonly to?: string;
  readonly progress: { readonly done: number; readonly total: number | null };
  readonly file: {
    readonly name: string;
    readonly bytes: number;
    readonly sha256: string;
    readonly url: string;
  } | null;
  /** Null behind a wall: it counts what is beyond. */
  readonly as_of: Place | null;
  readonly created_at: string;
  readonly expires_at: string;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Whose log this is, and what a verifier has to know of it. */
export interface TenantAnswer {
  readonly tenant: string;
  readonly name?: string;
  readonly project: string;
  /** Null behind a wall: it counts what is beyond. */
  readonly log: TenantLog | null;
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
