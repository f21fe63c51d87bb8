import type { Json } from "@cairn/event";

/** What became of records that came by a source; `received` is the sum of the others. */
export interface SourceCounts {
  readonly received: number;
  readonly created: number;
  readonly duplicate: number;
  readonly conflict: number;
  readonly rejected: number;
  readonly skipped: number;
}

/** A time of which events may be missing, in the words of whoever found out. */
export interface SourceGap {
  /** RFC 3339, where it is known. */
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** Settings by name, as the kind's schema has them. */
export type SourceSettings = Readonly<Record<string, Json>>;

/** A source that was set up, and how far it has come. Moments are RFC 3339. */
export interface Source {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly enabled: boolean;
  /** `webhook`, `poller`, or a way that this page does not know. */
  readonly arrives: string | null;
  readonly settings: SourceSettings;
  /** Names of the secrets that it has. */
  readonly secrets: readonly string[];
  readonly version: number;
  /** `source` of its events; null where they say it themselves. */
  readonly event_source: string | null;
  /** Of a webhook: where the other side sends to. */
  readonly url: string | null;
  readonly created_at: string;
  readonly since: string | null;
  readonly last_received_at: string | null;
  readonly last_polled_at: string | null;
  readonly counts: SourceCounts;
  readonly gap_count: number;
  /** The newest, the last one last. */
  readonly gaps: readonly SourceGap[];
  readonly problem: { readonly message: string; readonly since: string; readonly attempts: number } | null;
  readonly warnings: readonly string[];
}

/** A source that was just made, or given another token: a webhook's token is told this once. */
export interface TokenSource extends Source {
  readonly token?: string;
}

/** The part of JSON Schema that settings of sources are told in. */
export interface SettingShape {
  readonly type?: string;
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly anyOf?: readonly SettingShape[];
  readonly items?: SettingShape;
  readonly description?: string;
  readonly default?: Json;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

/** A kind of source, and what it wants to be told. */
export interface SourceKind {
  readonly kind: string;
  readonly title: string;
  readonly arrives: string;
  readonly settings: {
    readonly properties?: Readonly<Record<string, SettingShape>>;
    readonly required?: readonly string[];
  };
  readonly secrets: readonly string[];
  /** Settings that stay as they are. */
  readonly fixed: readonly string[];
  /** Whether the operator of the server lets it be set up; absent where nobody need. */
  readonly available?: boolean;
  /** Of what listens: the ports that the operator opened. */
  readonly ports?: { readonly first: number; readonly last: number } | null;
}

/** A mapping that ships. */
export interface MappingPreset {
  readonly name: string;
  readonly title: string;
  readonly definition: Json;
  readonly sample: string;
}

export interface PresetsAnswer {
  /** JSON Schema of mappings. */
  readonly schema: Json;
  readonly presets: readonly MappingPreset[];
}

/** Why a record was refused. */
export interface RecordError {
  readonly code: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  readonly pointer?: string;
}

/** A record that was refused, as it was sent. */
export interface RefusedText {
  readonly error: RecordError;
  readonly text: string;
}

/** Where the value of one field of an event came from. */
export interface FieldTrace {
  /** Path in the event: `actor.id`, `targets.0`. */
  readonly field: string;
  /** JSON Pointers into the record; none for a constant. */
  readonly from: readonly string[];
  /** JSON Pointer into the mapping. */
  readonly rule: string;
}

/** What a pasted record becomes under a mapping. */
export type PreviewItem =
  | {
      readonly kind: "event";
      readonly record: Json;
      readonly event: Json;
      readonly trace: readonly FieldTrace[];
      /** Pointers of what is kept under `details`. */
      readonly unmapped: readonly string[];
    }
  | { readonly kind: "skipped"; readonly record: Json; readonly reason: string }
  | ({ readonly kind: "refused" } & RefusedText);

/** What a trial found. Of what is polled only numbers are told. */
export interface TrialAnswer {
  readonly ok: boolean;
  readonly count: number;
  readonly skipped: number;
  readonly refused: number | readonly RefusedText[];
  readonly events?: readonly Json[];
  readonly message: string | null;
}

export interface Reject {
  readonly refused_at: string;
  readonly error: RecordError;
  /** As it was sent, or its beginning. */
  readonly payload: string;
}

export interface RejectsAnswer {
  readonly rejects: readonly Reject[];
  readonly next: string | null;
}

/** What was refused of a tenant in the last day. */
export interface RefusedAnswer {
  readonly refused: readonly {
    readonly refused_at: string;
    readonly error: RecordError;
    /** As it was sent; text when it is no JSON. */
    readonly event: Json;
    /** Id of the source it came by; none with an API key. */
    readonly source?: string;
  }[];
}
