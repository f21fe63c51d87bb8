/** A stretch of time as a saved view has it: back from now, or between two times (RFC 3339) of which either may be absent. */
export type SavedRange = "24h" | "7d" | "30d" | "12m" | "all" | { readonly from?: string; readonly to?: string };

/** What a saved view shows; null is what the list does by itself. */
export interface SavedContent {
  readonly name: string;
  readonly q: string;
  readonly range: SavedRange | null;
  readonly columns: readonly string[] | null;
  /** Field of the query language. */
  readonly sort: string | null;
  readonly order: "asc" | "desc" | null;
  /** IANA name; null: by each reader's own clock. */
  readonly zone: string | null;
}

/** A view that somebody saved. */
export interface SavedView extends SavedContent {
  readonly id: string;
  /** Everybody of the tenant sees it; else only whoever made it. */
  readonly shared: boolean;
  /** The log opens with it. */
  readonly default: boolean;
  /** Id of the member who made it; null for one that a key or a link made. */
  readonly owner: string | null;
}

export interface SavedViewsAnswer {
  readonly views: readonly SavedView[];
  /** Id of the view that the log opens with. */
  readonly default: string | null;
}
