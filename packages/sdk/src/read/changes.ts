import type { RecordedEvent } from "@cairn/event";

/** One step of a tenant's log in order of sequence. */
export type Change =
  | { readonly type: "event"; readonly event: RecordedEvent }
  /** Entries whose bodies are gone. */
  | {
      readonly type: "gap";
      readonly ledger: number;
      readonly first: number;
      readonly last: number;
      readonly reason: string;
    };

/** Some changes, and the cursor from which to go on. */
export interface ChangePage {
  readonly changes: readonly Change[];
  readonly next: string;
}

/** Where to begin following, and how. */
export interface ChangesQuery {
  /** A cursor; `"now"` from here; from the beginning when absent. */
  readonly after?: string;
  readonly q?: string;
  /** Changes a page. */
  readonly limit?: number;
  /** How long the server holds an empty answer, up to 30 s (the default); with 0 the iteration ends when it has caught up. */
  readonly waitSeconds?: number;
  readonly signal?: AbortSignal;
}

/** Longest that the server holds an answer. */
const MAX_WAIT_SECONDS = 30;

/** Follows the log page by page. Keep `next` of the last page handled, and begin there the next time. */
export async function* followChanges(
  fetchPage: (query: Omit<ChangesQuery, "signal">) => Promise<ChangePage>,
  query: ChangesQuery,
): AsyncGenerator<ChangePage, void, undefined> {
  const waitSeconds = query.waitSeconds ?? MAX_WAIT_SECONDS;
  let after = query.after;
  while (query.signal?.aborted !== true) {
    const page = await fetchPage({ ...query, waitSeconds, ...(after === undefined ? {} : { after }) });
    yield page;
    if (page.changes.length === 0 && waitSeconds === 0) return;
    after = page.next;
  }
}
