import type { Verb } from "@cairn/event";

/** What a project says of one of its actions; `docs/api.md` explains the fields. */
export interface ActionDefinition {
  readonly category?: string;
  readonly verb?: Verb;
  /** Sentence template with `{actor}` and `{details.x}`. */
  readonly description?: string;
  /** JSON Pointers of personal values. */
  readonly personal?: readonly string[];
  /** Target types of this action that are people. */
  readonly person_targets?: readonly string[];
  /** JSON Schema of `details`. */
  readonly details_schema?: Readonly<Record<string, unknown>>;
  /** Refuse events whose details do not fit. */
  readonly strict?: boolean;
}

/** A definition as the server keeps it. */
export interface StoredAction extends ActionDefinition {
  readonly action: string;
  readonly version: number;
}

/** When the log had an action first and last. */
interface Seen<First> {
  readonly first_seen_at: First;
  /** Time of its newest event; null when there is none, absent while search cannot be asked. */
  readonly last_seen_at?: string | null;
}

/** A project's catalog, and what a tenant's events have beyond it. */
export interface Catalog {
  /** The code that changing the catalog is refused with, such as `catalog_shared`; null when this credential may. */
  readonly write_refusal: string | null;
  readonly actions: readonly (StoredAction & Seen<string | null>)[];
  /** Actions that events have and nobody has declared. */
  readonly new: readonly ({ readonly action: string } & Seen<string>)[];
}
