import type { RecordedEvent } from "@cairn/event";
import type { Place, Total } from "../api/answers.ts";
import type { Api, Scope } from "../api/client.ts";
import { type Problem, problemOf } from "../api/problem.ts";
import { isSamePlace, type Sort } from "../view/view.ts";
import { LOADING_ROWS, type Rows, type RowsState } from "./rows.ts";
import { createStore } from "./store.ts";

const PAGE_ROWS = 100;
/** Rows that stand for what follows until it is fetched. */
const FOLLOWING_ROWS = 20;

export interface PagedRowsOptions {
  readonly api: Api;
  readonly scope: Scope;
  readonly sort: Sort;
}

/** A list in another order than by time: page after page, for nothing tells where a row further down stands. */
export function createPagedRows({ api, scope, sort }: PagedRowsOptions): Rows {
  const store = createStore<RowsState>(LOADING_ROWS);
  const given = new AbortController();
  let rows: readonly RecordedEvent[] = [];
  let next: string | null | undefined;
  let total: Total | null = null;
  let asOf: Place | undefined;
  let newsCount = 0;
  let problem: Problem | undefined;
  let isLoading = false;
  const show = () =>
    store.set({
      ...LOADING_ROWS,
      phase: next === undefined ? (problem === undefined ? "loading" : "failed") : "ready",
      problem,
      length: rows.length + (typeof next === "string" ? FOLLOWING_ROWS : 0),
      total,
      newsCount,
      isWhole: next === null,
      at: (index) => rows[index],
      indexOf: (place) => rows.findIndex((event) => isSamePlace(event, place)),
    });

  async function more(): Promise<void> {
    if (isLoading || next === null) return;
    isLoading = true;
    try {
      const order = { sort: sort.field, order: sort.order, limit: PAGE_ROWS };
      const rest = typeof next === "string" ? { cursor: next } : { total: true };
      const page = await api.search({ ...scope, ...order, ...rest }, given.signal);
      rows = [...rows, ...page.events];
      next = page.next;
      total ??= page.total;
      asOf ??= page.as_of ?? undefined;
      problem = undefined;
    } catch (error) {
      problem = problemOf(error);
      if (problem === undefined) return;
    } finally {
      isLoading = false;
    }
    show();
  }

  void more();
  return {
    state: store.get,
    subscribe: store.subscribe,
    need(_first, last) {
      if (last >= rows.length && problem === undefined) void more();
    },
    async look() {
      try {
        const page = await api.search({ ...scope, limit: 1, total: true }, given.signal);
        problem = undefined;
        const isSame = page.as_of !== null && isSamePlace(page.as_of, asOf);
        if (!isSame && page.total?.exact === true && total !== null)
          newsCount = Math.max(0, page.total.count - total.count);
      } catch (error) {
        problem = problemOf(error);
      }
      if (!given.signal.aborted) show();
    },
    close: () => given.abort(),
  };
}
