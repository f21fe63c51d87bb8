import type { EventInput, Json } from "@cairn/event";

/** What a catalog says of one action, as `cairn catalog types` writes it. */
export interface ActionTypes {
  readonly details?: unknown;
}

/** Stands for no catalog: any action, any details. */
export type AnyCatalog = Readonly<Record<string, ActionTypes>>;

/** The actions of a catalog. */
export type ActionName<C> = keyof C & string;

/** `details` as the catalog has them for an action: required, optional, or anything. */
type DetailsOf<T> = T extends { readonly details: infer D }
  ? { readonly details: D }
  : T extends { readonly details?: infer D }
    ? { readonly details?: [unknown] extends [D] ? Json : D }
    : { readonly details?: Json };

/** An event to log: the canonical form of `docs/event-model.md`, with action and details typed by the catalog. */
export type LogEvent<C = AnyCatalog, A extends ActionName<C> = ActionName<C>> = Omit<
  EventInput,
  "action" | "details" | "occurred_at"
> & {
  readonly action: A;
  /** When it happened; the moment of the call when absent. */
  readonly occurred_at?: string | Date;
} & DetailsOf<C[A]>;
