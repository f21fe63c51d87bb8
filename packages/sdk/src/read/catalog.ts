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

/** A project's catalog, and what a tenant's events have beyond it. */
export interface Catalog {
  readonly actions: readonly (StoredAction & { readonly first_seen_at: string | null })[];
  /** Actions that events have and nobody has declared. */
  readonly new: readonly { readonly action: string; readonly first_seen_at: string }[];
}
